"""Backups of a server at work: what is restored from one equals what had been acknowledged at its moment.

Writers note every answer. Backups are made by the command while they write, and each is opened by a server afterwards:
its history is the beginning of the running server's, up to a revision of each account that lies between what was
acknowledged before the backup began and what had been decided when it ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.faults.ledger import Change, WorkflowSeen, change_of, ms, workflow_of
from tests.faults.process import Servers, connected
from tests.faults.test_copies import CUT, MISSING, add, files_of, index_of, log_of, opened, users_of
from tests.killed import copy_as_killed

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.stores.sqlite.backup import Backup, back_up
from onduty_server.stores.sqlite.restore import Restored, _set_aside, put_back

ACCOUNTS = ("acme", "beta", "gamma")
USERS = [f"agent-{number}" for number in range(12)]
WRITERS = 3
BACKUPS = 4
BETWEEN = 150
"""Acknowledged calls between two backups."""
# Activities are on the disk before they are acknowledged, too. A start on a busy machine is no outage.
FLAGS = ("--activity-flush-interval", "0s", "--outage-grace", "5m")
STATUSES = (pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE)


@dataclass
class Account:
    """What the writers of one account were told."""

    revision: int = 0
    """The highest acknowledged."""
    statuses: dict[int, tuple[str, int, str]] = field(default_factory=dict)
    """User, status and reason of each acknowledged SetStatus by its revision."""
    workflows: dict[int, WorkflowSeen] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)
    """The last activity acknowledged of each user, ms UTC."""


@dataclass
class Acknowledged:
    """The ledger of all accounts."""

    accounts: dict[str, Account] = field(default_factory=lambda: {name: Account() for name in ACCOUNTS})
    answers: int = 0
    _wanted: int = 0
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self) -> None:
        """Count an answer."""
        self.answers += 1
        if self.answers >= self._wanted:
            self._enough.set()

    async def more(self, count: int) -> None:
        """Return once so many more calls have been acknowledged."""
        self._wanted = self.answers + count
        self._enough.clear()
        await asyncio.wait_for(self._enough.wait(), 60)

    def activities(self) -> dict[str, dict[str, int]]:
        """As of now."""
        return {name: dict(account.activities) for name, account in self.accounts.items()}

    def revisions(self) -> dict[str, int]:
        """As of now."""
        return {name: account.revision for name, account in self.accounts.items()}


@dataclass
class Taken:
    """A backup, and what was known right before."""

    path: Path
    before: dict[str, int]
    activities: dict[str, dict[str, int]]
    after: dict[str, int] = field(default_factory=dict)
    """The last revision of each account, asked for when the backup was complete."""


async def write(calls: pb_grpc.StatusServiceAsyncStub, ledger: Acknowledged, name: str, writer: int) -> None:
    """One call after the other, for ever, for the users of one writer."""
    account = ledger.accounts[name]
    mine = USERS[writer::WRITERS]
    for number in count():
        user = mine[number % len(mine)]
        if number % 3 == 1:
            answer = await calls.RecordActivity(pb.RecordActivityRequest(account_id=name, user_id=user))
            last = ms(answer.user_status.last_activity_time)
            account.activities[user] = max(last, account.activities.get(user, 0))
        elif number % 40 == 20 and writer == 0:
            workflow = pb.Workflow(account_id=name, enabled=number % 80 < 40)
            workflow.away_after.FromMilliseconds(1_000 + number)
            changed = workflow_of((await calls.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))).workflow)
            account.workflows[changed.revision] = changed
            account.revision = max(account.revision, changed.revision)
        else:
            status, reason = STATUSES[number % 7 % 3], f"{writer} {number}"
            request = pb.SetStatusRequest(account_id=name, user_id=user, status=status, reason=reason)
            revision = (await calls.SetStatus(request)).user_status.revision
            account.statuses[revision] = (user, status, reason)
            account.revision = max(account.revision, revision)
        ledger.answered()


@asynccontextmanager
async def writing(calls: pb_grpc.StatusServiceAsyncStub, ledger: Acknowledged) -> AsyncIterator[None]:
    """All writers write meanwhile."""
    writers = [asyncio.create_task(write(calls, ledger, name, each)) for name in ACCOUNTS for each in range(WRITERS)]
    try:
        yield
        assert not any(writer.done() for writer in writers), [each.result() for each in writers if each.done()]
    finally:
        for writer in writers:
            writer.cancel()
        # The answers to calls that are cut off here are in no ledger; nothing is made of that.
        await asyncio.gather(*writers, return_exceptions=True)


async def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onduty_server", *map(str, arguments), stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def backup_of(database: Path, target: Path) -> dict[str, Any]:
    """What the command says about a backup that it made."""
    code, out, err = await run("store", "backup", database, target, "--json")
    assert (code, err) == (0, ""), err
    return dict(json.loads(out))


async def history_of(calls: pb_grpc.StatusServiceAsyncStub, name: str) -> dict[int, Change | WorkflowSeen]:
    """Every change of statuses and of the workflow, by revision."""
    found: dict[int, Change | WorkflowSeen] = {}
    token = ""
    while True:
        page = await calls.ListStatusChanges(
            pb.ListStatusChangesRequest(account_id=name, page_size=1_000, page_token=token)
        )
        found |= {change.revision: change_of(change) for change in page.changes}
        if not (token := page.next_page_token):
            break
    while True:
        changes = await calls.ListWorkflowChanges(
            pb.ListWorkflowChangesRequest(account_id=name, page_size=1_000, page_token=token)
        )
        shown = [workflow_of(change.workflow) for change in changes.changes]
        found |= {workflow.revision: workflow for workflow in shown}
        if not (token := changes.next_page_token):
            return found


def last_revisions(path: Path) -> dict[str, int]:
    """Of each account, as the file has it."""
    address = f"{path.as_uri()}?immutable=1"
    with closing(apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)) as file:
        return {str(name): int(revision) for name, revision in file.execute(_LAST_REVISIONS)}


_LAST_REVISIONS = """
SELECT account_id, max(
    (SELECT coalesce(max(revision), 0) FROM status_change WHERE account_number = number),
    (SELECT coalesce(max(revision), 0) FROM workflow_change WHERE account_number = number)
) FROM account
"""


async def check(servers: Servers, taken: Taken, live: dict[str, dict[int, Change | WorkflowSeen]]) -> int:
    """A server on the backup shows what was at its moment; returns the number of revisions compared."""
    moment = last_revisions(taken.path)
    server = await servers.start(taken.path, *FLAGS)
    compared = 0
    async with connected(server.address) as calls:
        for name in ACCOUNTS:
            revision = moment[name]
            assert taken.before[name] <= revision <= taken.after[name]
            found = await history_of(calls, name)
            until = {number: found.get(number) for number in range(1, revision + 1)}
            assert until == {number: live[name].get(number) for number in range(1, revision + 1)}
            assert None not in until.values()
            compared += revision
            await check_users(calls, taken, name, until)
    server.signal(signal.SIGTERM)
    assert await server.ended() == 0
    return compared


async def check_users(
    calls: pb_grpc.StatusServiceAsyncStub, taken: Taken, name: str, until: dict[int, Change | WorkflowSeen | None]
) -> None:
    last = {change.user: change for _, change in sorted(until.items()) if isinstance(change, Change)}
    asked = await calls.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id=name, user_ids=USERS))
    shown = {status.user_id: status for status in asked.user_statuses}
    for user, change in last.items():
        status = shown[user]
        if status.cause != pb.CAUSE_INACTIVITY:
            assert (status.revision, status.status, status.reason) == (change.revision, change.status, change.reason)
    for user, activity in taken.activities[name].items():
        assert ms(shown[user].last_activity_time) >= activity


@pytest.mark.timeout(180)
async def test_backups_taken_under_load_equal_what_was_acknowledged_at_their_moment(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    database, ledger = tmp_path / "onduty.db", Acknowledged()
    backups: list[Taken] = []
    async with Servers(tmp_path) as servers:
        server = await servers.start(database, *FLAGS)
        async with connected(server.address) as calls:
            async with writing(calls, ledger):
                for number in range(BACKUPS):
                    await ledger.more(BETWEEN)
                    taken = Taken(tmp_path / f"backup-{number}.db", ledger.revisions(), ledger.activities())
                    said = await backup_of(database, taken.path)
                    taken.after = {name: max(await history_of(calls, name)) for name in ACCOUNTS}
                    assert said["events"] == sum(last_revisions(taken.path).values())
                    assert (said["accounts"], said["size_bytes"]) == (len(ACCOUNTS), taken.path.stat().st_size)
                    backups.append(taken)
            live = {name: await history_of(calls, name) for name in ACCOUNTS}
        # What was acknowledged is what the running server has, and its own file is none the worse.
        await server.kill()
        for name, account in ledger.accounts.items():
            for revision, (user, status, reason) in account.statuses.items():
                change = live[name][revision]
                assert isinstance(change, Change)
                assert (change.user, change.status, change.reason) == (user, status, reason)
            assert account.workflows.items() <= live[name].items()
        server = await servers.start(database, *FLAGS)
        async with connected(server.address) as calls:
            for name in ACCOUNTS:
                assert live[name].items() <= (await history_of(calls, name)).items()
        await server.kill()
        revisions = [await check(servers, taken, live) for taken in backups]
    record_property("acknowledged calls", ledger.answers)
    record_property("revisions compared", sum(revisions))
    assert revisions == sorted(set(revisions)), "every backup has more than the one before"


# --- a backup that is being read -------------------------------------------------------------------------------------


class HeldBackup:
    """A backup in a thread, which stands still when it has copied the pages and still reads."""

    def __init__(self, database: Path, target: Path) -> None:
        self._copied = asyncio.Event()
        self._go_on = threading.Event()
        loop = asyncio.get_running_loop()

        def progress(done: int, total: int) -> None:
            if done == total:
                loop.call_soon_threadsafe(self._copied.set)
                assert self._go_on.wait(60)

        self._done = asyncio.create_task(
            asyncio.to_thread(back_up, database, target, progress=progress, verifying=lambda: None)
        )

    async def copied(self) -> None:
        """Return once everything has been copied."""
        await asyncio.wait_for(self._copied.wait(), 30)

    async def finished(self) -> Backup:
        """Let it go on to its end."""
        self._go_on.set()
        return await asyncio.wait_for(self._done, 30)


def sets(user: str) -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_AWAY)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_server_that_ends_while_it_is_backed_up_is_followed_by_another(
    tmp_path: Path, how: signal.Signals
) -> None:
    database, target = tmp_path / "onduty.db", tmp_path / "backup.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            await calls.SetStatus(sets("ann"))
            held = HeldBackup(database, target)
            await held.copied()
            await calls.SetStatus(sets("bob"))
        server.signal(how)
        await server.ended()
        # The one that follows starts, writes and ends while the old moment is still read.
        server = await servers.start(database)
        async with connected(server.address) as calls:
            await calls.SetStatus(sets("cleo"))
        server.signal(how)
        await server.ended()
        backup = await held.finished()
    assert (backup.users, await users_of(target)) == (1, 1)
    assert await users_of(database) == 3


async def test_a_backup_that_is_cut_off_leaves_no_file_of_its_name_and_the_next_one_is_made(tmp_path: Path) -> None:
    database, target = tmp_path / "onduty.db", tmp_path / "backup.db"
    store = await opened(database)
    await add(store, *range(7))
    await store.close()
    interrupted = await standing_still(database, target)
    interrupted.send_signal(signal.SIGINT)
    await interrupted.wait()
    assert files_of(target) == {}
    killed = await standing_still(database, target)
    with pytest.raises(StoreOpenError, match=r"another backup to .*backup\.db is being made"):
        back_up_quietly(database, target)
    killed.kill()
    await killed.wait()
    assert list(files_of(target)) == ["backup.db.unfinished"]
    assert back_up_quietly(database, target).users == 7
    assert list(files_of(target)) == ["backup.db"]
    assert await users_of(target) == 7


async def standing_still(database: Path, target: Path) -> Process:
    """A backup in a process of its own, which has copied everything and not verified it yet."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STANDING_STILL, str(database), str(target), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 60) == b"copied\n"
    return process


