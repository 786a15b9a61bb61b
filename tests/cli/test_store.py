"""`onduty store`: copying moves a store, is refused where it must be, and may be ended at any moment; repairing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Onduty
from tests.cli.served import serving
from tests.commands import SERVE_HERE
from tests.fork_server import Popen, ended
from tests.valkey import ValkeyServer

from onduty_server.app.ports.archive import KeptAccount, StoreHeader
from onduty_server.app.ports.sweeping import VitalSigns
from onduty_server.domain.record import UserRecord
from onduty_server.domain.status import State
from onduty_server.domain.workflow import DEFAULT_WORKFLOW
from onduty_server.stores.sqlite.archive import SqliteArchive
from onduty_server.stores.sqlite.opening import open_writer

WITHIN_S = 30
MANY = 15_000


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


def populate(path: Path, users: int) -> None:
    """A file of one account, by the quickest way."""
    asyncio.run(_populate(path, users))


async def _populate(path: Path, users: int) -> None:
    archive, vital = SqliteArchive(path), VitalSigns(1_760_000_000_000, 1_760_000_000_000, 0)
    await archive.open_to_write(StoreHeader(b"k" * 32, vital))
    await archive.add_account(KeptAccount("acme", users, DEFAULT_WORKFLOW, (), vital))
    for first in range(0, users, 1_000):
        people = [
            UserRecord(f"user-{number}", State.AWAY_BY_HAND, number, None, number, revision=number + 1)
            for number in range(first, min(first + 1_000, users))
        ]
        await archive.add_users("acme", first, people)
    await archive.seal()
    await archive.finish()
    await archive.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for what happens in another process."""
    pause = threading.Event()
    for _ in range(WITHIN_S * 200):
        if holds():
            return
        pause.wait(0.005)
    raise AssertionError("it does not happen")


