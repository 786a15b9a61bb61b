"""An account's statuses as a table that is updated in place.

Invariant: a frame costs the rows that fit on the screen, however many users there are.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from onduty_client import Status, StatusChange, UserStatus, Workflow
from onduty_client import _convert as convert
from onduty_client._freshness import Freshness
from onduty_client._timing import steady

from ..clock import wall_clock_ms
from ._errors import one_line
from ._output import STATUS_STYLES, shown, standard_output
from ._times import age, from_ms

if TYPE_CHECKING:
    from onduty.v1 import status_pb2 as pb

    from ._link import Link

_FRAME_S = 0.2
"""At most so often is the table drawn."""
_IDLE_S = 1.0
"""At least so often: ages grow."""
_STALE_S = 3.0
_LINES_AROUND = 6
"""Lines of the screen that are not rows."""
_COLUMNS = ("USER", "STATUS", "SINCE (UTC)", "AGE", "CAUSE", "ACTOR", "REASON")


class Row(NamedTuple):
    """A user as shown."""

    status: Status
    cause: str
    since: datetime
    actor: str
    reason: str
    revision: int


class LiveTable:
    """Keeps what a watch says, and draws it."""

    def __init__(self, account: str, server: str) -> None:
        self.link: Link | None = None
        self._account = account
        self._server = server
        self._rows: dict[str, Row] = {}
        """Whoever changed last is last."""
        self._next: dict[str, Row] | None = None
        self._counts = dict.fromkeys(Status, 0)
        self._workflow: Workflow | None = None
        self._complete = False
        self._freshness = Freshness()
        self._news = asyncio.Event()

    # --- what the watch says -----------------------------------------------------------------------------------------

    def begin_stream(self) -> None:
        """Another server may have another clock."""
        self._next = None
        self._freshness.begin_stream()

    def take(self, message: pb.WatchStatusesResponse) -> None:
        """Keep a message."""
        match message.WhichOneof("event"):
            case "snapshot":
                self._take_page(message.snapshot)
            case "changes":
                for each in message.changes.changes:
                    if each.HasField("status_change"):
                        self._take_change(convert.status_change(each.status_change))
                    elif each.HasField("workflow_change"):
                        self._workflow = convert.workflow(each.workflow_change.workflow)
            case "bookmark" if self._complete:
                until = message.bookmark.effective_until
                self._freshness.bookmark(until.seconds + until.nanos / 1e9, steady())
        self._news.set()

    def _take_page(self, page: pb.StatusSnapshot) -> None:
        if page.first:
            self._next = {}
            self._workflow = convert.workflow(page.workflow)
        if self._next is None:
            return
        for message in page.user_statuses:
            it = convert.user_status(message)
            self._next[it.user_id] = _row(it, it.status_since)
        if page.last:
            ordered = sorted(self._next.items(), key=lambda item: (item[1].since, item[1].revision))
            self._rows, self._next, self._complete = dict(ordered), None, True
            self._counts = dict.fromkeys(Status, 0)
            for row in self._rows.values():
                self._counts[row.status] += 1

    def _take_change(self, change: StatusChange) -> None:
        before = self._rows.pop(change.user_id, None)
        since = change.effective_time
        if before is not None:
            self._counts[before.status] -= 1
            if before.status == change.status == change.previous_status:
                # Somebody else set it, or for another reason; the status is as old as it was.
                since = before.since
        self._rows[change.user_id] = _row(change, since)
        self._counts[change.status] += 1

    # --- drawing -----------------------------------------------------------------------------------------------------

    async def draw(self) -> None:
        """Until cancelled; the last frame stays on the terminal."""
        console = Console(file=standard_output(), highlight=False, emoji=False, markup=False)
        try:
            with Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False) as live:
                while True:
                    live.update(self.frame(console), refresh=True)
                    await asyncio.sleep(_FRAME_S)
                    try:
                        async with asyncio.timeout(_IDLE_S - _FRAME_S):
                            await self._news.wait()
                    except TimeoutError:
                        pass
                    self._news.clear()
        finally:
            if self._complete:
                console.print(self.frame(console))

    def frame(self, console: Console) -> RenderableType:
        """The screen as it should be now."""
        room = max(1, console.height - _LINES_AROUND)
        now = self._now()
        if not self._complete:
            return Group(self._title(), "", Text("waiting for the first answer", style="dim"))
        drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for column in _COLUMNS:
            fixed = column in ("STATUS", "SINCE (UTC)", "AGE")
            drawn.add_column(column, no_wrap=True, overflow="ellipsis", min_width=8 if fixed else None)
        for user, row in islice(reversed(self._rows.items()), room):
            drawn.add_row(
                Text(shown(user)),
                Text(row.status, style=STATUS_STYLES.get(row.status, "")),
                f"{row.since:%H:%M:%S}" if row.since.date() == now.date() else f"{row.since:%Y-%m-%d %H:%M:%S}",
                age(min(row.since, now), now),
                row.cause,
                Text(shown(row.actor)),
                Text(shown(row.reason)),
            )
        parts: list[RenderableType] = [self._title(), self._state(), self._rules(now), self._age(), drawn]
        hidden = len(self._rows) - room
        if hidden > 0:
            parts.append(Text(f"... and {hidden:,} whose last change is older", style="dim"))
        return Group(*parts)

    def _title(self) -> Text:
        return Text.assemble((one_line(self._account), "bold"), (f" on {self._server}", "dim"), no_wrap=True)

    def _state(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        for status, count in self._counts.items():
            if count or status is not Status.UNKNOWN:
                line.append(f"{status} ", STATUS_STYLES.get(status, ""))
                line.append(f"{count:,}   ", "bold")
        return line

    def _age(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        until, fresh_at = self._freshness.until, self._freshness.fresh_at
        if until is None or fresh_at is None:
            line.append("as of when is not known yet", "dim")
        else:
            stale_s = max(0.0, steady() - fresh_at)
            as_of = f"as of {datetime.fromtimestamp(until, UTC):%H:%M:%S} UTC, {stale_s:.1f} s old"
            stale = stale_s > _STALE_S
            line.append(f"STALE: {as_of}" if stale else as_of, "bold red" if stale else "dim")
        if self.link is not None and self.link.lost is not None:
            line.append(f"   reconnecting for {self.link.lost_for_s:.0f} s: {one_line(self.link.lost)}", "yellow")
        return line

    def _rules(self, now: datetime) -> Text:
        from ..domain.diagram import format_period

        workflow = self._workflow
        if workflow is None:
            return Text()
        periods = [
            f"{name} after {format_period(period // timedelta(milliseconds=1))}"
            for name, period in (("AWAY", workflow.away_after), ("OFFLINE", workflow.offline_after))
            if period is not None
        ]
        resume = workflow.resume.lower().replace("_", "-")
        text = f"workflow {'on' if workflow.enabled else 'off'}: {', '.join([*periods, f'resume {resume}'])}"
        if workflow.keep_manual_away:
            text += ", keep manual away"
        if workflow.update_time is not None:
            by = f" by {one_line(workflow.updated_by)}" if workflow.updated_by else ""
            text += f"; changed {age(min(workflow.update_time, now), now)}{by}"
        return Text(text, no_wrap=True, overflow="ellipsis")

    def _now(self) -> datetime:
        """By the server's clock, as far as it is known."""
        until, fresh_at = self._freshness.until, self._freshness.fresh_at
        if until is None or fresh_at is None:
            return from_ms(wall_clock_ms())
        return datetime.fromtimestamp(until + steady() - fresh_at, UTC)


def _row(it: UserStatus | StatusChange, since: datetime) -> Row:
    return Row(it.status, it.cause, since, it.actor, it.reason, it.revision)
