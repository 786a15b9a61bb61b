"""Draws an account's statuses as a table that is updated in place.

The statuses come from the watch alone, which reports changes but not activities, sessions and engagements. The last
activity, the next switch, the sessions and engagements of the users on the screen are queried from time to time, and
left blank if they are not known.

Invariant: the cost of a frame depends on the rows that fit on the screen, not on the number of users.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from onduty_client import (
    Disconnected,
    Reconnected,
    Status,
    StatusChange,
    UserChange,
    UserStatus,
    WatchChanges,
    WatchMessage,
    WatchSnapshot,
    Workflow,
    WorkflowChanged,
)

from ...process.clock import stopwatch
from ..errors import one_line
from ..output import STATUS_STYLES, cell, shown, standard_output
from ..times import age, wall_clock
from ..zone import Zone
from .columns import status_table, written_by

_FRAME_S = 0.2
"""The shortest interval between two frames."""
_IDLE_S = 1.0
"""The longest interval between two frames, since ages grow."""
_STALE_S = 3.0
_CUT_SHORT = ("USER", "NAME", "TEAM", "CAUSE")
_TEAMS_NAMED = 3
"""The number of teams with a workflow of their own that are named."""
_UNKNOWN_CLOCKS: Final[dict[str, Any]] = {
    "last_activity_time": None,
    "next_status": None,
    "next_status_time": None,
    "next_cause": None,
    "connected": False,
    "engagements": 0,
}
"""The fields of a status that a watch does not carry, with their values while they are not known."""
_LINES_AROUND = 6
"""The number of lines on the screen that are not rows."""


class Dated(Protocol):
    """A source of the state's age, such as a watch."""

    @property
    def as_of(self) -> datetime | None:
        """The time up to which the state is complete, by the server's clock."""

    @property
    def staleness(self) -> float:
        """The age of `as_of`, in seconds."""


