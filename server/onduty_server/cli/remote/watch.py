"""The command `watch`: an account as it changes, as a live table or as JSON lines."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from ..columns import Local
from ..errors import usage
from ..options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Account, Json, Server, Timeout, secured
from ..output import json_line, nobody_in, note, standard_output
from .remote import security, token_of

if TYPE_CHECKING:
    from onduty.v1 import status_pb2 as pb

    from .live import LiveTable

_PATIENCE_S = 3.0
"""The server sends a bookmark every second. After this long without one the connection is given up."""
_CLOCKS_EVERY_S = 2.0
"""How often it is asked when the users on the screen were last active, and what comes next for them."""
_FIRST_PATIENCE_S = 10.0
"""To connect, and for the server to begin a snapshot while a thousand others want theirs."""


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
        bool, typer.Option("--bookmarks", help="With JSON lines: also one a second that says how fresh they are.")
    ] = False,
    resume_token: Annotated[
        str,
        typer.Option(
            "--resume-token",
            metavar="TOKEN",
            show_default=False,
            help="With JSON lines: go on after the line that has this token, instead of with a snapshot.",
        ),
    ] = "",
) -> None:
    """Show an account's statuses as they change, until Ctrl-C.

    On a terminal it is a table, who changed last on top. Elsewhere, or with --json, it is one JSON object a line, whose
    `event` is snapshot_begin (forget what was before), snapshot_user, snapshot_end, change, workflow_change, bookmark.

    Each line has the `resume_token` that goes on after it for the same account and users: nothing is missed, but some
    lines may come a second time if they came together. An empty one begins with a snapshot, as do those within one.

    --timeout is for the first answer; from then on a lost connection is made again for as long as it takes, and said on
    stderr. Exit code 130 after Ctrl-C.
    """
    if not as_json and _is_terminal():
        if bookmarks or resume_token:
            raise usage("--bookmarks and --resume-token are for JSON lines; give --json too")
        from .live import LiveTable

        _run_table(LiveTable(account, server, local=local), account, users or (), server, timeout)
        return
    import asyncio

    lines = JsonLines(bookmarks, resume_token)
    asyncio.run(follow(server, account, users or (), lines, timeout, note, token=resume_token))


def _is_terminal() -> bool:
    return standard_output().isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


class Sink(Protocol):
    """What messages are shown by."""

    def take(self, message: pb.WatchStatusesResponse) -> None:
        """Show a message."""

    def begin_stream(self) -> None:
        """What comes from now on comes over another connection."""


class JsonLines:
    """One event a line. Invariant: whoever resumes with the token of a line misses nothing that follows it."""

    def __init__(self, bookmarks: bool, token: str) -> None:
        self._bookmarks = bookmarks
        self._before = token
        self._users = 0

    def begin_stream(self) -> None:
        """Nothing to do: tokens go on over connections."""

    def take(self, message: pb.WatchStatusesResponse) -> None:
        """Print a message's events.

        Raises:
            BrokenPipeError: nobody reads any more.
        """
        events = self._events(message)
        within_snapshot = message.HasField("snapshot")
        for index, (event, values) in enumerate(events):
            # The token of a message is that of its last event; those before have to repeat the message, or the
            # snapshot, of which a part is worth nothing.
            last = index == len(events) - 1 and (not within_snapshot or message.snapshot.last)
            token = message.resume_token if last else "" if within_snapshot else self._before
            json_line({"event": event, **values, "resume_token": token})
        self._before = message.resume_token
        if events:
            standard_output().flush()
        else:
            _check_reader()

    def _events(self, message: pb.WatchStatusesResponse) -> list[tuple[str, dict[str, Any]]]:
        from onduty_client import _convert as convert

        from ..times import rfc3339
        from .status import change_object, status_object
        from .workflow import workflow_object

        events: list[tuple[str, dict[str, Any]]] = []
        if message.HasField("snapshot"):
            page = message.snapshot
            if page.first:
                self._users = 0
                workflow = workflow_object(convert.workflow(page.workflow))
                events.append(("snapshot_begin", {"account_id": workflow["account_id"], "workflow": workflow}))
            for status in page.user_statuses:
                events.append(("snapshot_user", status_object(convert.user_status(status))))
            self._users += len(page.user_statuses)
            if page.last:
                events.append(("snapshot_end", {"users": self._users}))
        elif message.HasField("changes"):
            for each in message.changes.changes:
                if each.HasField("status_change"):
                    events.append(("change", change_object(convert.status_change(each.status_change))))
                elif each.HasField("workflow_change"):
                    change = each.workflow_change
                    workflow = workflow_object(convert.workflow(change.workflow))
                    values = {"account_id": workflow["account_id"], "revision": change.revision, "workflow": workflow}
                    events.append(("workflow_change", values))
        elif message.HasField("bookmark") and self._bookmarks:
            until = convert.time(message.bookmark.effective_until)
            events.append(("bookmark", {"effective_until": rfc3339(until)}))
        return events


def _check_reader() -> None:
    """A reader who has left is noticed when something is written, which may take hours; or here."""
    if not hasattr(select, "poll"):
        return
    left = False
    with suppress(OSError, ValueError):  # Standard output may be no file at all.
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        left = any(events & select.POLLERR for _, events in poll.poll(0))
    if left:
        raise BrokenPipeError


async def follow(
    server: str,
    account: str,
    users: Iterable[str],
    sink: Sink,
    timeout: float,
    say: Callable[[str], None],
    *,
    token: str = "",
    started: Callable[[Any], None] = lambda link: None,
) -> None:
    """Hand every message of the watch to `sink`, over reconnects, until cancelled. `started` is given the link.

    Raises:
        Failure: the server refuses, or cannot be reached at the start.
    """
    import onduty_client
    from onduty.v1 import status_pb2 as pb
    from onduty_client._calls import SERVICE
    from onduty_client._streams import listen

    from .link import Link

    wanted = tuple(users)
    try:
        request = pb.WatchStatusesRequest(account_id=account, user_ids=wanted, resume_token=token)
    except (UnicodeEncodeError, ValueError):
        raise usage("an argument is not valid UTF-8") from None

    settled = False
    """Whether bookmarks are to be expected. The first may be long in coming, as the pages of a snapshot may."""

    snapshot_users = 0
    is_first = True
    """Whether no snapshot has come to its end yet: a later one may be of a server that has lost everything."""

    def take(message: pb.WatchStatusesResponse) -> None:
        nonlocal settled
        settled = not message.HasField("snapshot") and (settled or message.HasField("bookmark"))
        link.heard()
        sink.take(message)
        if message.HasField("snapshot"):
            count(message.snapshot)
        request.resume_token = message.resume_token

    def count(page: pb.StatusSnapshot) -> None:
        nonlocal snapshot_users, is_first
        snapshot_users = len(page.user_statuses) + (0 if page.first else snapshot_users)
        if page.last and is_first:
            is_first = False
            if not snapshot_users and not wanted:
                say(nobody_in(account))

    async def session(channel: Any) -> bool:
        call = channel.unary_stream(
            f"/{SERVICE}/WatchStatuses",
            request_serializer=pb.WatchStatusesRequest.SerializeToString,
            response_deserializer=pb.WatchStatusesResponse.FromString,
        )
        sink.begin_stream()
        nonlocal settled
        settled = False
        try:
            await listen(
                call(request, metadata=link.metadata()),
                take,
                endpoint=link.endpoint,
                patience_s=lambda: _PATIENCE_S if settled else _FIRST_PATIENCE_S,
            )
        except (onduty_client.ResumeTokenExpired, onduty_client.InvalidField):
            if not link.connects or not request.resume_token:
                raise
            # The server forgot, or is another. A token that the person gave must work; ours need not.
            say(f"{server}: cannot go on where the watch was; beginning with a snapshot")
            request.resume_token = ""
        return False

    link = Link(server, session, say=say, first_patience_s=timeout)
    started(link)
    await link.run()


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
            # The terminal must be put back in order first.
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

    # A line on the terminal that the table is on would be lost below it: the table says it itself.
    say: Callable[[str], None] = (lambda message: None) if sys.stderr.isatty() else note

    def started(link: Any) -> None:
        table.link = link

    drawing = asyncio.create_task(table.draw())
    asking = asyncio.create_task(_ask_for_clocks(table, server, account, timeout))
    following = asyncio.create_task(follow(server, account, users, table, timeout, say, started=started))
    try:
        await asyncio.wait((asking, drawing, following), return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Following first: what it fails with is said once the terminal is as it was.
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
                    # Whether the server is there is for the watch to say; this caller may be permitted that alone.
                    table.take_clocks(())
