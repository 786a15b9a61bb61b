"""A server that cannot write, and then can again.

The limit of the system on the size of files (RLIMIT_FSIZE), set and lifted from outside while the server runs, makes
every write fail as a full disk does.
"""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw
import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc import aio
from tests.faults.process import ServerProcess, Servers, connected, failure

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.clock import stopwatch

ACCOUNT = "acme"
QUICKLY_S = 3.0
"""Far more than it takes, and less than the deadline of a client."""


@contextmanager
def no_room(server: ServerProcess) -> Iterator[None]:
    """Nothing can be written by the server meanwhile."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it has ended
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


def refused_for_the_store(error: aio.AioRpcError) -> None:
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    details = error.trailing_metadata()["grpc-status-details-bin"]
    assert isinstance(details, bytes)
    status = status_pb2.Status.FromString(details)
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.domain, info.reason) == ("onduty", "STORE_UNAVAILABLE")


class Clients:
    """Some who change, and some who read what nobody changes any more, for as long as they are let."""

    def __init__(self, calls: pb_grpc.StatusServiceAsyncStub) -> None:
        self._calls = calls
        self.acknowledged: dict[str, int] = {}
        """Revisions by reason."""
        self.refused: list[str] = []
        self.reads = 0
        self.slowest_read_s = 0.0
        self.slowest_refusal_s = 0.0
        self.over = asyncio.Event()
        self.turned = asyncio.Event()
        """Set at the first answer that differs in kind from the one before it."""
        self._writable = True
        self._read_one = asyncio.Condition()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(self._change(number))
            group.create_task(self._read())

    async def until_refused(self) -> None:
        await self._until(writable=False)

    async def until_acknowledged(self) -> None:
        await self._until(writable=True)

    async def until_read(self, times: int) -> None:
        """Return after so many more reads that were answered."""
        enough = self.reads + times
        async with asyncio.timeout(20), self._read_one:
            await self._read_one.wait_for(lambda: self.reads >= enough)

    async def _until(self, *, writable: bool) -> None:
        async with asyncio.timeout(20):
            while self._writable is not writable:
                self.turned.clear()
                await self.turned.wait()

    def _turn(self, writable: bool) -> None:
        if self._writable is not writable:
            self._writable = writable
            self.turned.set()

    async def _change(self, number: int) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            reason = f"{number}-{turn}"
            request = pb.SetStatusRequest(
                account_id=ACCOUNT, user_id=f"busy-{number}", status=pb.STATUS_AWAY, reason=reason
            )
            started = stopwatch()
            try:
                response = await self._calls.SetStatus(request, timeout=20)
            except aio.AioRpcError as error:
                refused_for_the_store(error)
                self.slowest_refusal_s = max(self.slowest_refusal_s, stopwatch() - started)
                self.refused.append(reason)
                self._turn(False)
                # As a client that backs off would; the test itself waits for answers only.
                await asyncio.sleep(0.02)
            else:
                self.acknowledged[reason] = response.user_status.revision
                self._turn(True)

    async def _read(self) -> None:
        while not self.over.is_set():
            started = stopwatch()
            await self._read_all_of_the_account()
            response = await self._calls.BatchGetStatuses(
                pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["calm", "nobody"]), timeout=20
            )
            assert [(status.status, status.reason) for status in response.user_statuses] == [(pb.STATUS_ONLINE, "calm")]
            history = await self._calls.ListStatusChanges(
                pb.ListStatusChangesRequest(account_id=ACCOUNT, user_id="calm"), timeout=20
            )
            assert [change.reason for change in history.changes] == ["calm"]
            self.slowest_read_s = max(self.slowest_read_s, stopwatch() - started)
            async with self._read_one:
                self.reads += 1
                self._read_one.notify_all()
            await asyncio.sleep(0.005)

    async def _read_all_of_the_account(self) -> None:
        """What is told of everybody, those included whose changes are being refused."""
        everybody = [f"busy-{number}" for number in range(4)]
        lists = await self._calls.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT), timeout=20)
        of_several = await self._calls.BatchGetStatuses(
            pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=everybody), timeout=20
        )
        available = await self._calls.ListAvailableUsers(pb.ListAvailableUsersRequest(account_id=ACCOUNT), timeout=20)
        assert [status.user_id for status in available.user_statuses] == ["calm"]
        for status in (*lists.user_statuses, *of_several.user_statuses):
            if status.reason != "calm":
                # Nothing that was refused is ever shown: the caller has been told by then, or will not have been.
                assert status.reason not in self.refused, status
        snapshot = self._calls.WatchStatuses(pb.WatchStatusesRequest(account_id=ACCOUNT), timeout=20)
        async for message in snapshot:
            if message.snapshot.last:
                break
        snapshot.cancel()


async def test_a_full_disk_refuses_changes_keeps_reads_and_recovers_by_itself(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            calm = pb.SetStatusRequest(account_id=ACCOUNT, user_id="calm", status=pb.STATUS_ONLINE, reason="calm")
            await calls.SetStatus(calm)
            clients = Clients(calls)
            running = asyncio.create_task(clients.run())
            for _ in range(3):
                with no_room(server):
                    await clients.until_refused()
                    for call in (
                        calls.RecordActivity(pb.RecordActivityRequest(account_id=ACCOUNT, user_id="calm"), timeout=5),
                        calls.UpdateWorkflow(
                            pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, keep_manual_away=True)),
                            timeout=5,
                        ),
                    ):
                        with pytest.raises(aio.AioRpcError) as caught:
                            await call
                        refused_for_the_store(caught.value)
                    await clients.until_read(10)
                await clients.until_acknowledged()
            clients.over.set()
            await running
        assert "Traceback" not in server.text()
        assert clients.slowest_refusal_s < QUICKLY_S and clients.slowest_read_s < QUICKLY_S
        # Not a stop: what was acknowledged must be there without one.
        await server.kill()

        again = await servers.start(database)
        async with connected(again.address) as calls:
            changes = await every_change(calls)
            workflow = await calls.GetWorkflow(pb.GetWorkflowRequest(account_id=ACCOUNT))
        assert not workflow.workflow.keep_manual_away and workflow.workflow.etag == "w0"
        assert [change.revision for change in changes] == list(range(1, len(changes) + 1))
        revisions = {change.reason: change.revision for change in changes}
        assert len(revisions) == len(changes), "something was done twice"
        assert {reason: revisions[reason] for reason in clients.acknowledged} == clients.acknowledged
        assert revisions.keys() <= {"calm", *clients.acknowledged, *clients.refused}
        assert clients.refused and len(clients.acknowledged) > 3


async def every_change(calls: pb_grpc.StatusServiceAsyncStub) -> list[pb.StatusChange]:
    changes: list[pb.StatusChange] = []
    token = ""
    while True:
        page = await calls.ListStatusChanges(
            pb.ListStatusChangesRequest(account_id=ACCOUNT, page_size=1_000, page_token=token)
        )
        changes.extend(page.changes)
        if not (token := page.next_page_token):
            return changes


async def test_a_stop_while_nothing_can_be_written_says_so_in_a_line(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            ann = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_ONLINE)
            status = (await calls.SetStatus(ann)).user_status
            with no_room(server):
                with pytest.raises(aio.AioRpcError) as caught:
                    await calls.SetStatus(pb.SetStatusRequest(account_id=ACCOUNT, user_id="bob", status=pb.STATUS_AWAY))
                refused_for_the_store(caught.value)
                server.signal(signal.SIGTERM)
                assert "not everything could be written" in failure(await server.ended(), server)
        again = await servers.start(database)
        async with connected(again.address) as calls:
            found = await calls.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann"))
            assert found.user_status == status


async def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """It is often on the same disk. What is logged about a failure must not get in the way of dealing with it."""
    database = tmp_path / "onduty.db"
    address = f"127.0.0.1:{_free_port()}"
    async with Servers(tmp_path) as servers:
        into_a_file = ("sh", "-c", 'exec "$@" 2>>server.log', "sh")
        server = await servers.launch(database, listen=address, command=into_a_file)
        async with connected(address) as calls:
            ann = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_ONLINE)
            await calls.SetStatus(ann, wait_for_ready=True)
            with no_room(server):
                started = stopwatch()
                with pytest.raises(aio.AioRpcError) as caught:
                    await calls.SetStatus(ann)
                refused_for_the_store(caught.value)
                assert stopwatch() - started < QUICKLY_S
                # Until a heartbeat has failed, too. They come once a second.
                await asyncio.sleep(2.2)
            await _beats(database, 3)
            activity = (await calls.RecordActivity(_activity("ann"))).user_status
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0
        again = await servers.start(database)
        async with connected(again.address) as calls:
            found = await calls.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann"))
            assert found.user_status.last_activity_time == activity.last_activity_time


def _activity(user: str) -> pb.RecordActivityRequest:
    return pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def _beats(database: Path, times: int) -> None:
    """Return after as many heartbeats."""
    reader = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        seen: set[object] = set()
        async with asyncio.timeout(20):
            while len(seen) <= times:
                seen.add(reader.execute("SELECT beat FROM vital").get)
                await asyncio.sleep(0.1)
    finally:
        reader.close()


async def test_a_reader_of_the_log_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    address = f"127.0.0.1:{_free_port()}"
    async with Servers(tmp_path) as servers:
        into_a_pipe = ("sh", "-c", 'mkfifo log; (exec 3<log) & exec "$@" 2>log', "sh")
        server = await servers.launch(database, listen=address, command=into_a_pipe)
        async with connected(address) as calls:
            activity = (await calls.RecordActivity(_activity("ann"), wait_for_ready=True)).user_status
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0
        again = await servers.start(database)
        async with connected(again.address) as calls:
            found = await calls.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann"))
            assert found.user_status == activity
