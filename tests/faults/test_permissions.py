"""What the server and its commands write is for their own user only, whatever the umask; what is not is told of."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tests.fakes import FakeClock
from tests.faults.process import Servers, connected
from tests.faults.test_lock import _set

from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.stores.sqlite import SqliteStore


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(directory: Path) -> dict[str, str]:
    return {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in sorted(directory.iterdir())}


def onduty(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONDUTY_")}
    return subprocess.run(
        [sys.executable, "-m", "onduty_server", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_files_of_a_server_are_its_own(tmp_path: Path, umask: None) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db", "--audit-log", "audit.log")
        async with connected(server.address) as calls:
            await calls.SetStatus(_set("ann"))
        found = modes(tmp_path)
        assert found == dict.fromkeys(
            ["audit.log", "onduty.db", "onduty.db-shm", "onduty.db-wal", "onduty.db.lock"], "0o600"
        )
        assert not [line for line in server.log if line.get("mend")]


def test_what_commands_write_is_their_user_s(tmp_path: Path, umask: None) -> None:
    done = onduty(tmp_path, "key", "create", "web", "--role", "backend", "--account", "acme", "--key-file", "keys")
    assert done.returncode == 0, done.stderr
    assert modes(tmp_path) == {"keys": "0o600"}


async def test_copies_are_as_private_as_what_they_are_of(tmp_path: Path, umask: None) -> None:
    store = SqliteStore(tmp_path / "onduty.db", FakeClock())
    await store.open()
    await StatusService(store).set_status("acme", "ann", Status.AWAY)
    await store.close()
    done = onduty(tmp_path, "store", "copy", "sqlite:onduty.db", "sqlite:copy.db")
    assert done.returncode == 0, done.stderr
    assert set(modes(tmp_path).values()) == {"0o600"}
    assert "copy.db" in modes(tmp_path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
async def test_a_database_that_others_can_read_is_told_of_with_the_mend(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "onduty.db"
    for tried in (0o600, mode):
        with structlog.testing.capture_logs() as logs:
            store = SqliteStore(path, FakeClock())
            await store.open()
            await store.close()
        told = [line for line in logs if "others on this machine may read" in line["event"]]
        assert len(told) == (tried != 0o600)
        if tried != 0o600:
            assert told[0]["mend"] == f"chmod 600 {path}"
            # It is the operator's to change.
            assert stat.S_IMODE(path.stat().st_mode) == mode
        os.chmod(path, mode)


async def test_a_lock_file_of_before_that_others_could_lock_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "onduty.db.lock").touch(0o644)
    store = SqliteStore(tmp_path / "onduty.db", FakeClock())
    await store.open()
    await store.close()
    assert re.fullmatch("0o600", modes(tmp_path)["onduty.db.lock"])
