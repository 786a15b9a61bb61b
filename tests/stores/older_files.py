"""Makes files as those in `tests/data/schema-6`, and shows what a server makes of them.

It runs with the code of the last release and with that of today: the one made the files and wrote down what it shows of
them (`shown.json`), the other must show the same. See the README beside the files.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.fakes import START, FakeClock

from onduty_server.app.background import BackgroundTasks
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.app.sweeper import Sweeper
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.app.watching.messages import Bookmark, Changes, Message, Snapshot
from onduty_server.app.watching.service import Watching
from onduty_server.domain.record import ProfilePatch, StatusChange, StatusView, UserChange
from onduty_server.domain.status import Resume, Status, Then
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.resident.steps import DEFAULT_STEPS, StepSizes
from onduty_server.stores.sqlite import SqliteStore

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ACCOUNTS: Final = ("acme", "zürich", "unconfigured", "empty")
FILES: Final = ("stopped.db", "killed.db")
ENDED: Final = START + 3 * DAY + 3 * HOUR
"""When the servers ended."""
AFTER: Final = {"at once": SECOND, "after an hour": HOUR, "after a weekend": 2 * DAY}
"""How long after that a server is started on a copy of each file (ms)."""
_BEAT_MS: Final = 4 * MINUTE
_OPTIONS: Final = StoreOptions(outage_grace_ms=5 * MINUTE)
"""So that there need not be many heartbeats, which would make the files larger."""

_VIEW_FIELDS_4: Final = (
    *("user_id", "status", "cause", "status_since", "last_activity", "next_status", "next_status_time"),
    *("actor", "reason", "revision", "available"),
)
_CHANGE_FIELDS_4: Final = (
    *("user_id", "revision", "previous_status", "status", "cause", "effective_time", "commit_time"),
    *("actor", "reason", "caller"),
)
_WORKFLOW_FIELDS_4: Final = (
    *("enabled", "away_after_ms", "offline_after_ms", "resume", "keep_manual_away", "enabled_time"),
    *("thresholds_since", "update_time", "updated_by", "revision", "update_caller", "previous_revision"),
)


class Fields(NamedTuple):
    """What a release shows of users, changes and workflows."""

    view: tuple[str, ...]
    change: tuple[str, ...]
    workflow: tuple[str, ...]
    user: tuple[str, ...] = ()


_VIEW_FIELDS_5: Final = (*_VIEW_FIELDS_4, "next_cause", "expire_time", "then", "connected", "engagements")
_CHANGE_FIELDS_5: Final = (*_CHANGE_FIELDS_4, "expire_time", "then")
_WORKFLOW_FIELDS_5: Final = (*_WORKFLOW_FIELDS_4, "disconnect_after_ms", "disconnect_status")

FIELDS: Final = {
    4: Fields(_VIEW_FIELDS_4, _CHANGE_FIELDS_4, _WORKFLOW_FIELDS_4),
    5: Fields(
        _VIEW_FIELDS_5,
        _CHANGE_FIELDS_5,
        _WORKFLOW_FIELDS_5,
    ),
    6: Fields(
        (*_VIEW_FIELDS_5, "profile"),
        (*_CHANGE_FIELDS_5, "profile"),
        (*_WORKFLOW_FIELDS_5, "team_id", "follows"),
        ("user_id", "revision", "before", "after", "commit_time", "actor", "caller", "erased"),
    ),
}
"""By schema."""
LATEST: Final = 6
"""The schema of the release that makes files."""

Tokens = dict[str, dict[str, str]]
"""By account and moment: a resume token that a watcher held then."""


class Server:
    """What a server is made of, on a clock that stands still. It sweeps when it is told to."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.service = StatusService(store)
        self._sweeper = Sweeper(store, clock)
        self._watching = Watching(store, clock, BackgroundTasks())

    async def settle(self) -> None:
        """Sweep all that is due."""
        await self._sweeper.sweep_once()
        await self.store.heartbeat()

    async def beat(self, for_ms: int) -> None:
        """Let time pass in which nobody sweeps."""
        until = self.clock.now() + for_ms
        while self.clock.now() < until:
            self.clock.set(min(until, self.clock.now() + _BEAT_MS))
            await self.store.heartbeat()

    async def live(self, for_ms: int) -> None:
        """Let time pass."""
        await self.beat(for_ms)
        await self.settle()

    async def watched(self, account: str, token: str) -> list[Message]:
        """What a watcher is sent until it knows everything up to now."""
        messages: list[Message] = []
        until = self.clock.now()

        async def read() -> None:
            async for message in self._watching.watch(account, (), token):
                messages.append(message)
                if isinstance(message, Bookmark) and message.effective_until >= until:
                    return

        reading = asyncio.create_task(read())
        while not reading.done():
            self.clock.advance(WatchLimits().bookmark_interval_ms)
            await self.settle()
            # Threads may have something to do for it.
            await asyncio.sleep(0.001)
        await reading
        return messages