@contextmanager
def copying(source: str, target: str) -> Iterator[Popen]:
    with Popen(["store", "copy", source, target], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as it:
        try:
            yield it
        finally:
            it.kill()


def test_a_store_goes_to_redis_and_back_and_answers_as_before(onduty: Onduty, valkey: ValkeyServer) -> None:
    with serving("--store", "sqlite:a.db") as (process, address):
        assert onduty("status", "set", "acme", "anna", "away", "--reason", "lunch", "--server", address).code == 0
        assert onduty("activity", "acme", "bert", "--server", address).code == 0
        before = onduty("status", "list", "acme", "--server", address, "--json").out
        process.terminate()
        assert process.wait(WITHIN_S) == 0
    ran = onduty("store", "copy", "sqlite:a.db", valkey.address)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("copied and verified 1 accounts, 2 users and 2 events in ")
    with serving("--store", valkey.address) as (process, address):
        assert onduty("status", "list", "acme", "--server", address, "--json").out == before
        refused = onduty("store", "copy", valkey.address, "sqlite:b.db")
        assert refused.code == 1
        assert f"{valkey.address} is in use by 1 onduty process (" in refused.err
        process.terminate()
        assert process.wait(WITHIN_S) == 0
    ran = onduty("store", "copy", valkey.address, "sqlite:b.db", "--json")
    assert ran.code == 0
    assert {**json.loads(ran.out), "seconds": 0} == {"accounts": 1, "users": 2, "events": 2, "erased": 0, "seconds": 0}
    with serving("--store", "sqlite:b.db") as (server, address):
        assert onduty("status", "list", "acme", "--server", address, "--json").out == before
        refused = onduty("store", "copy", "sqlite:b.db", "sqlite:c.db")
    assert refused.code == 1
    assert f"b.db is in use by another onduty process (pid {server.pid}); stop it, or name another file" in refused.err
    assert not Path("c.db").exists()


def test_the_target_must_be_empty(onduty: Onduty, valkey: ValkeyServer) -> None:
    for name in ("a.db", "b.db"):
        with serving("--store", f"sqlite:{name}"):
            pass
    assert onduty("store", "copy", "sqlite:a.db", "sqlite:b.db").err.startswith("onduty: b.db exists already")
    Path("c.db").write_text("what is this? " * 100)
    assert onduty("store", "copy", "sqlite:a.db", "sqlite:c.db").err == (
        "onduty: c.db exists already and is not a SQLite database, or is damaged; a copy needs a file that is not "
        "there yet\n"
    )
    assert not Path("c.db.lock").exists()
    assert onduty("store", "copy", "sqlite:a.db", valkey.address).code == 0
    ran = onduty("store", "copy", "sqlite:a.db", valkey.address)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "holds a store of onduty already" in ran.err
    assert onduty("store", "copy", "sqlite:a.db", valkey.address, "--to-key-prefix", "another").code == 0


def test_what_is_not_there_cannot_be_copied(onduty: Onduty, valkey: ValkeyServer) -> None:
    assert onduty("store", "copy", "sqlite:a.db", valkey.address).err == "onduty: a.db does not exist\n"
    ran = onduty("store", "copy", valkey.address, "sqlite:a.db")
    assert ran.err == f"onduty: {valkey.address} has no store of onduty\n"
    assert onduty("store", "copy", "memory:", "sqlite:a.db").code == 2
    assert os.listdir(".") == []


def test_passwords_come_from_the_environment(
    onduty: Onduty, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving("--store", "sqlite:a.db"):
        pass
    valkey.ask("ACL", "SETUSER", "mover", "on", ">a secret", "~*", "&*", "+@all")
    order = ("store", "copy", "sqlite:a.db", valkey.address, "--to-username", "mover")
    monkeypatch.setenv("ONDUTY_STORE_PASSWORD", "another")
    ran = onduty(*order)
    assert ran.code == 1 and "another" not in ran.err
    monkeypatch.setenv("ONDUTY_TO_PASSWORD", "a secret")
    assert onduty(*order).code == 0


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [(signal.SIGKILL, -signal.SIGKILL, ""), (signal.SIGINT, 130, "onduty: interrupted\n")],
)
def test_a_copy_to_redis_that_is_cut_short_is_begun_anew(
    onduty: Onduty, valkey: ValkeyServer, how: signal.Signals, code: int, said: str
) -> None:
    populate(Path("a.db"), MANY)
    source = Path("a.db").read_bytes()
    with copying("sqlite:a.db", valkey.address) as process:
        until(lambda: valkey.ask("DBSIZE") > 7)
        process.send_signal(how)
        assert process.wait(WITHIN_S) == code
        assert process.stderr is not None and process.stderr.read() == said
    assert valkey.ask("GET", "onduty:{onduty}:schema").startswith("unfinished copy ")
    assert Path("a.db").read_bytes() == source
    ran = ended(*SERVE_HERE, "--store", valkey.address)
    # Lines of the log (it warns that this server forgets everything) are JSON.
    complaints = [line for line in ran.stderr.splitlines() if not line.startswith("{")]
    assert (ran.returncode, len(complaints)) == (1, 1)
    assert "holds an unfinished copy; run `onduty store copy` to it again" in ran.stderr
    assert f" {MANY:,} users" in onduty("store", "copy", "sqlite:a.db", valkey.address).out
    assert f" {MANY:,} users" in onduty("store", "copy", valkey.address, "sqlite:b.db").out


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_copy_to_a_file_that_is_cut_short_is_begun_anew(onduty: Onduty, how: signal.Signals) -> None:
    populate(Path("a.db"), MANY)
    source = Path("a.db").read_bytes()
    with copying("sqlite:a.db", "sqlite:b.db") as process:
        until(lambda: Path("b.db-wal").exists() and Path("b.db-wal").stat().st_size > 100_000)
        process.send_signal(how)
        assert process.wait(WITHIN_S) in (130, -signal.SIGKILL)
    assert Path("a.db").read_bytes() == source
    ran = ended(*SERVE_HERE, "--store", "sqlite:b.db")
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "b.db holds an unfinished copy" in ran.stderr
    assert f" {MANY:,} users" in onduty("store", "copy", "sqlite:a.db", "sqlite:b.db").out


def test_what_arrives_otherwise_than_it_left_is_an_error_that_names_it(onduty: Onduty, valkey: ValkeyServer) -> None:
    populate(Path("a.db"), MANY)
    with copying("sqlite:a.db", valkey.address) as process:
        # Somebody else writes there, too.
        until(lambda: bool(valkey.ask("EXISTS", "onduty:{onduty}:partitions")))
        until(lambda: valkey.ask("EVAL", _SPOIL, 0) == 1)
        assert process.wait(WITHIN_S) == 1
        assert process.stderr is not None
        said = process.stderr.read()
    assert "the copy differs from its source" in said
    assert "account 'acme' has other contents" in said
    assert valkey.ask("GET", "onduty:{onduty}:schema").startswith("unfinished copy ")


_SPOIL = """
for _, key in ipairs(redis.call('KEYS', 'onduty:{p*}:u:acme')) do
  local raw = redis.call('HGET', key, 'user-7')
  if raw then
    redis.call('HSET', key, 'user-7', raw .. 'a word')
    return 1
  end
end
return 0
"""


def test_a_database_without_its_log_is_repaired_once_the_loss_is_accepted(tmp_path: Path, onduty: Onduty) -> None:
    path, alone = tmp_path / "onduty.db", tmp_path / "alone.db"
    populate(path, 3)
    assert onduty("store", "repair", str(path)) == (0, "nothing is missing; nothing was changed\n", "")
    file = open_writer(path)
    alone.write_bytes(path.read_bytes())
    file.close()

    refused = onduty("store", "repair", str(alone))
    assert refused.code == 1
    assert "its write-ahead log" in refused.err and "repeat with --accept-loss" in refused.err
    assert refused.err.count("\n") == 1
    repaired = onduty("store", "repair", str(alone), "--accept-loss", "--json")
    assert json.loads(repaired.out)["repaired"] is True
    again = onduty("store", "repair", str(alone), "--json")
    assert json.loads(again.out) == {"repaired": False, "finding": None, "set_aside": None}


def test_a_store_is_not_copied_to_itself(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    os.link("a.db", "linked.db")
    for source, target in (
        ("sqlite:a.db", "sqlite:a.db"),
        ("sqlite:a.db", "sqlite:./linked.db"),
        ("redis://127.0.0.1:1", "redis://127.0.0.1:1/0"),
    ):
        ran = onduty("store", "copy", source, target)
        assert (ran.code, ran.err) == (2, f"onduty: FROM and TO are the same store: {source}\n")
    # Other keys of the same Redis are another store.
    ran = onduty("store", "copy", "redis://127.0.0.1:1", "redis://127.0.0.1:1", "--to-key-prefix", "other")
    assert "same store" not in ran.err


@pytest.mark.parametrize("accepting", [(), ("--accept-loss",)])
def test_a_repair_says_that_it_cannot_mend_damaged_pages(onduty: Onduty, accepting: tuple[str, ...]) -> None:
    populate(Path("dmg.db"), 500)
    content = bytearray(Path("dmg.db").read_bytes())
    content[5 * 4_096 : 8 * 4_096] = b"\x55" * (3 * 4_096)
    Path("dmg.db").write_bytes(content)
    ran = onduty("store", "repair", "dmg.db", *accepting)
    assert ran == (1, "", "onduty: dmg.db is damaged beyond repair; restore a backup\n")
    assert Path("dmg.db").read_bytes() == content


def test_nothing_is_left_beside_a_file_that_is_no_database(onduty: Onduty) -> None:
    Path("s.log").write_text("a line\n" * 100)
    for order in (("repair", "s.log"), ("copy", "sqlite:s.log", "sqlite:b.db"), ("copy", "sqlite:s.log", "memory:")):
        assert onduty("store", *order).code != 0
    assert os.listdir(".") == ["s.log"]


def test_a_directory_that_is_missing_is_named(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    here = Path.cwd()
    ran = onduty("store", "copy", "sqlite:a.db", "sqlite:no/such/b.db")
    assert ran == (1, "", f"onduty: cannot open no/such/b.db: directory {here}/no does not exist\n")
    ran = onduty("store", "copy", "sqlite:a.db", "sqlite:a.db.lock/b.db")
    assert ran == (1, "", f"onduty: cannot open a.db.lock/b.db: {here}/a.db.lock is not a directory\n")


def test_only_what_is_there_is_repaired(tmp_path: Path, onduty: Onduty) -> None:
    missing = onduty("store", "repair", str(tmp_path / "onduty.db"), "--accept-loss")
    assert missing.code == 1 and "does not exist" in missing.err
    assert not list(tmp_path.glob("*"))