_STANDING_STILL = """
import sys
from pathlib import Path
from onduty_server.stores.sqlite.backup import back_up

def progress(done, total):
    print("copied", flush=True)
    sys.stdin.read()

back_up(Path(sys.argv[1]), Path(sys.argv[2]), progress=progress, verifying=lambda: None)
"""


async def test_a_backup_for_which_there_is_no_room_leaves_nothing(tmp_path: Path) -> None:
    database, target = tmp_path / "onduty.db", tmp_path / "backup.db"
    store = await opened(database)
    await add(store, *range(40))
    await store.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LITTLE_ROOM, str(database), str(target), stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, out) == (3, b"")
    assert err.startswith(f"onduty: {database} cannot be copied to {target}: ".encode()) and err.count(b"\n") == 1
    assert files_of(target) == {}


_LITTLE_ROOM = """
import resource, sys
from onduty_server.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
sys.exit(main(["store", "backup", *sys.argv[1:]]))
"""


# --- no server runs --------------------------------------------------------------------------------------------------


async def killed_server(tmp_path: Path) -> Path:
    """What one leaves that was killed with 40 users, half of them in its log."""
    database = tmp_path / "running.db"
    for first in (0, 20):
        store = await opened(database)
        await add(store, *range(first, first + 20))
        if first:
            copy_as_killed(database, tmp_path / "left" / "onduty.db")
        await store.close()
    return tmp_path / "left" / "onduty.db"


