"""The command `watch`: shows an account as it changes, in a live table or as JSON lines."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import usage
from ..options import Json
from ..output import json_line, note, standard_output
from ..zone import Local
from .columns import no_users_in
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Server,
    Timeout,
    secured,
)
from .remote import connection_note, security, stream_failure, token_of

if TYPE_CHECKING:
    from onduty_client import AsyncWatch, WatchBookmark, WatchChanges, WatchMessage, WatchSnapshot, WorkflowChanged

    from .live import LiveTable

_CLOCKS_EVERY_S = 2.0
"""The interval at which the last activities and next switches of the users on the screen are queried."""


@secured
def watch(
    account: Account,
    users: Annotated[
        list[str] | None,
        typer.Option(
            "--user", metavar="USER", show_default=False, help="Only this user; may be repeated up to 1,000 times."
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
    bookmarks: Annotated[
        bool, typer.Option("--bookmarks", help="With JSON lines: also print one a second that says how fresh they are.")
    ] = False,
    resume_token: Annotated[
        str,
        typer.Option(
            "--resume-token",
            metavar="TOKEN",
            show_default=False,
            help="With JSON lines: continue after the line with this token instead of starting with a snapshot.",
        ),
    ] = "",
) -> None:
    """Show an account's statuses as they change, until Ctrl-C.

    On a terminal it is a table, with the latest change on top. Elsewhere, or with --json, it is one JSON object a line,
    whose `event` is snapshot_begin (forget all earlier state), snapshot_user, snapshot_end, change, user_change (of a
    name or a team; or the user is erased: forget it), workflow_change (of the account's, or with a team_id of a team's)
    or bookmark.

    Each line has a `resume_token`, with which a later watch of the same account and users continues after it. Nothing
    is missed, but some lines may be repeated. With an empty token, or one from within a snapshot, a new snapshot comes
    first.

    --timeout applies to the first answer. After that, a lost connection is retried for as long as it takes, and
    reported on stderr. The exit code is 130 after Ctrl-C.
    """
    if not as_json and _is_terminal():
        if bookmarks or resume_token:
            raise usage("--bookmarks and --resume-token are for JSON lines; give --json too")
        from .live import LiveTable

        _run_table(LiveTable(account, server, local=local), account, users or (), server, timeout)
        return
    import asyncio

    lines = JsonLines(bookmarks, resume_token)
    asyncio.run(follow(server, account, users or (), lines.take, timeout, note, token=resume_token))


def _is_terminal() -> bool:
    return standard_output().isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


class JsonLines:
    """Prints one event per line. Invariant: resuming with the token of a line misses nothing that follows it."""

    def __init__(self, bookmarks: bool, token: str) -> None:
        self._bookmarks = bookmarks
        self._before = token
        self._users = 0

    def take(self, message: WatchMessage) -> None:
        """Print a message's events.

        Raises:
            BrokenPipeError: the reader has left.
        """
        from onduty_client import WatchBookmark, WatchChanges, WatchSnapshot

        if not isinstance(message, WatchSnapshot | WatchChanges | WatchBookmark):
            return
        events = self._events(message)
        within_snapshot = isinstance(message, WatchSnapshot) and not message.last
        in_snapshot = isinstance(message, WatchSnapshot)
        for index, (event, values) in enumerate(events):
            # The token of a message is that of its last event. Earlier events have a token that repeats the message, or
            # the whole snapshot, since a part of a snapshot is of no use.
            last = index == len(events) - 1 and not within_snapshot
            token = message.resume_token if last else "" if in_snapshot else self._before
            json_line({"event": event, **values, "resume_token": token})
        self._before = message.resume_token
        if events:
            standard_output().flush()
        else:
            _check_reader()

    def _events(self, message: WatchSnapshot | WatchChanges | WatchBookmark) -> list[tuple[str, dict[str, Any]]]:
        from onduty_client import StatusChange, UserChange, WatchChanges, WatchSnapshot

        from ...text.times import rfc3339
        from .showing import change_object, status_object, user_change_object
        from .workflow import workflow_object

        events: list[tuple[str, dict[str, Any]]] = []
        if isinstance(message, WatchSnapshot):
            if message.workflow is not None:
                self._users = 0
                workflow = workflow_object(message.workflow)
                teams = [workflow_object(each) for each in message.team_workflows]
                begin = {"account_id": workflow["account_id"], "workflow": workflow, "team_workflows": teams}
                events.append(("snapshot_begin", begin))
            events += [("snapshot_user", status_object(status)) for status in message.user_statuses]
            self._users += len(message.user_statuses)
            if message.last:
                events.append(("snapshot_end", {"users": self._users}))
        elif isinstance(message, WatchChanges):
            for change in message.changes:
                if isinstance(change, StatusChange):
                    events.append(("change", change_object(change)))
                elif isinstance(change, UserChange):
                    events.append(("user_change", user_change_object(change)))
                else:
                    events.append(("workflow_change", _workflow_change_object(change)))
        elif self._bookmarks:
            events.append(("bookmark", {"effective_until": rfc3339(message.effective_until)}))
        return events


def _workflow_change_object(change: WorkflowChanged) -> dict[str, Any]:
    from .workflow import workflow_object

    workflow = workflow_object(change.workflow)
    return {
        "account_id": workflow["account_id"],
        "team_id": change.team_id,
        "revision": change.revision,
        "deleted": change.deleted,
        "workflow": workflow,
    }


def _check_reader() -> None:
    """Raise BrokenPipeError if the reader has left. The next write, which would notice, may be hours away."""
    if not hasattr(select, "poll"):
        return
    left = False
    with suppress(OSError, ValueError):  # Standard output may not be a file.
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        left = any(events & select.POLLERR for _, events in poll.poll(0))
    if left:
        raise BrokenPipeError


async def follow(
    server: str,
    account: str,
    users: Iterable[str],
    take: Callable[[WatchMessage], None],
    timeout: float,
    say: Callable[[str], None],
    *,
    token: str = "",
    started: Callable[[AsyncWatch], None] = lambda watch: None,
) -> None:
    """Pass each message of the watch to `take`, across reconnects, until cancelled. `started` is given the watch.

    Raises:
        Failure: the server refuses, or cannot be reached at the start.
    """
    import asyncio

    import onduty_client

    wanted = tuple(users) or None
    found = security(server)
    try:
        async with onduty_client.AsyncClient(
            server, credentials=found.credentials(), metadata=token_of(found)
        ) as client:
            patience = onduty_client.Patience(connect=timeout)
            watch = client.watch(account, user_ids=wanted, resume_token=token, patience=patience)
            started(watch)
            empty = EmptySnapshot() if wanted is None else None
            async for message in watch:
                if isinstance(
                    message, onduty_client.Disconnected | onduty_client.Reconnected | onduty_client.ResumeRefused
                ):
                    say(connection_note(server, message))
                take(message)
                if empty is not None and empty.completed_by(message):
                    say(no_users_in(account))
    except onduty_client.OndutyError as error:
        raise await asyncio.to_thread(stream_failure, error, server) from None
    except (UnicodeEncodeError, ValueError):
        raise usage("an argument is not valid UTF-8") from None


class EmptySnapshot:
    """Notices a first snapshot without users. A later empty one may come from a server that has lost its data."""

    def __init__(self) -> None:
        self._users = 0
        self._is_first = True

    def completed_by(self, message: WatchMessage) -> bool:
        """Return True if `message` completes the first snapshot, and it is empty."""
        from onduty_client import WatchSnapshot

        if not self._is_first or not isinstance(message, WatchSnapshot):
            return False
        self._users = len(message.user_statuses) + (0 if message.first else self._users)
        self._is_first = not message.last
        return message.last and not self._users


def _run_table(table: LiveTable, account: str, users: Iterable[str], server: str, timeout: float) -> None:
    import asyncio

    terminated = False

    async def run() -> None:
        nonlocal terminated
        task = asyncio.current_task()
        assert task is not None

        def terminate() -> None:
            nonlocal terminated
            terminated = True
            task.cancel()

        if threading.current_thread() is threading.main_thread() and sys.platform != "win32":
            # The terminal must be restored first.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
        await _show(table, server, account, users, timeout)

    try:
        asyncio.run(run())
    except asyncio.CancelledError:
        if not terminated:
            raise
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)


async def _show(table: LiveTable, server: str, account: str, users: Iterable[str], timeout: float) -> None:
    import asyncio

    # A line on the table's terminal would be lost below the table, which shows the message itself.
    say: Callable[[str], None] = (lambda message: None) if sys.stderr.isatty() else note

    def started(watch: AsyncWatch) -> None:
        table.age_of = watch

    drawing = asyncio.create_task(table.draw())
    asking = asyncio.create_task(_ask_for_clocks(table, server, account, timeout))
    following = asyncio.create_task(follow(server, account, users, table.take, timeout, say, started=started))
    try:
        await asyncio.wait((asking, drawing, following), return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Look at `following` first: its failure is printed once the terminal is restored.
        for task in (asking, following, drawing):
            task.cancel()
        ended = await asyncio.gather(asking, following, drawing, return_exceptions=True)
    for error in ended:
        if error is not None and not isinstance(error, asyncio.CancelledError):
            raise error


async def _ask_for_clocks(table: LiveTable, server: str, account: str, timeout: float) -> None:
    import asyncio

    import onduty_client

    found = security(server)
    async with onduty_client.AsyncClient(
        server, timeout=timeout, credentials=found.credentials(), metadata=token_of(found)
    ) as client:
        while True:
            await asyncio.sleep(_CLOCKS_EVERY_S)
            if table.visible:
                try:
                    table.take_clocks((await client.batch_get_statuses(account, table.visible)).user_statuses)
                except onduty_client.OndutyError:
                    # The watch reports if the server is there; this caller may have permission for the watch alone.
                    table.take_clocks(())
