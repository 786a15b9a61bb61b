"""The command line and a server that asks who calls: tokens and certificates from flags, environment and files.

And that none of them ever shows up where it should not.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.access.authority import Authority, write
from tests.cli.conftest import Onduty, Ran
from tests.cli.served import serving
from tests.commands import SERVE_HERE
from tests.fork_server import Popen, ended

from onduty_server.cli.errors import Failure
from onduty_server.cli.server import file_replacement

ACCESS = """
[[callers]]
certificate = "router.test"
roles = ["router"]
accounts = ["acme"]
"""


@pytest.fixture
def authority() -> Authority:
    authority = Authority()
    Path("ca.pem").write_bytes(authority.pem)
    write(Path("server"), authority.server())
    write(Path("client"), authority.issue("x", ["router.test"]))
    Path("access.toml").write_text(ACCESS)
    return authority


@pytest.fixture
def key(onduty: Onduty) -> str:
    ran = onduty("key", "create", "web", "--role", "backend", "--account", "acme", "--key-file", "keys")
    (secret,) = ran.lines
    return secret


@pytest.fixture
def address(authority: Authority, key: str) -> Iterator[str]:
    options = ["--tls-certificate", "server.pem", "--tls-key", "server.key", "--key-file", "keys"]
    with serving("--store", "memory:", "--audit-log", "audit.log", *options) as (_, address):
        yield address


def test_a_key_lets_in_from_a_flag_a_file_and_the_environment(
    onduty: Onduty, address: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ("activity", "acme", "ada", "--server", address, "--json")
    ca = ("--server-ca", "ca.pem")
    Path("token").write_text(key + "\n")
    assert onduty(*call, *ca, "--token", key).code == 0
    assert onduty(*call, *ca, "--token-file", "token").code == 0
    refused = onduty(*call, *ca)
    assert (refused.code, refused.err) == (
        1,
        "onduty: a credential is required; give --token-file, or set ONDUTY_TOKEN_FILE\n",
    )
    monkeypatch.setenv("ONDUTY_SERVER_CA", "ca.pem")
    monkeypatch.setenv("ONDUTY_TOKEN", key)
    assert onduty(*call).code == 0
    # A flag goes before the environment.
    assert onduty(*call, "--token", "wrong").err == "onduty: the credential is not valid; ask for a new key\n"
    Path("token").write_text("stale")
    assert onduty(*call, "--token-file", "token").code == 1
    monkeypatch.delenv("ONDUTY_TOKEN")
    Path("token").write_text(key)
    monkeypatch.setenv("ONDUTY_TOKEN_FILE", "token")
    assert onduty(*call).code == 0
    assert onduty("workflow", "set", "acme", "--enable", "--away-after", "1m", "--server", address).code == 1


def test_no_key_is_made_for_what_nobody_could_be_told_from(onduty: Onduty) -> None:
    for option, value in (("--account", "acme "), ("--user", " ada"), ("NAME", "web ")):
        name = value if option == "NAME" else "web"
        given = ("--account", "acme") if option == "NAME" else (option, value)
        ran = onduty("key", "create", name, "--role", "backend", *given, "--key-file", "keys")
        assert (ran.code, ran.out, ran.err) == (2, "", f'onduty: {option}: "{value}" begins or ends with white space\n')


def test_a_name_that_the_server_does_not_take_is_not_dropped_in_silence(
    onduty: Onduty, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, role in (("kim", "supervisor"), ("crm", "backend")):
        ran = onduty("key", "create", name, "--role", role, "--account", "acme", "--key-file", "keys")
        Path(name).write_text(ran.out)
    options = ["--tls-certificate", "server.pem", "--tls-key", "server.key", "--key-file", "keys"]
    with serving("--store", "memory:", "--audit-log", "audit.log", *options) as (_, address):
        monkeypatch.setenv("ONDUTY_SERVER", address)
        monkeypatch.setenv("ONDUTY_SERVER_CA", "ca.pem")
        set_status = ("status", "set", "acme", "ada", "away", "--json")
        set_workflow = ("workflow", "set", "acme", "--enable", "--away-after", "10m", "--json")
        ignored = (
            "onduty: --actor was not taken: this credential may not name who acts, and the server keeps it as done by "
            "'kim'\n"
        )
        for command in (set_status, set_workflow):
            ran = onduty(*command, "--token-file", "kim", "--actor", "boss")
            assert (ran.code, ran.err) == (0, ignored)
            assert '"boss"' not in ran.out
            # Nobody asked for the login name to be taken.
            assert onduty(*command, "--token-file", "kim").err == ""
        ran = onduty(*set_workflow[:-2], "20m", "--token-file", "kim", "--actor", "kim")
        assert (ran.code, ran.err) == (0, "")
        # What changes nothing is nobody's.
        assert onduty(*set_workflow[:-2], "20m", "--token-file", "kim", "--actor", "boss").err == ""
        ran = onduty(*set_status, "--token-file", "crm", "--actor", "boss")
        assert (json.loads(ran.out)["actor"], ran.err) == ("boss", "")


def test_a_call_on_behalf_of_somebody_shows_both(onduty: Onduty, address: str, key: str) -> None:
    options = ("--server", address, "--server-ca", "ca.pem", "--token", key)
    for actor in ("ada", "web"):
        assert onduty("status", "set", "acme", "ada", "away", "--actor", actor, *options).code == 0
    called, own = onduty("history", "acme", *options).lines[1:]
    assert "MANUAL by ada (called by web)" in called and "MANUAL by web  " in own
    changes = [json.loads(line) for line in onduty("history", "acme", "--json", *options).lines]
    assert [(change["actor"], change["caller"]) for change in changes] == [("ada", "web"), ("web", "")]


def test_streams_send_it_too(onduty: Onduty, address: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONDUTY_SERVER_CA", "ca.pem")
    Path("log.csv").write_text("activity_time,user_id\n2026-01-01T00:00:00Z,ada\n")
    replay = ("replay", "log.csv", "--account", "acme", "--speed", "1000", "--server", address)
    assert onduty(*replay, "--token", key).code == 0
    assert "credential" in onduty(*replay, "--token", "wrong").err
    watch = ("watch", "acme", "--json", "--server", address)
    refused = onduty(*watch, "--token", "wrong")
    assert (refused.code, refused.err) == (1, "onduty: the credential is not valid; ask for a new key\n")
    with Popen([*watch, "--token", key], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["event"] == "snapshot_begin"
        finally:
            process.kill()


def test_a_certificate_lets_in(onduty: Onduty, authority: Authority) -> None:
    tls = ["--tls-certificate", "server.pem", "--tls-key", "server.key", "--tls-client-ca", "ca.pem"]
    with serving("--store", "memory:", *tls, "--access-file", "access.toml") as (_, address):
        call = ("available", "acme", "--server", address, "--server-ca", "ca.pem", "--json")
        assert onduty(*call, "--client-certificate", "client.pem", "--client-key", "client.key").code == 0
        assert onduty(*call, "--timeout", "1s").code == 3
        half = onduty(*call, "--client-certificate", "client.pem")
        assert (half.code, half.err) == (
            2,
            "onduty: --client-certificate needs --client-key, and the other way round\n",
        )
        missing = onduty(*call, "--client-certificate", "client.pem", "--client-key", "no.key")
        assert (missing.code, missing.err) == (1, "onduty: no.key: No such file or directory\n")


@pytest.mark.parametrize("command", [("activity", "acme", "ada"), ("watch", "acme", "--json")], ids=["call", "stream"])
def test_a_token_does_not_go_to_another_machine_in_plain_text(onduty: Onduty, command: tuple[str, ...]) -> None:
    ran = onduty(*command, "--server", "onduty.test:50250", "--token", "onduty_secret")
    assert ran.code == 2 and "in plain text" in ran.err
    ran = onduty(
        *command, "--server", "192.0.2.1:1", "--token", "onduty_secret", "--allow-plaintext", "--timeout", "200ms"
    )
    assert ran.code == 3


SECRET = "onduty_0123456789ab_" + "S" * 43


def failures(onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ran]:
    """Ways to get it wrong with a secret at hand."""
    call = ("status", "get", "acme", "ada", "--server", "127.0.0.1:1", "--timeout", "200ms")
    yield onduty(*call, "--token", SECRET)
    yield onduty(*call, "--token", SECRET + "\n")
    yield onduty(*call, "--token", SECRET + " and more")
    yield onduty(*call, "--token-file", SECRET)
    yield onduty("watch", "acme", "--json", "--server", "127.0.0.1:1", "--timeout", "200ms", "--token-file", SECRET)
    yield onduty(*call, "--token", SECRET, "--token-file", "x")
    Path("keys").write_text(SECRET)
    yield onduty("key", "list", "--key-file", "keys")
    yield onduty("key", "create", "x", "--role", "admin", "--key-file", "keys")
    monkeypatch.setenv("ONDUTY_TOKEN", SECRET)
    yield onduty(*call)
    yield onduty("config")
    yield onduty("config", "--json")
    yield onduty("status", "get", "--help")


def test_no_secret_is_ever_echoed(onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    for ran in failures(onduty, monkeypatch):
        assert "SSSS" not in ran.out + ran.err
        seen += 1
    assert seen == 12


class TestKeys:
    def test_a_key_is_made_listed_and_revoked(self, onduty: Onduty) -> None:
        first = onduty("key", "create", "ann\u2028b", "--role", "router", "--account", "*", "--key-file", "keys")
        assert first.code == 0 and first.out.startswith("onduty_")
        made = json.loads(
            onduty(
                *("key", "create", "ada", "--role", "agent", "--account", "acme", "--user", "ada"),
                *("--expires-in", "90d", "--key-file", "keys", "--json"),
            ).out
        )
        assert made["key"].startswith(f"onduty_{made['id']}_")
        listed = [
            json.loads(line) for line in onduty("key", "list", "--key-file", "keys", "--json").out.split("\n")[:-1]
        ]
        assert [entry["name"] for entry in listed] == ["ann\u2028b", "ada"]
        assert listed[1]["accounts"] == ["acme"] and listed[1]["expires"] > listed[1]["created"]
        kept = Path("keys").read_text()
        assert first.out.strip() not in kept and made["key"] not in kept
        assert Path("keys").stat().st_mode & 0o777 == 0o600
        assert onduty("key", "revoke", made["id"], "--key-file", "keys").code == 0
        assert onduty("key", "revoke", made["id"], "--key-file", "keys").code == 1
        assert len(onduty("key", "list", "--key-file", "keys", "--json").out.split("\n")) == 2

    def test_comments_and_who_may_read_it_stay(self, onduty: Onduty) -> None:
        Path("keys").write_text("# ours\n\n")
        Path("keys").chmod(0o640)
        assert onduty("key", "create", "x", "--role", "admin", "--key-file", "keys").code == 0
        assert Path("keys").read_text().startswith("# ours\n\n{")
        assert Path("keys").stat().st_mode & 0o777 == 0o640

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (
                ("--role", "king", "--account", "acme"),
                "no role is called 'king'; there are admin, agent, backend, router, supervisor",
            ),
            (("--role", "agent", "--account", "acme"), "a role for the caller's own user needs a user"),
            (
                (
                    "--role",
                    "router",
                ),
                "onduty: give --account ACCOUNT, or --account '*' for all\n",
            ),
            (("--role", "router", "--account", "a\nb"), "contains control characters"),
            (("--role", "router", "--account", "acme", "--expires-in", "0"), "must be more than 0"),
        ],
    )
    def test_a_key_that_makes_no_sense_is_not_made(self, onduty: Onduty, options: tuple[str, ...], said: str) -> None:
        ran = onduty("key", "create", "x", *options, "--key-file", "keys")
        assert ran.code == 2 and said in ran.err
        assert not Path("keys").exists()

    def test_roles_of_ones_own_come_from_the_access_file(self, onduty: Onduty) -> None:
        Path("access.toml").write_text('[roles.auditor]\npermissions = ["status.read"]\n')
        create = ("key", "create", "x", "--role", "auditor", "--account", "acme", "--key-file", "keys")
        assert onduty(*create).code == 2
        assert onduty(*create, "--access-file", "access.toml").code == 0

    def test_a_key_is_revoked_through_a_symbolic_link(self, onduty: Onduty) -> None:
        """Also one whose target is elsewhere, as in a mounted secret."""
        Path("etc").mkdir()
        Path("etc/real").touch(mode=0o640)
        Path("etc/real").chmod(0o640)
        Path("keys").symlink_to("link")
        Path("link").symlink_to("etc/real")
        made = json.loads(onduty("key", "create", "x", "--role", "admin", "--key-file", "keys", "--json").out)
        assert made["id"] in Path("etc/real").read_text()
        ran = onduty("key", "revoke", made["id"], "--key-file", "keys")
        assert ran == (0, "", f"onduty: key {made['id']} (x) was revoked\n")
        assert Path("etc/real").read_text() == ""
        assert Path("keys").is_symlink() and Path("link").is_symlink()
        assert Path("etc/real").stat().st_mode & 0o777 == 0o640
        assert sorted(path.name for path in Path("etc").iterdir()) == ["real"]

    def test_what_cannot_be_revoked_is_said_with_the_file_and_how_to_find_the_id(self, onduty: Onduty) -> None:
        revoke = ("key", "revoke", "123456789abc", "--key-file", "keys")
        assert onduty(*revoke) == (1, "", "onduty: keys: No such file or directory\n")
        assert not Path("keys").exists()
        secret = onduty("key", "create", "x", "--role", "admin", "--key-file", "keys").out.strip()
        shows = "not found in keys; 'onduty key list --key-file keys' shows the ids\n"
        assert onduty(*revoke) == (1, "", f'onduty: key "123456789abc" {shows}')
        # Somebody took the key for its id: it goes to no screen and no log of a terminal.
        assert onduty("key", "revoke", secret, "--key-file", "keys") == (1, "", f"onduty: a key with this id {shows}")

    def test_times_are_written_as_in_other_tables(self, onduty: Onduty) -> None:
        create = ("key", "create", "x", "--role", "admin", "--key-file", "keys")
        assert onduty(*create, "--expires-in", "1h").code == onduty(*create).code == 0
        header, *rows = onduty("key", "list", "--key-file", "keys").lines
        assert header.split()[-2:] == ["CREATED", "EXPIRES"]
        time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
        assert re.search(rf"  {time}  {time}$", rows[0]) and re.search(rf"  {time} *$", rows[1])

    def test_a_link_to_a_file_that_is_not_there_yet_makes_it(self, onduty: Onduty) -> None:
        Path("keys").symlink_to("real")
        assert onduty("key", "create", "x", "--role", "admin", "--key-file", "keys").code == 0
        assert Path("keys").is_symlink() and Path("real").stat().st_mode & 0o777 == 0o600

    def test_links_that_others_have_made_are_not_followed(self, onduty: Onduty) -> None:
        """Whatever they are called: the name that is written to cannot be guessed."""
        Path("theirs").write_text("kept")
        for name in (".keys.new", ".keys.tmp", "keys.new"):
            Path(name).symlink_to("theirs")
        assert onduty("key", "create", "x", "--role", "admin", "--key-file", "keys").code == 0
        assert Path("theirs").read_text() == "kept"
        assert not Path("keys").is_symlink() and "admin" in Path("keys").read_text()

    def test_a_file_with_two_names_is_not_changed_by_one(self, onduty: Onduty) -> None:
        """The other one, which a server may read, would keep the key."""
        made = json.loads(onduty("key", "create", "x", "--role", "admin", "--key-file", "keys", "--json").out)
        Path("other").hardlink_to("keys")
        before = sorted(path.name for path in Path().iterdir())
        ran = onduty("key", "revoke", made["id"], "--key-file", "other")
        assert ran.code == 1 and "has 2 names (hard links)" in ran.err
        assert made["id"] in Path("keys").read_text()
        assert sorted(path.name for path in Path().iterdir()) == before

    def test_links_in_a_circle_are_an_error_in_one_line(self, onduty: Onduty) -> None:
        Path("keys").symlink_to("more")
        Path("more").symlink_to("keys")
        ran = onduty("key", "create", "x", "--role", "admin", "--key-file", "keys")
        assert ran.code == 1 and ran.err == "onduty: keys: Too many levels of symbolic links\n"

    @pytest.mark.parametrize("command", [("create", "y", "--role", "admin"), ("list",)])
    def test_a_file_that_others_can_write_is_warned_of(self, onduty: Onduty, command: tuple[str, ...]) -> None:
        assert onduty("key", "create", "x", "--role", "admin", "--key-file", "keys").err.count("\n") == 1
        Path("link").symlink_to("keys")
        for mode in (0o620, 0o602):
            Path("keys").chmod(mode)
            ran = onduty("key", *command, "--key-file", "link")
            assert ran.code == 0 and f"warning: others can write link (mode {mode:04o}" in ran.err
        Path("keys").chmod(0o600)
        Path().chmod(0o777)
        assert "warning: others can replace link" in onduty("key", *command, "--key-file", "link").err
        Path().chmod(0o1777)
        assert "warning" not in onduty("key", *command, "--key-file", "link").err

    def test_where_nothing_can_be_written_it_says_so(self, onduty: Onduty) -> None:
        ran = onduty("key", "create", "x", "--role", "admin", "--key-file", "there/keys")
        assert (ran.code, ran.err) == (1, "onduty: there: No such file or directory\n")


def test_a_server_that_cannot_use_its_files_says_so_in_a_line() -> None:
    Path("keys").write_text("nonsense\n")
    command = (*SERVE_HERE, "--store", "memory:")
    ran = ended(*command, "--key-file", "keys")
    assert (ran.returncode, ran.stderr) == (1, "onduty: keys: line 1: not JSON\n")
    ran = ended(*command, "--audit-log", "no/where.log")
    assert ran.returncode == 1 and ran.stderr.count("\n") == 1


def test_a_directory_whose_lock_another_process_holds_is_given_up(tmp_path: Path) -> None:
    directory = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_SH)
        with (
            pytest.raises(Failure, match=f"^directory {tmp_path} is locked by another process; try again"),
            file_replacement.replacing(tmp_path / "keys", lock_wait_s=0.05) as draft,
        ):
            draft.text = "never"
    finally:
        os.close(directory)
    with file_replacement.replacing(tmp_path / "keys") as draft:
        draft.text = "now"
    assert (tmp_path / "keys").read_text() == "now"
