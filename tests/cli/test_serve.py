"""`onduty serve` as a process: it serves, stops when told to, and says in one line why it cannot start.

The whole life of one begins with the start of Python; those that are about a refusal or a line are forked.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli import served
from tests.cli.conftest import Onduty
from tests.commands import SERVE, SERVE_HERE
from tests.fork_server import Popen, ended

from onduty_server.transport.ports import ListenError, check_free


@contextmanager
def serving(
    *options: str, said_in_full: bool = False, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process on a free port, and its address as it said it, or the whole line in which it did."""
    command = [*SERVE, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                said = json.loads(line)
                if said["event"] == "serving":
                    break
            else:
                pytest.fail("it ended before it served")
            yield process, line if said_in_full else said["address"]
        finally:
            process.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop_and_loses_nothing(onduty: Onduty, how: signal.Signals) -> None:
    with serving("--store", "sqlite:a.db", "--activity-flush-interval", "1m") as (process, address):
        assert onduty("activity", "acme", "anna", "--server", address).code == 0
        before = onduty("activity", "acme", "anna", "--server", address, "--json").out
        process.send_signal(how)
        assert process.wait(20) == 0
    with serving(ONDUTY_STORE="sqlite:a.db") as (_, address):
        assert onduty("status", "get", "acme", "anna", "--server", address, "--json").out == before


def test_a_second_process_on_the_same_file_is_refused(onduty: Onduty) -> None:
    with served.serving("--store", "sqlite:a.db"):
        ran = ended(*SERVE_HERE, "--store", "sqlite:a.db")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("onduty: a.db is in use by another onduty process (pid ")
    assert ran.stderr.endswith("; stop it, or name another file\n")
    assert ran.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_refused() -> None:
    with served.serving("--store", "memory:") as (_, address):
        ran = ended(*SERVE_HERE, "--listen", address, "--store", "memory:")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"onduty: cannot listen on {address}; is the port in use?\n"


@pytest.mark.parametrize("setting", ["--listen", "--metrics-listen"])
def test_a_start_on_a_port_that_is_taken_leaves_no_database_behind(setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "{}:{}".format(*taken.getsockname())
        ran = ended(*SERVE_HERE, setting, address, "--store", "sqlite:new.db")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"onduty: cannot listen on {address}; is the port in use?\n"
    assert list(Path().glob("new.db*")) == []


def test_an_address_that_is_not_this_machines_is_said_to_be() -> None:
    # An address of the documentation's own network.
    with pytest.raises(ListenError, match=r"cannot listen on 192.0.2.1:1: Cannot assign requested address"):
        check_free("192.0.2.1:1")


def test_a_port_that_is_shared_is_free_for_those_who_share_it() -> None:
    with socket.socket() as shared:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*shared.getsockname())
        check_free(address, reuse_port=True)
        with pytest.raises(ListenError, match="is the port in use"):
            check_free(address)
    check_free("127.0.0.1:0")


def test_a_database_is_logged_by_its_whole_path() -> None:
    with serving("--store", "sqlite:here.db", said_in_full=True) as (_, said):
        assert json.loads(said)["store"] == f"sqlite:{Path('here.db').absolute()}"


def test_an_audit_log_that_cannot_be_opened_is_named() -> None:
    ran = ended(*SERVE_HERE, "--store", "sqlite:new.db", "--audit-log", "no/audit.log")
    said = "onduty: the audit log no/audit.log cannot be written: No such file or directory\n"
    assert (ran.returncode, ran.stderr) == (1, said)
    assert list(Path().glob("new.db*")) == []


def test_a_file_that_is_no_database_is_refused() -> None:
    Path("a.db").write_text("what is this? " * 100)
    ran = ended(*SERVE_HERE, "--store", "sqlite:a.db")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "onduty: a.db is not a SQLite database, or is damaged\n"
    assert os.listdir(".") == ["a.db"]


def test_metrics_on_a_port_that_is_taken_are_refused() -> None:
    with served.serving("--store", "memory:") as (_, address):
        ran = ended(*SERVE_HERE, "--store", "memory:", "--metrics-listen", address, "--log-level", "error")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("onduty: ")
    assert ran.stderr.count("\n") == 1


def test_logs_are_for_people_when_asked_to() -> None:
    with Popen([*SERVE_HERE, "--store", "memory:", "--log-format", "console"], stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
        finally:
            process.kill()
    assert "serving" in line
    assert not line.startswith("{")
