"""Reports on a real log, beside figures that SQL makes of the log itself, in the days of two time zones."""

from __future__ import annotations

import csv
import itertools
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.fakes import FakeClock
from tests.servers import running
from tests.valkey import shared_server

from onduty_client import AsyncClient, Bucket, Cause, Resume, Status, TimeGroup
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.domain.periods import DAY_MS
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address
from onduty_server.stores.sqlite import SqliteStore

pytestmark = pytest.mark.slow  # a server that lives through weeks

SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND, MINUTE, HOUR, DAY = timedelta(milliseconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AWAY_AFTER, OFFLINE_AFTER = 10 * MINUTE, 45 * MINUTE

ZONES = {
    "Europe/Berlin": timezone(2 * HOUR),
    "Asia/Kolkata": timezone(5 * HOUR + 30 * MINUTE),
}
"""Their clocks stayed as they are here for all of the log."""

SPANS = """
CREATE TABLE span AS
WITH activity AS (
    SELECT user, time, LEAD(time, 1, :end) OVER (PARTITION BY user ORDER BY time) AS next FROM log
), part (user, status, start, end) AS (
    SELECT user, 'ONLINE', time, MIN(next, time + :away) FROM activity
    UNION ALL SELECT user, 'AWAY', time + :away, MIN(next, time + :offline) FROM activity
    UNION ALL SELECT user, 'OFFLINE', time + :offline, next FROM activity
)
SELECT * FROM part WHERE start < end;
"""
TIME = """
SELECT status, SUM(MIN(end, :until) - MAX(start, :since)) FROM span WHERE start < :until AND end > :since
AND (:user = '' OR user = :user) GROUP BY status
"""
PEOPLE = "SELECT status, COUNT(*) FROM span WHERE start <= :time AND :time < end GROUP BY status"


class Activity(NamedTuple):
    user: str
    time: int


def ms(time: datetime) -> int:
    return (time - EPOCH) // MILLISECOND


def read_log() -> list[Activity]:
    with SUPPORT_CHAT.open(newline="") as file:
        return [
            Activity(row["user_id"], ms(datetime.fromisoformat(row["activity_time"]))) for row in csv.DictReader(file)
        ]


def some(log: Sequence[Activity]) -> list[str]:
    """Return some of the people: of those of the most and the least activities, two each."""
    ordered = [user for user, _ in Counter(user for user, _ in log).most_common()]
    return ordered[:2] + ordered[-2:]


class Figures:
    """What the log says by itself: after an activity 10 minutes ONLINE, then AWAY, then after 45 minutes OFFLINE."""

    def __init__(self, log: Sequence[Activity], end: int) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE TABLE log (user TEXT, time INTEGER)")
        self._db.executemany("INSERT INTO log VALUES (?, ?)", log)
        self._db.execute(
            SPANS, {"end": end, "away": AWAY_AFTER // MILLISECOND, "offline": OFFLINE_AFTER // MILLISECOND}
        )

    def time(self, since: datetime, until: datetime, user: str = "") -> dict[Status, timedelta]:
        found = self._db.execute(TIME, {"since": ms(since), "until": ms(until), "user": user})
        return {Status(status): period * MILLISECOND for status, period in found}

    def people(self, time: datetime) -> tuple[int, int, int]:
        found = dict(self._db.execute(PEOPLE, {"time": ms(time)}))
        return found.get("ONLINE", 0), found.get("AWAY", 0), found.get("OFFLINE", 0)


def days(zone: timezone, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    first = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    bounds = [first + n * DAY for n in range((end - first) // DAY + 2)]
    return [(max(a, start), min(b, end)) for a, b in itertools.pairwise(bounds) if a < end]


async def replay(
    server: Application, client: AsyncClient, store: Store, clock: FakeClock, log: Sequence[Activity]
) -> datetime:
    """Let everything happen at its time; return when it is over."""
    await client.update_account("chat", time_zone="Europe/Berlin")
    await client.update_workflow(
        "chat",
        enabled=True,
        away_after=AWAY_AFTER,
        offline_after=OFFLINE_AFTER,
        resume=Resume.FROM_AWAY_OR_OFFLINE,
    )

    async def live_until(time: int) -> None:
        # A server that is there tells so all the time: else its clock might be wrong, and nothing is pruned by that.
        for moment in (*range(clock.now(), time, 6 * HOUR // MILLISECOND), time):
            clock.set(moment)
            await store.heartbeat()
            await server.sweeper.sweep_once()

    for user, time in log:
        if time > clock.now() + HOUR // MILLISECOND:
            await live_until(time)
        clock.set(time)
        await client.record_activity("chat", user)
    await live_until(clock.now() + 2 * HOUR // MILLISECOND)
    return EPOCH + clock.now() * MILLISECOND


CAUSES = {Status.ONLINE: Cause.ACTIVITY, Status.AWAY: Cause.INACTIVITY, Status.OFFLINE: Cause.INACTIVITY}


async def check_days(
    client: AsyncClient, figures: Figures, some: Sequence[str], name: str, start: datetime, end: datetime
) -> None:
    """Compare the time of everybody together, and of some of them, on each day."""
    expected = days(ZONES[name], start, end)
    everybody = await client.summarize_time_page("chat", start, end, bucket=Bucket.DAY, time_zone=name)
    each = [
        summary
        async for summary in client.summarize_time(
            "chat", start, end, bucket=Bucket.DAY, time_zone=name, group=TimeGroup.USER, user_ids=some
        )
    ]
    for summary in (*everybody.items, *each):
        assert [(bucket.start_time, bucket.end_time) for bucket in summary.buckets] == expected
        for bucket in summary.buckets:
            found = {time.status: time.duration for time in bucket.times}
            assert found == figures.time(bucket.start_time, bucket.end_time, summary.user_id)
            assert all(CAUSES[time.status] is time.cause for time in bucket.times)
            length = (bucket.end_time - bucket.start_time) * summary.people
            assert sum(found.values(), bucket.unknown) == length


async def test_the_time_in_status_and_the_counts_of_a_real_log_are_those_that_sql_makes_of_it() -> None:
    log = read_log()
    clock = FakeClock(log[0].time)
    store = MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True, history_retention_ms=90 * DAY_MS))
    async with running(store, clock) as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
        end = await replay(server, client, store, clock, log)
        figures = Figures(log, ms(end))
        start = EPOCH + log[0].time * MILLISECOND - 5 * HOUR
        for name, zone in ZONES.items():
            await check_days(client, figures, some(log), name, start, end)
            counted = await client.count_by_status("chat", start, end, step=Bucket.HOUR, time_zone=name)
            assert [each.time.astimezone(zone).minute for each in counted.counts[1:]] == [0] * (len(counted.counts) - 1)
            for each in counted.counts:
                assert (each.online, each.away, each.offline) == figures.people(each.time)
        whole = await client.summarize_time_page("chat", start, end)
        assert whole.items[0].people == len({user for user, _ in log}) == 298
        assert whole.items[0].buckets[0].time_in(Status.ONLINE) == figures.time(start, end)[Status.ONLINE]


OPEN: dict[str, Callable[[Path, FakeClock, StoreOptions], Store]] = {
    "memory": lambda _, clock, options: MemoryStore(clock, options),
    "sqlite": lambda folder, clock, options: SqliteStore(folder / "onduty.db", clock, options),
    "redis": lambda folder, clock, options: RedisStore(
        parse_address(shared_server().address), clock, options, key_prefix=str(folder), own_time=True
    ),
}


@pytest.mark.parametrize("kind", OPEN)
async def test_the_sums_of_days_whose_history_is_gone_are_still_those_of_the_log(kind: str, tmp_path: Path) -> None:
    # A call that has to wait for a disk or a network takes longer: there a quarter of the log has to do.
    log = read_log()[:: 1 if kind == "memory" else 4]
    clock = FakeClock(log[0].time)
    options = StoreOptions(count_outage_as_inactivity=True, history_retention_ms=7 * DAY_MS)
    store = OPEN[kind](tmp_path, clock, options)
    async with running(store, clock) as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
        end = await replay(server, client, store, clock, log)
        figures = Figures(log, ms(end))
        start = EPOCH + log[0].time * MILLISECOND - 5 * HOUR
        kept = [change async for change in client.list_status_changes("chat")]
        assert min(change.effective_time for change in kept) > start + 20 * DAY, "nothing was pruned"
        page = await client.summarize_time_page("chat", start, end)
        assert page.known_since is None
        await check_days(client, figures, some(log), "Europe/Berlin", start, end)
        await check_days(client, figures, some(log), "Asia/Kolkata", end - 5 * DAY, end)
        # Days of another zone cut those of the sums, of which nothing is told then, unless nothing changed on them.
        cut = await client.summarize_time_page(
            "chat", start, start + 9 * DAY, bucket=Bucket.DAY, time_zone="Asia/Kolkata"
        )
        (everybody,) = cut.items
        missing = timedelta(0)
        for bucket in everybody.buckets:
            of_log = figures.time(bucket.start_time, bucket.end_time)
            assert all(time.duration <= of_log[time.status] for time in bucket.times)
            told = sum((time.duration for time in bucket.times), bucket.unknown)
            assert told == (bucket.end_time - bucket.start_time) * everybody.people
            missing += sum(of_log.values(), timedelta(0)) - sum((time.duration for time in bucket.times), timedelta(0))
        assert missing > 10 * DAY
