"""What many cases begin with: workflows, long sessions, a lunch."""

from __future__ import annotations

from tests.properties.layers.cases.table import at
from tests.properties.layers.events import HOUR, MINUTE, SECOND, Configure, KeepSession, Set, Status

ONLINE, AWAY, OFFLINE = Status.ONLINE, Status.AWAY, Status.OFFLINE

OFFICE = Configure.to(enabled=True, away_after=10 * MINUTE, offline_after=30 * MINUTE)
"""Ten minutes away, thirty offline."""
DAYTIME = Configure.to(enabled=True, away_after=10 * MINUTE, offline_after=4 * HOUR)
"""Ten minutes away, and an offline period that no lunch reaches."""
GONE = Configure.to(enabled=True, away_after=10 * MINUTE, offline_after=30 * MINUTE, disconnect_after=60 * SECOND)
"""Ten minutes away, thirty offline, gone after a minute."""
GONE_IS_AWAY = Configure.to(
    enabled=True,
    away_after=10 * MINUTE,
    offline_after=30 * MINUTE,
    disconnect_after=60 * SECOND,
    disconnect_status=Status.AWAY,
)

LONG = KeepSession(ttl=4 * HOUR)
"""A session that nobody needs to keep again for the length of a case."""
PHONE = KeepSession("phone", ttl=4 * HOUR)
LUNCH = Set(AWAY, "ada", "lunch", until=at("12:30"))
