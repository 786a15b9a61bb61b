"""Logs of nothing but activities, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onduty_server.app.log_rows import LogRow


def activities(log: Iterable[tuple[int, str]]) -> Iterator[LogRow]:
    """The time and the user of each row are all there is."""
    return ((time_ms, user_id, None) for time_ms, user_id in log)
