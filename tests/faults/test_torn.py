"""A file whose end is torn, files that become read-only, and kill -9 with a full disk: in words, or all there."""

from __future__ import annotations

import os
import random
import signal
import stat
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

import apsw
import pytest
from grpc import aio
from tests.fakes import FakeClock
from tests.faults.disk import faulty_disk
from tests.faults.process import Servers, connected, failure
from tests.faults.test_full_disk import no_room, refused_for_the_store

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.status import Status
from onduty_server.stores.sqlite import SqliteStore

PAGE = 4_096


_numbers = count()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def fill(calls: pb_grpc.StatusServiceAsyncStub, changes: int) -> list[pb.UserStatus]:
    return [
        (
            await calls.SetStatus(
                pb.SetStatusRequest(
                    account_id="acme", user_id=f"user-{number % 10}", status=pb.STATUS_AWAY, reason=f"change {number}"
                )
            )
        ).user_status
        for number in islice(_numbers, changes)
    ]


async def history(calls: pb_grpc.StatusServiceAsyncStub) -> list[tuple[int, str]]:
    page = await calls.ListStatusChanges(pb.ListStatusChangesRequest(account_id="acme", page_size=1_000))
    return [(change.revision, change.reason) for change in page.changes]


def known(answers: list[pb.UserStatus]) -> list[tuple[int, str]]:
    return [(answer.revision, answer.reason) for answer in answers]


async def test_a_write_that_a_crash_tore_is_as_if_it_never_began(tmp_path: Path) -> None:
    """What follows the last whole transaction in the write-ahead log: any part of a next one."""
    database, dice = tmp_path / "onduty.db", random.Random(20261122)
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            expected = known(await fill(calls, 30))
        for torn in (1, 24, PAGE // 2, PAGE + 24, 3 * PAGE + 7):
            await server.kill()
            append(Path(f"{database}-wal"), dice.randbytes(torn))
            server = await servers.start(database)
            async with connected(server.address) as calls:
                assert await history(calls) == expected
                expected += known(await fill(calls, 3))


async def test_a_torn_last_page_of_the_file_is_never_passed_over(tmp_path: Path) -> None:
    """SQLite would take zeros for what is missing."""
    whole = tmp_path / "whole.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(whole)
        async with connected(server.address) as calls:
            await fill(calls, 200)
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0
        content = whole.read_bytes()
        assert len(content) % PAGE == 0
        for missing in (1, 100, PAGE - 1, PAGE, PAGE + 1):
            torn = tmp_path / f"torn-{missing}.db"
            torn.write_bytes(content[:-missing])
            server = await servers.launch(torn)
            assert "damaged: its end is missing" in failure(await server.ended(), server)


async def test_a_kill_while_nothing_can_be_written_loses_nothing(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            expected = known(await fill(calls, 20))
            with no_room(server):
                for _ in range(3):
                    with pytest.raises(aio.AioRpcError) as caught:
                        await fill(calls, 1)
                    refused_for_the_store(caught.value)
                assert await history(calls) == expected
                await server.kill()
        again = await servers.start(database)
        async with connected(again.address) as calls:
            assert await history(calls) == expected
            await fill(calls, 1)


async def test_taking_the_right_to_write_away_does_not_disturb_who_has_it(tmp_path: Path) -> None:
    """What is open stays open. The next start is told (tests/faults/test_file.py)."""
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            expected = known(await fill(calls, 5))
            for path in (database, Path(f"{database}-wal"), Path(f"{database}-shm"), tmp_path):
                os.chmod(path, stat.S_IMODE(path.stat().st_mode) & ~0o222)
            expected += known(await fill(calls, 5))
            assert await history(calls) == expected
            await server.kill()
        for path in (tmp_path, database, Path(f"{database}-wal"), Path(f"{database}-shm")):
            with suppress(FileNotFoundError):
                os.chmod(path, 0o755)
        again = await servers.start(database)
        async with connected(again.address) as calls:
            assert await history(calls) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give up its rights, and mount")
async def test_a_read_only_disk_is_refused_in_one_line(tmp_path: Path) -> None:
    """Mounted read-only in a name space of the process's own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    async with Servers(tmp_path) as servers:
        server = await servers.start(disk / "onduty.db")
        async with connected(server.address) as calls:
            await fill(calls, 3)
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0
        read_only = f'mount --bind "{disk}" "{disk}" && mount -o remount,ro,bind "{disk}" && exec "$@"'
        command = ("unshare", "--mount", "sh", "-c", read_only, "sh")
        server = await servers.launch(disk / "onduty.db", command=command)
        code, said = await server.ended(), server.text()
        if "unshare" in said or "mount" in said:
            pytest.skip("this machine does not let its root mount")
        assert code == 1
        assert "Read-only file system" in said or "read-only" in said
        assert "Traceback" not in said


async def test_a_disk_that_turns_read_only_refuses_changes_and_goes_on_reading(tmp_path: Path) -> None:
    """As a system does that meets an error of its disk, under whoever is using it."""
    with faulty_disk() as disk:
        store = SqliteStore(tmp_path / "onduty.db", FakeClock())
        await store.open()
        service = StatusService(store)
        before = await service.set_status("acme", "ann", Status.AWAY)

        def read_only() -> None:
            raise apsw.ReadOnlyError("attempt to write a readonly database")

        disk.before_write = read_only
        with pytest.raises(StoreUnavailable):
            await service.set_status("acme", "bob", Status.AWAY)
        assert (await service.get_status("acme", "ann")) == before
        assert len((await service.list_status_changes("acme")).items) == 1
        disk.before_write = lambda: None
        await store.close()
        again = SqliteStore(tmp_path / "onduty.db", FakeClock())
        await again.open()
        assert (await StatusService(again).get_status("acme", "ann")) == before
        await again.close()
