"""`onduty store backup` and `store restore`: what they say, write and refuse."""

from __future__ import annotations

import json
import os
import re
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from tests.cli.conftest import Onduty
from tests.cli.test_store import populate

from onduty_server.stores.redis.records import SCHEMA as REDIS_SCHEMA
from onduty_server.stores.sqlite.lock import FileLock
from onduty_server.stores.sqlite.schema import SCHEMA_VERSION


def counted(path: Path | str) -> int:
    """The users in a file."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        return int(connection.execute("SELECT count(*) FROM user").get)


def test_a_backup_says_what_is_in_it_and_is_readable_by_its_owner_only(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    ran = onduty("store", "backup", "a.db", "b.db")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(
        r"b\.db: backed up and verified 1 accounts, 3 users and 0 events \(0\.\d MiB\) in \d+\.\d s\n", ran.out
    )
    assert (counted("b.db"), Path("b.db").stat().st_mode & 0o777) == (3, 0o600)
    assert sorted(path.name for path in Path().glob("b.db*")) == ["b.db"]


def test_a_backup_describes_itself_to_programs(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    said = json.loads(onduty("store", "backup", "sqlite:a.db", "b.db", "--json").out)
    assert said.pop("seconds") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", said.pop("begin_time"))
    assert said == {
        "path": "b.db",
        "size_bytes": Path("b.db").stat().st_size,
        "schema_version": SCHEMA_VERSION,
        "accounts": 1,
        "users": 3,
        "events": 0,
    }


@pytest.mark.parametrize("to", [(), ("kept",)])
def test_a_backup_without_a_name_is_named_after_the_database_and_the_time(onduty: Onduty, to: tuple[str, ...]) -> None:
    populate(Path("a.db"), 3)
    Path("kept").mkdir()
    said = json.loads(onduty("store", "backup", "a.db", *to, "--json").out)
    (found,) = Path(*to).glob("a-*.db")
    assert (Path(said["path"]), counted(found)) == (found, 3)
    assert re.fullmatch(r"a-\d{8}T\d{6}Z\.db", found.name)


def test_no_file_is_overwritten(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    Path("b.db").write_text("of somebody else")
    taken = "onduty: b.db exists already; a backup needs a name that is not taken\n"
    assert onduty("store", "backup", "a.db", "b.db") == (1, "", taken)
    os.unlink("b.db")
    os.symlink("nowhere", "b.db")
    assert onduty("store", "backup", "a.db", "b.db") == (1, "", taken)
    for name in ("a.db", "a.db-wal", "./a.db-shm", "a.db.lock"):
        ran = onduty("store", "backup", "a.db", name)
        assert (ran.code, ran.err) == (
            2,
            f"onduty: TO must be another file than the database and those beside it, got {Path(name)}\n",
        )


@pytest.mark.parametrize(
    ("file", "code", "said"),
    [
        ("no.db", 1, "no.db does not exist"),
        ("s.log", 1, "s.log is not a SQLite database, or is damaged"),
        ("empty.db", 1, "empty.db is empty; there is nothing to copy"),
        (
            "redis://10.0.0.1:6379",
            2,
            "FILE: only a SQLite database is backed up by onduty, got redis:; see docs/redis.md",
        ),
        ("sqlite:", 2, "FILE: the path of a database is missing"),
    ],
)
def test_what_cannot_be_backed_up_is_refused_in_a_line(onduty: Onduty, file: str, code: int, said: str) -> None:
    Path("s.log").write_text("a line\n" * 100)
    Path("empty.db").touch()
    ran = onduty("store", "backup", file, "b.db")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"onduty: {said}") and ran.err.count("\n") == 1
    assert not list(Path().glob("b.db*"))


def test_a_directory_that_is_missing_is_named(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    ran = onduty("store", "backup", "a.db", "no/b.db")
    assert ran == (1, "", "onduty: cannot write no/b.db: directory no does not exist\n")


def test_damaged_pages_are_noticed_before_the_backup_has_its_name(onduty: Onduty) -> None:
    populate(Path("a.db"), 500)
    content = bytearray(Path("a.db").read_bytes())
    content[8 * 4_096 : 10 * 4_096] = b"\x55" * (2 * 4_096)
    Path("a.db").write_bytes(content)
    ran = onduty("store", "backup", "a.db", "b.db")
    assert (ran.code, ran.out) == (1, "")
    assert "damaged" in ran.err and ran.err.count("\n") == 1
    assert not list(Path().glob("b.db*"))


def test_a_user_that_is_missing_is_noticed_before_the_backup_has_its_name(onduty: Onduty) -> None:
    populate(Path("a.db"), 5)
    with apsw.Connection("a.db") as connection:
        connection.execute("DELETE FROM user WHERE number = 2")
    ran = onduty("store", "backup", "a.db", "b.db")
    assert ran.code == 1
    assert ran.err.startswith("onduty: the copy was made and cannot be used, and was deleted: ")
    assert not list(Path().glob("b.db*"))


def test_a_backup_of_an_older_schema_keeps_its_schema(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    with apsw.Connection("a.db") as connection:
        connection.execute("PRAGMA user_version = 4")
    assert json.loads(onduty("store", "backup", "a.db", "b.db", "--json").out)["schema_version"] == 4
    with apsw.Connection("a.db") as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    ran = onduty("store", "backup", "a.db", "c.db")
    assert (ran.code, ran.err.count("newer than the")) == (1, 1)


def test_a_restore_keeps_what_was_there_and_says_where(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    populate(Path("b.db"), 5)
    ran = onduty("store", "restore", "b.db", "a.db")
    assert (ran.code, ran.err) == (0, "")
    restored, kept = ran.lines
    assert restored == "a.db: restored and verified 1 accounts, 5 users and 0 events"
    assert kept == f"the files that were there are in {Path.cwd()}/a.db.replaced"
    assert (counted("a.db"), counted("a.db.replaced/a.db"), counted("b.db")) == (5, 3, 5)
    said = json.loads(onduty("store", "restore", "b.db", "new.db", "--json").out)
    assert (said["path"], said["users"], said["replaced"]) == ("new.db", 5, None)
    assert counted("new.db") == 5


def test_a_restore_is_refused_while_the_database_is_in_use_and_changes_nothing(onduty: Onduty) -> None:
    populate(Path("a.db"), 3)
    populate(Path("b.db"), 5)
    lock = FileLock(Path("a.db"))
    lock.acquire()
    ran = onduty("store", "restore", "b.db", "a.db")
    lock.release()
    assert ran.code == 1 and "a.db is in use by another onduty process" in ran.err
    assert counted("a.db") == 3
    assert not list(Path().glob("a.db.*[!k]")), "neither a copy nor a directory"


@pytest.mark.parametrize("backup", ["no.db", "s.log"])
def test_only_a_backup_of_onduty_is_restored(onduty: Onduty, backup: str) -> None:
    populate(Path("a.db"), 3)
    Path("s.log").write_text("a line\n" * 100)
    ran = onduty("store", "restore", backup, "a.db")
    assert ran.code == 1 and ran.err.startswith(f"onduty: {backup} ") and ran.err.count("\n") == 1
    assert counted("a.db") == 3
    ran = onduty("store", "restore", "a.db", "a.db")
    assert (ran.code, ran.err) == (2, "onduty: BACKUP must be another file than the database\n")


def test_the_page_about_upgrades_names_the_schemas_of_today() -> None:
    page = (Path(__file__).parents[2] / "docs" / "upgrading.md").read_text()
    assert f"| SQLite | {SCHEMA_VERSION} |" in page
    assert f"| Redis, Valkey | {REDIS_SCHEMA} |" in page
