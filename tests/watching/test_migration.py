"""A database file of version 1, from before there were watches: it opens, is brought up to date and loses nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import apsw
import pytest
from tests.fakes import START, FakeClock
from tests.watching.follower import Shown
from tests.watching.site import ACCOUNT, AWAY, Site, opened

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.history import Place
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.app.watching.tokens import ResumeTokens
from onduty_server.domain.errors import ResumeTokenExpired
from onduty_server.domain.status import Resume, State
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.sqlite import SqliteStore
from onduty_server.stores.sqlite.file_header import APPLICATION_ID
from onduty_server.stores.sqlite.schema import SCHEMA_VERSION
from onduty_server.stores.sqlite.statements import statement

WORKFLOW = Workflow(
    enabled=True,
    away_after_ms=600_000,
    resume=Resume.FROM_AWAY,
    enabled_time=START - 5_000,
    thresholds_since=START - 5_000,
    update_time=START - 5_000,
    updated_by="boss",
    revision=2,
)
ONLINE = State.ONLINE_BY_ACTIVITY
CHANGES = [
    # account, revision, user, previous state, state, effective, commit, actor, reason
    (0, 1, 0, State.UNSEEN, ONLINE, START - 9_000, START - 9_000, "", ""),
    # revision 2 is the workflow's: version 1 did not keep it in the history
    (0, 3, 1, State.UNSEEN, State.AWAY_BY_HAND, START - 4_000, START - 4_000, "boss", "lunch"),
    (0, 4, 0, ONLINE, State.OFFLINE_BY_HAND, START - 3_000, START - 3_000, "ann", "gone"),
    (1, 1, 0, State.UNSEEN, ONLINE, START - 2_000, START - 2_000, "", ""),
]
USERS = [
    # account, number, user, state, since, last activity, clock, actor, reason, revision
    (0, 0, "ann", State.OFFLINE_BY_HAND, START - 3_000, START - 9_000, START - 3_000, "ann", "gone", 4),
    (0, 1, "bob", State.AWAY_BY_HAND, START - 4_000, None, START - 4_000, "boss", "lunch", 3),
    (1, 0, "ann", ONLINE, START - 2_000, START - 2_000, START - 2_000, "", "", 1),
]


def write_version_1(path: Path) -> None:
    """A file as version 1 left it."""
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode = WAL")
    with connection:
        connection.execute(statement("schema"))
        connection.execute("INSERT INTO vital VALUES (1, ?, ?, 0)", (START - 1_000, START - 1_000))
        for number, (account_id, workflow) in enumerate([(ACCOUNT, WORKFLOW), ("other", Workflow())]):
            connection.execute(
                "INSERT INTO account VALUES (?, ?, ?, '[]')", (number, account_id, json.dumps(asdict(workflow)))
            )
        connection.executemany("INSERT INTO user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", USERS)
        connection.executemany("INSERT INTO status_change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", CHANGES)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def write_version_3(path: Path) -> None:
    """A file as the first release left it."""
    write_version_1(path)
    connection = apsw.Connection(str(path))
    with connection:
        for script in ("migrate_2", "migrate_3"):
            connection.execute(statement(script))
        connection.execute("PRAGMA user_version = 3")
    connection.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "onduty.db"
    write_version_1(path)
    return path


async def assert_kept(site: Site) -> None:
    assert await site.statuses() == {
        "ann": Shown(pb.STATUS_OFFLINE, pb.CAUSE_MANUAL, START - 3_000, "ann", "gone", 4),
        "bob": Shown(pb.STATUS_AWAY, pb.CAUSE_MANUAL, START - 4_000, "boss", "lunch", 3),
    }
    assert await site.statuses("other") == {"ann": Shown(pb.STATUS_ONLINE, pb.CAUSE_ACTIVITY, START - 2_000, "", "", 1)}
    assert await site.store.workflow(ACCOUNT) == WORKFLOW
    changes = (await site.service.list_status_changes(ACCOUNT)).items
    assert [(change.revision, change.user_id, change.actor, change.caller) for change in changes] == [
        (1, "ann", "", ""),
        (3, "bob", "boss", ""),
        (4, "ann", "ann", ""),
    ]


async def test_a_file_of_version_1_is_brought_up_to_date_and_keeps_its_data(database: Path, clock: FakeClock) -> None:
    keys = set()
    for _ in range(2):
        async with opened(SqliteStore(database, clock), clock) as site:
            await assert_kept(site)
            keys.add(site.store.token_key)
        connection = apsw.Connection(str(database))
        assert connection.execute("PRAGMA user_version").get == SCHEMA_VERSION
        assert connection.execute("PRAGMA application_id").get == APPLICATION_ID
        assert connection.execute("PRAGMA integrity_check").get == "ok"
        connection.close()
    # Brought up to date once, so that tokens outlive a restart.
    (key,) = keys
    assert len(key) == 32 and len(set(key)) > 8


async def test_the_key_of_tokens_is_another_in_every_file(tmp_path: Path, clock: FakeClock) -> None:
    keys = set()
    for number in range(3):
        path = tmp_path / f"{number}.db"
        if number:
            write_version_1(path)
        async with opened(SqliteStore(path, clock), clock) as site:
            keys.add(site.store.token_key)
    assert len(keys) == 3


async def test_watches_work_on_a_file_that_was_brought_up_to_date(database: Path, clock: FakeClock) -> None:
    async with opened(SqliteStore(database, clock), clock) as site:
        viewer = site.follow()
        await viewer.read_snapshot()
        await site.set("bob", AWAY, reason="dinner")
        await site.service.update_workflow(ACCOUNT, {"away_after_ms": 700_000})
        events = await viewer.read_events(2)
        assert [event.WhichOneof("change") for event in events] == ["status_change", "workflow_change"]
        await viewer.leave()
    async with opened(SqliteStore(database, clock), clock) as site:
        await site.set("ann", AWAY)
        resumed = site.resume(viewer)
        await site.check(resumed, history=await site.history(after=4))
        assert resumed.follower.snapshots == 1
        await resumed.leave()


async def test_history_in_which_version_1_kept_no_workflow_change_is_a_gap_and_not_passed_over(
    database: Path, clock: FakeClock
) -> None:
    """No such token was ever handed out; none would be answered with less than all."""
    async with opened(SqliteStore(database, clock), clock) as site:
        tokens = ResumeTokens(site.store.token_key, ACCOUNT, ())
        viewer = site.follow(token=tokens.after(Place(1, site.store.lineage)))
        with pytest.raises(ResumeTokenExpired):
            await viewer.read()
        await viewer.leave()
        viewer = site.follow(token=tokens.after(Place(0, site.store.lineage)))
        pages = await viewer.read_snapshot()
        assert len(pages) == len(viewer.messages) == 1
        await viewer.leave()


async def test_a_file_that_was_left_halfway_is_as_it_was_before(database: Path, clock: FakeClock) -> None:
    """What is in the way of a step undoes all of them: the file still is one of version 1."""
    connection = apsw.Connection(str(database))
    connection.execute("CREATE TABLE secret (something)")
    connection.close()
    store = SqliteStore(database, clock)
    with pytest.raises(StoreOpenError):
        await store.open()
    connection = apsw.Connection(str(database))
    assert connection.execute("PRAGMA user_version").get == 1
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert "workflow_change" not in tables
    connection.execute("DROP TABLE secret")
    connection.close()
    async with opened(SqliteStore(database, clock), clock) as site:
        await assert_kept(site)