@asynccontextmanager
async def server(path: Path, now: int, steps: StepSizes = DEFAULT_STEPS) -> AsyncIterator[Server]:
    clock = FakeClock(now)
    store = SqliteStore(path, clock, _OPTIONS, steps=steps)
    await store.open()
    try:
        yield Server(store, clock)
    finally:
        await store.close()


# --- what is shown, in the fields of that release ---------------------------------------------------------------------


async def shown(path: Path, after_ms: int, tokens: Tokens, fields: Fields) -> dict[str, Any]:
    """Everything that a server shows that is started on the file so long after the end of the one before."""
    async with server(path, ENDED + after_ms) as site:
        found: dict[str, Any] = {"key": site.store.token_key.hex(), "accounts": await _accounts(site)}
        # Nothing is swept yet: what is read follows from time alone.
        found["read"] = {account: await seen(site, account, fields) for account in ACCOUNTS}
        await site.settle()
        found["settled"] = {account: await seen(site, account, fields) for account in ACCOUNTS}
        await site.live(40 * MINUTE)
        found["later"] = {account: await seen(site, account, fields) for account in ACCOUNTS}
        found["history"] = {account: await _history(site, account, fields) for account in ACCOUNTS}
        # Last, because how long a watcher takes is not known to the millisecond.
        now = site.clock.now()
        found["resumed"] = {
            account: {moment: await _resumed(site, account, token, now, fields) for moment, token in held.items()}
            for account, held in tokens.items()
        }
    return found


