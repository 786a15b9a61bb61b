"""Makes the database that reports are made of: a month of changes, written as a server would have left them.

Everybody goes from ONLINE to AWAY and back, and is ONLINE at the end. Rows are written with SQL: the service would need
an hour for ten million changes.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onduty_server.domain.record import Profile, UserRecord
from onduty_server.domain.status import State
from onduty_server.domain.workflow import DEFAULT_WORKFLOW
from onduty_server.stores.resident.journal import UserRow
from onduty_server.stores.sqlite.json_columns import write_workflow
from onduty_server.stores.sqlite.opening import open_writer
from onduty_server.stores.sqlite.statements import statement

from .population import ACCOUNT, user_id

TEAM: Final = "care"
TEAM_ACCOUNT: Final = "care-team"
DAYS: Final = 31
DAY_MS: Final = 86_400_000
_CHANGES_AT_A_TIME: Final = 500_000
_STATES: Final = (
    State.ONLINE_BY_ACTIVITY,
    State.AWAY_BY_INACTIVITY,
    State.ONLINE_BY_ACTIVITY,
    State.AWAY_BY_HAND,
)
"""The states that everybody goes through, backwards from the last."""
_WRITE_CHANGES: Final = """
    WITH RECURSIVE
        change (revision, number, left) AS (
            SELECT :from, (:from - 1) % :users, :last - (:from - 1) / :users
            UNION ALL
            SELECT revision + 1, revision % :users, :last - revision / :users FROM change WHERE revision < :until
        )
    INSERT INTO status_change
        (account_number, revision, user_number, previous_state, state, effective_time, commit_time, actor, reason,
         team_id)
    SELECT
        :account_number, revision, number,
        CASE WHEN left = :last THEN 0 ELSE :states ->> ((left + 1) % 4) END, :states ->> (left % 4),
        :start + revision * :span / :changes, :start + revision * :span / :changes, '', '', :team_id
    FROM change
"""


@dataclass(frozen=True, slots=True)
class History:
    """A history that was made: its users and changes, within [start_ms, end_ms) (UTC)."""

    path: Path
    users: int
    changes: int
    team_users: int
    team_changes: int
    start_ms: int
    end_ms: int


def make_history(path: Path, users: int, changes: int, team_users: int, team_changes: int) -> History:
    """Make the database: one account without teams, and one of a team. Numbers of changes are rounded down."""
    end_ms = int(time.time() * 1_000) - 60_000
    history = History(
        *(path, users, changes // users * users, team_users, team_changes // team_users * team_users),
        *(end_ms - DAYS * DAY_MS, end_ms),
    )
    file = open_writer(path)
    try:
        accounts = [
            (number, account_id, write_workflow(DEFAULT_WORKFLOW), "[]", 0, "UTC")
            for number, account_id in enumerate((ACCOUNT, TEAM_ACCOUNT))
        ]
        with file.transaction():
            file.connection.execute(statement("write_accounts"), (json.dumps(accounts),))
        for number, team_id, people, made in (
            (0, "", users, history.changes),
            (1, TEAM, team_users, history.team_changes),
        ):
            for first in range(0, people, 10_000):
                rows = [
                    _row(history, number, index, team_id, made - people + index + 1)
                    for index in range(first, min(first + 10_000, people))
                ]
                with file.transaction():
                    file.connection.execute(statement("write_users"), (json.dumps(rows),))
            for first in range(1, made + 1, _CHANGES_AT_A_TIME):
                bindings = {
                    "account_number": number,
                    "users": people,
                    "changes": made,
                    "last": made // people - 1,
                    "from": first,
                    "until": min(first + _CHANGES_AT_A_TIME - 1, made),
                    "start": history.start_ms,
                    "span": history.end_ms - history.start_ms,
                    "states": json.dumps(_STATES),
                    "team_id": team_id,
                }
                with file.transaction():
                    file.connection.execute(_WRITE_CHANGES, bindings)
                file.checkpoint_when_due()
    finally:
        file.close()
    return history


def _row(history: History, account_number: int, index: int, team_id: str, revision: int) -> UserRow:
    since, record = history.end_ms, UserRecord(user_id(index), _STATES[0], revision=revision)
    record.status_since = record.clock = record.last_activity = since
    record.profile = Profile("", team_id)
    return UserRow.of(account_number, index, record)