def back_up_quietly(database: Path, target: Path) -> Backup:
    return back_up(database, target, progress=lambda _done, _total: None, verifying=lambda: None)


async def test_what_a_killed_server_left_is_backed_up_with_its_log(tmp_path: Path) -> None:
    left = await killed_server(tmp_path)
    assert back_up_quietly(left, tmp_path / "backup.db").users == 40
    assert await users_of(tmp_path / "backup.db") == 40
    assert await users_of(left) == 40


async def test_what_a_start_would_refuse_is_not_backed_up_and_stays_as_it_is(tmp_path: Path) -> None:
    left = await killed_server(tmp_path)
    os.truncate(log_of(left), log_of(left).stat().st_size // 2)
    before = files_of(left)
    for _ in range(2):
        with pytest.raises(StoreOpenError, match=CUT):
            back_up_quietly(left, tmp_path / "backup.db")
        assert files_of(left) == before
    index_of(left).unlink()
    log_of(left).unlink()
    with pytest.raises(StoreOpenError, match=MISSING):
        back_up_quietly(left, tmp_path / "backup.db")
    assert files_of(tmp_path / "backup.db") == {}


def put_back_quietly(backup: Path, database: Path) -> Restored:
    return put_back(backup, database, progress=lambda _done, _total: None, verifying=lambda: None)


async def test_a_backup_replaces_a_database_with_its_log_and_both_are_kept(tmp_path: Path) -> None:
    left, backup = await killed_server(tmp_path), tmp_path / "backup.db"
    store = await opened(backup)
    await add(store, *range(7))
    await store.close()
    for replaced, users in (("onduty.db.replaced", 40), ("onduty.db.replaced-2", 7)):
        restored = put_back_quietly(backup, left)
        assert restored.replaced == left.with_name(replaced)
        assert await users_of(left) == 7
        assert await users_of(restored.replaced / "onduty.db") == users
    assert await users_of(backup) == 7


async def test_a_restore_that_is_killed_on_the_way_leaves_everything_and_may_be_repeated(tmp_path: Path) -> None:
    left, backup = await killed_server(tmp_path), tmp_path / "backup.db"
    store = await opened(backup)
    await add(store, *range(7))
    await store.close()
    # As far as it has come when the old files have their other names, and the log is gone.
    replaced = _set_aside(left)
    assert replaced is not None
    with pytest.raises(StoreOpenError, match=MISSING):
        await opened(left)
    put_back_quietly(backup, left)
    assert (await users_of(left), await users_of(replaced / "onduty.db")) == (7, 40)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
async def test_what_root_backs_up_and_restores_belongs_to_the_owner_of_the_database(tmp_path: Path) -> None:
    owner, database, backup = 12_345, tmp_path / "onduty.db", tmp_path / "backup.db"
    store = await opened(database)
    await add(store, *range(7))
    await store.close()
    os.chown(database, owner, owner)
    os.unlink(f"{database}.lock")
    back_up_quietly(database, backup)
    put_back_quietly(backup, database)
    belonging = (backup, database, f"{database}.lock", f"{database}.replaced")
    assert [os.stat(path).st_uid for path in belonging] == [owner] * 4
    # On a new machine there is the directory, and nothing in it.
    new = tmp_path / "new"
    new.mkdir()
    os.chown(new, owner, owner)
    put_back_quietly(backup, new / "onduty.db")
    assert {file.name: file.stat().st_uid for file in new.iterdir()} == {"onduty.db": owner, "onduty.db.lock": owner}