class LiveTable:
    """Keeps the state that a watch reports, and draws it. `age_of` is the watch, once there is one."""

    def __init__(self, account: str, server: str, *, local: bool = False) -> None:
        self.age_of: Dated | None = None
        self.visible: list[str] = []
        """The users in the rows of the last frame."""
        self._local = local
        self._account = account
        self._server = server
        self._rows: dict[str, UserStatus] = {}
        """Statuses by user; the user that changed last is last."""
        self._next: dict[str, UserStatus] | None = None
        self._counts = dict.fromkeys(Status, 0)
        self._workflow: Workflow | None = None
        self._team_workflows: dict[str, Workflow] = {}
        self._complete = False
        self._lost: tuple[str, float] | None = None
        """The reason why there is no connection, and the stopwatch time at which it was lost."""
        self._news = asyncio.Event()

    # --- messages of the watch ---------------------------------------------------------------------------------------

    def take(self, message: WatchMessage) -> None:
        """Keep a message."""
        match message:
            case WatchSnapshot():
                self._take_page(message)
            case WatchChanges():
                for change in message.changes:
                    match change:
                        case StatusChange():
                            self._take_change(change)
                        case UserChange():
                            self._take_user_change(change)
                        case WorkflowChanged():
                            self._take_workflow(change)
            case Disconnected():
                self._next = None
                self._lost = str(message.error), stopwatch()
            case Reconnected():
                self._lost = None
        self._news.set()

    def _take_page(self, page: WatchSnapshot) -> None:
        if page.first:
            self._next = {}
            self._workflow = page.workflow
            self._team_workflows = {each.team_id: each for each in page.team_workflows}
        if self._next is None:
            return
        for status in page.user_statuses:
            self._next[status.user_id] = status
        if page.last:
            ordered = sorted(self._next.items(), key=lambda item: (item[1].status_since, item[1].revision))
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
                # Only the actor or the reason changed; the status is as old as it was.
                since = before.status_since
        self._rows[change.user_id] = UserStatus(
            account_id=change.account_id,
            user_id=change.user_id,
            status=change.status,
            available=change.status is Status.ONLINE,
            cause=change.cause,
            status_since=since,
            last_activity_time=None,
            next_status=None,
            next_status_time=None,
            actor=change.actor,
            reason=change.reason,
            revision=change.revision,
            expire_time=change.expire_time,
            then=change.then,
            display_name=change.display_name,
            team_id=change.team_id,
        )
        self._counts[change.status] += 1

    def _take_user_change(self, change: UserChange) -> None:
        row = self._rows.get(change.user_id)
        if row is None:
            return
        if change.erased:
            del self._rows[change.user_id]
            self._counts[row.status] -= 1
        else:
            # Keep its place, which shows when its status last changed.
            named = replace(row, display_name=change.display_name, team_id=change.team_id, revision=change.revision)
            self._rows[change.user_id] = named

    def _take_workflow(self, change: WorkflowChanged) -> None:
        if not change.team_id:
            self._workflow = change.workflow
        elif change.deleted:
            self._team_workflows.pop(change.team_id, None)
        else:
            self._team_workflows.pop(change.team_id, None)
            self._team_workflows[change.team_id] = change.workflow

    def take_clocks(self, statuses: Iterable[UserStatus]) -> None:
        """Keep these users' last activities, next switches, sessions and engagements.

        Those of other users on the screen become unknown.
        """
        asked = {status.user_id: status for status in statuses}
        for user_id in self.visible:
            row = self._rows.get(user_id)
            if row is None:
                continue
            found = asked.get(user_id)
            if found is None or (found.status, found.cause) != (row.status, row.cause):
                # Keep its place, which shows when it last changed.
                self._rows[user_id] = replace(row, **_UNKNOWN_CLOCKS)
            else:
                self._rows[user_id] = replace(row, **{name: getattr(found, name) for name in _UNKNOWN_CLOCKS})
        self._news.set()

    # --- drawing -----------------------------------------------------------------------------------------------------

    async def draw(self) -> None:
        """Draw until cancelled; the last frame stays on the terminal."""
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
        """Return the current screen."""
        teams = self._teams()
        room = max(1, console.height - _LINES_AROUND - len(teams))
        now = self._now()
        if not self._complete:
            return Group(self._title(), "", Text("waiting for the first answer", style="dim"))
        zone = Zone(now, local=self._local)
        drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        self.visible = [user_id for user_id, _ in islice(reversed(self._rows.items()), room)]
        columns, rows = status_table([self._rows[user_id] for user_id in self.visible], zone)
        for column in columns:
            # If a row does not fit, cut these columns short rather than leave others out.
            drawn.add_column(column, no_wrap=column not in _CUT_SHORT, min_width=len("OFFLINE"))
        for row in rows:
            drawn.add_row(*map(_one_row, row))
        parts: list[RenderableType] = [self._title(), self._state(), self._rules(now), *teams, self._age(zone)]
        parts.append(drawn)
        hidden = len(self._rows) - room
        if hidden > 0:
            parts.append(Text(f"... and {hidden:,} whose last change is older", style="dim"))
        return Group(*parts)

    def _title(self) -> Text:
        return Text.assemble((shown(self._account), "bold"), (f" on {self._server}", "dim"), no_wrap=True)

    def _state(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        for status, count in self._counts.items():
            if count or status is not Status.UNKNOWN:
                line.append(f"{status} ", STATUS_STYLES.get(status, ""))
                line.append(f"{count:,}   ", "bold")
        return line

    def _age(self, zone: Zone) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        as_of = self._as_of()
        if self.age_of is None or as_of is None:
            line.append("age not known yet", "dim")
        else:
            stale_s = self.age_of.staleness
            text = f"as of {zone.time_of_day(as_of)}, {stale_s:.1f} s old"
            stale = stale_s > _STALE_S
            line.append(f"STALE: {text}" if stale else text, "bold red" if stale else "dim")
        if self._lost is not None:
            reason, since = self._lost
            line.append(f"   reconnecting for {stopwatch() - since:.0f} s: {one_line(reason)}", "yellow")
        return line

    def _as_of(self) -> datetime | None:
        return None if self.age_of is None else self.age_of.as_of

    def _rules(self, now: datetime) -> Text:
        from ...domain.periods import format_period

        workflow = self._workflow
        if workflow is None:
            return Text()
        periods = [
            f"{name} after {format_period(period // timedelta(milliseconds=1))}"
            for name, period in (("AWAY", workflow.away_after), ("OFFLINE", workflow.offline_after))
            if period is not None
        ]
        if workflow.disconnect_after is not None:
            gone = format_period(workflow.disconnect_after // timedelta(milliseconds=1))
            periods.append(f"{workflow.disconnect_status} when gone for {gone}")
        resume = workflow.resume.lower().replace("_", "-")
        text = f"workflow {'on' if workflow.enabled else 'off'}: {', '.join([*periods, f'resume {resume}'])}"
        if workflow.keep_manual_away:
            text += ", keep manual away"
        if workflow.update_time is not None:
            by = written_by(workflow.updated_by, workflow.update_caller)
            text += f"; changed {age(min(workflow.update_time, now), now)}{by}"
        return Text(text, no_wrap=True, overflow="ellipsis")

    def _teams(self) -> list[Text]:
        """Return a line that names the teams with a workflow of their own, if there are any."""
        if not self._team_workflows:
            return []
        newest_first = [shown(team) for team in reversed(self._team_workflows)]
        rest = len(newest_first) - _TEAMS_NAMED
        more = f" and {rest:,} more" if rest > 0 else ""
        text = f"workflows of their own: {', '.join(newest_first[:_TEAMS_NAMED])}{more}"
        return [Text(text, no_wrap=True, overflow="ellipsis")]

    def _now(self) -> datetime:
        """Return the time by the server's clock, as far as it is known."""
        as_of = self._as_of()
        if self.age_of is None or as_of is None:
            return wall_clock()
        return as_of + timedelta(seconds=self.age_of.staleness)


def _one_row(text: str) -> Text:
    drawn: Text = cell(text)
    drawn.no_wrap, drawn.overflow = True, "ellipsis"
    return drawn