def in_order_of_time(found: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """What `shown` has found, as if switches that were committed together were so in the order of their times.

    Releases up to that of schema 6 had no fixed order of teams in which something is due.
    """
    place_of = fields.change.index
    revision, view_revision = place_of("revision"), fields.view.index("revision")
    order = [place_of(name) for name in ("commit_time", "effective_time", "user_id", "revision")]
    ordered: dict[str, Any] = {**found, "history": {}, "resumed": {}}
    for account, history in found["history"].items():
        changes = sorted(history["changes"], key=lambda change: [change[place] for place in order])
        given = {change[revision]: before[revision] for change, before in zip(changes, history["changes"], strict=True)}

        def renumbered(row: list[Any], *places: int, given: dict[int, int] = given) -> list[Any]:
            return [given.get(value, value) if place in places else value for place, value in enumerate(row)]

        ordered["history"][account] = {**history, "changes": [renumbered(change, revision) for change in changes]}
        for when in ("read", "settled", "later"):
            views = [renumbered(view, view_revision) for view in found[when][account]["views"]]
            ordered[when] = {**ordered[when], account: {**found[when][account], "views": views}}
        ordered["resumed"][account] = {
            moment: sorted(
                (
                    [row[0], [renumbered(view, 2) for view in row[1]]]
                    if row[0] == "snapshot"
                    else renumbered(row, 0, 2 + revision)
                    for row in rows
                ),
                key=lambda row: (row[0] != "snapshot", row[0]),
            )
            for moment, rows in found["resumed"].get(account, {}).items()
        }
    return ordered


async def _accounts(site: Server) -> list[str]:
    return list((await site.service.list_accounts()).items)


async def seen(site: Server, account: str, fields: Fields) -> dict[str, Any]:
    service = site.service
    views = await _all(lambda token: service.list_statuses(account, page_size=5, page_token=token))
    available = [
        await service.list_available_users(account, order=order, limit=100)
        for order in sorted(AvailabilityOrder, key=int)
    ]
    return {
        "views": [_fields(view, fields.view) for view in views],
        "available": [[found.total, [view.user_id for view in found.views]] for found in available],
    }


async def _history(site: Server, account: str, fields: Fields) -> dict[str, Any]:
    service = site.service
    changes = await _all(lambda token: service.list_status_changes(account, page_size=7, page_token=token))
    workflows = await _all(lambda token: service.list_workflow_changes(account, page_size=2, page_token=token))
    return {
        "changes": [_fields(change, fields.change) for change in changes],
        "workflow": _fields(await service.get_workflow(account), fields.workflow),
        "workflows": [
            [each.before and _fields(each.before, fields.workflow), _fields(each.after, fields.workflow)]
            for each in workflows
        ],
    }


async def _all(page: Callable[[str], Awaitable[Any]]) -> list[Any]:
    found: list[Any] = []
    token = ""
    while True:
        one = await page(token)
        found.extend(one.items)
        if not (token := one.next_page_token):
            return found


def _fields(item: StatusView | StatusChange | UserChange | Workflow, names: tuple[str, ...]) -> list[Any]:
    return [getattr(item, name) for name in names]


async def _resumed(site: Server, account: str, token: str, until: int, fields: Fields) -> list[Any]:
    """What a watcher is sent who goes on with that token, of what was committed until then."""
    told: list[Any] = []
    for message in await site.watched(account, token):
        if isinstance(message, Snapshot):
            told.append(["snapshot", [[view.user_id, view.status, view.revision] for view in message.views]])
        elif isinstance(message, Changes):
            told += [
                [event.revision, event.position, *_told(event.change, fields)]
                for event in message.events
                if _commit_time(event.change) <= until
            ]
    return told


def _commit_time(change: Any) -> int:
    return int(change.update_time if isinstance(change, Workflow) else change.commit_time)


def _told(change: Any, fields: Fields) -> list[Any]:
    if isinstance(change, UserChange):
        return _fields(change, fields.user)
    return _fields(change, fields.change if isinstance(change, StatusChange) else fields.workflow)


# --- a week at the contact centre ------------------------------------------------------------------------------------


async def _first_day(site: Server) -> None:
    """Everybody in every state, for every cause."""
    service, clock = site.service, site.clock
    await service.update_workflow(
        "acme",
        {"enabled": True, "away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE},
        actor="grace",
        caller="console",
    )
    await service.record_activity("acme", "offline by inactivity")
    await site.live(25 * MINUTE)
    await asyncio.gather(*(service.record_activity("acme", f"agent-{number}") for number in range(12)))
    await service.record_activity("acme", "away by inactivity")
    await site.live(11 * MINUTE)
    await service.set_status("acme", "ada", Status.AWAY, actor="grace", reason="Mittag, früh", caller="crm")
    await service.set_status("acme", "hopper", Status.OFFLINE, actor="hopper")
    await service.set_status("acme", "early", Status.ONLINE, reason="early shift")
    await service.record_activity("acme", "late", clock.now() - 3 * MINUTE)
    await service.record_activity("acme", "stale", clock.now() - 20 * MINUTE)
    await service.record_activity("acme", "agent-3")
    await service.update_workflow("zürich", {"enabled": True, "offline_after_ms": HOUR, "resume": Resume.NEVER})
    await asyncio.gather(*(service.record_activity("zürich", f"größe {number} 😀") for number in range(3)))
    await service.record_activity("unconfigured", "somebody")
    await service.set_status("unconfigured", "somebody", Status.AWAY, reason='"quoted"\\')
    await service.update_workflow("empty", {"away_after_ms": 5 * MINUTE})


async def _second_day(site: Server) -> None:
    """After a gap of more than a day, in which nobody was inactive."""
    service = site.service
    await asyncio.gather(*(service.record_activity("acme", f"agent-{number}") for number in range(8)))
    await service.update_workflow("acme", {"resume": Resume.FROM_AWAY_OR_OFFLINE, "keep_manual_away": True})
    await service.set_status("acme", "agent-1", Status.OFFLINE, actor="grace", reason="ill")
    await service.record_activity("acme", "agent-2")
    await service.update_workflow("acme", {"keep_manual_away": False}, actor="grace")
    await site.live(12 * MINUTE)


async def _layers(site: Server) -> None:
    """Sessions, engagements, a status with an end, and somebody who is disconnected."""
    service = site.service
    now = site.clock.now()
    await service.update_workflow(
        "acme", {"disconnect_after_ms": MINUTE, "disconnect_status": Status.AWAY}, actor="grace"
    )
    await service.keep_session("acme", "connected", "browser", 4 * HOUR, 0)
    await service.keep_session("acme", "disconnected", "browser", 2 * MINUTE, 0)
    await service.keep_engagement("acme", "connected", "case-1", 4 * HOUR)
    await service.keep_engagement("acme", "connected", "case-2", HOUR)
    await service.set_status("acme", "lunch", Status.AWAY, actor="grace", reason="lunch", ttl_ms=HOUR)
    await service.set_status("acme", "night", Status.OFFLINE, expire_time=now + 20 * HOUR, then=Then.ONLINE)
    await site.live(5 * MINUTE)


async def _people(site: Server) -> None:
    """Names, teams with workflows of their own, and moves; somebody is erased, and so is an account."""
    service = site.service
    for number in range(4):
        profile = ProfilePatch(display_name=f"Agent {number}", team_id=("day", "night")[number % 2])
        await service.update_user("acme", f"agent-{number}", profile, actor="grace")
    await service.update_workflow("acme", {"enabled": True, "away_after_ms": 20 * MINUTE}, team_id="night", actor="ada")
    await service.record_activity("acme", "agent-1")
    await site.live(MINUTE)
    await service.update_user("acme", "agent-2", ProfilePatch(team_id="night"), actor="grace", caller="crm")
    await service.update_user("acme", "connected", ProfilePatch(team_id="day"))
    await service.delete_user("acme", "early")
    await service.record_activity("gone", "somebody")
    await service.delete_account("gone")


async def _last_day(site: Server) -> None:
    """After an outage. The workflow changes over more people who are overdue than it switches by itself."""
    service = site.service
    await asyncio.gather(*(service.record_activity("acme", f"agent-{number}") for number in range(6)))
    await service.record_activity("zürich", "größe 1 😀")
    await site.live(20 * SECOND)
    # An activity that is only written behind, and is written.
    await service.record_activity("acme", "agent-0")
    await site.beat(12 * MINUTE)
    await service.update_workflow("acme", {"away_after_ms": 2 * HOUR, "offline_after_ms": 3 * HOUR}, actor="grace")
    await service.set_status("acme", "agent-4", Status.ONLINE, actor="grace", reason="back")
    await service.set_status("acme", "ada", Status.OFFLINE, actor="ada", caller="crm")


@asynccontextmanager
async def _noting_tokens(path: Path, now: int, moment: str, tokens: Tokens) -> AsyncIterator[Server]:
    """A server's life, with the tokens that watchers hold at its end."""
    async with server(path, now) as site:
        await site.settle()
        yield site
        for account in ACCOUNTS[:3]:
            messages = await site.watched(account, "")
            tokens.setdefault(account, {})[moment] = messages[-1].token


async def _live(path: Path, *, killed: bool) -> None:
    """Three lives of servers on one file; the last one ends at `ENDED`, and by SIGKILL if `killed`."""
    tokens: Tokens = {}
    async with _noting_tokens(path, START, "first day", tokens) as site:
        await _first_day(site)
    async with _noting_tokens(path, START + 2 * DAY, "second day", tokens) as site:
        await _second_day(site)
    async with _noting_tokens(path, START + 3 * DAY, "last day", tokens) as site:
        site.clock.advance(HOUR)
        await site.settle()
        await _layers(site)
        await _people(site)
        site.clock.advance(HOUR - 6 * MINUTE)
        await site.settle()
    async with server(path, START + 3 * DAY + 2 * HOUR + 30 * MINUTE, StepSizes(settle=2)) as site:
        await site.settle()
        await _last_day(site)
        await site.beat(ENDED - site.clock.now())
        await site.service.set_status("unconfigured", "last", Status.AWAY)
        path.with_suffix(".tokens").write_text(json.dumps(tokens), encoding="utf-8")
        if killed:
            await site.service.record_activity("acme", "agent-4")  # lost: only written behind
            os.kill(os.getpid(), signal.SIGKILL)


def make(directory: Path) -> None:
    """Make the files and what is shown of them."""
    directory.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {}
    for name in FILES:
        path = directory / name
        for suffix in ("", "-wal", "-shm", ".lock"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        # In a process of its own, because one of them is killed.
        subprocess.run([sys.executable, "-m", __spec__.name, "live", str(path)], check=False)
        Path(f"{path}.lock").unlink()
        kept = path.with_suffix(".tokens")
        tokens = json.loads(kept.read_text(encoding="utf-8"))
        kept.unlink()
        result[name] = {"tokens": tokens, "shown": {}}
        for moment, after_ms in AFTER.items():
            with tempfile.TemporaryDirectory() as place:
                copy = copied(path, Path(place))
                result[name]["shown"][moment] = asyncio.run(shown(copy, after_ms, tokens, FIELDS[LATEST]))
    (directory / "shown.json").write_text(_lines(result), encoding="utf-8")


def _lines(found: Any, depth: int = 6) -> str:
    """JSON with a line for what has no name of its own, so that a difference can be read."""
    if not depth or not isinstance(found, dict):
        return json.dumps(found, ensure_ascii=False)
    inner = ",\n".join(f"{_lines(name)}: {_lines(each, depth - 1)}" for name, each in found.items())
    return f"{{\n{inner}\n}}"


def copied(path: Path, into: Path) -> Path:
    """A copy of a database with what belongs to it."""
    for suffix in ("", "-wal", "-shm"):
        if (found := Path(f"{path}{suffix}")).exists():
            shutil.copy(found, into / found.name)
    return into / path.name


if __name__ == "__main__":
    if sys.argv[1] == "live":
        asyncio.run(_live(Path(sys.argv[2]), killed=Path(sys.argv[2]).name == "killed.db"))
    else:
        make(Path(sys.argv[2]))
