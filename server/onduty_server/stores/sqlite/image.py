"""Loads everything but the history from the file, when a server starts."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import chain, islice
from pathlib import Path
from typing import Final

import apsw

from ...app.gaps import Gap
from ...app.ports.store import StoreOpenError
from ...app.ports.sweeping import VitalSigns
from ...domain.layers import end_of_only_session
from ..resident.journal import AccountRow, Image, TeamRow, UserFields, UserRow
from .json_columns import read_past, read_workflow
from .statements import statement
from .user_rows import STATES_ALONE, is_whole

_ROWS_AT_A_TIME: Final = 128
"""Rows of users that are checked together. What `unpack` keeps of their layers is still there when they are loaded."""


def read_image(connection: apsw.Connection, path: Path) -> Image:
    """Read the file at `path`; its users are read while they are iterated over.

    Raises:
        StoreOpenError: the file is damaged.
    """
    try:
        token_key = bytes(connection.execute(statement("read_token_key")).get)
        vital = connection.execute(statement("read_vital")).fetchone()
        gaps = [Gap(*row) for row in connection.execute(statement("read_gaps"))]
        teams: dict[int, list[TeamRow]] = {}
        for number, team_id, workflow, past in connection.execute(statement("read_teams")):
            teams.setdefault(number, []).append(TeamRow(team_id, read_workflow(workflow), read_past(past)))
        erased = [number for (number,) in connection.execute(statement("read_erased_accounts"))]
        first_revision = int(connection.execute(statement("read_first_revision")).get)
        accounts = [
            AccountRow(
                number,
                account_id,
                read_workflow(workflow),
                read_past(past),
                floor,
                teams.get(number, ()),
                first,
                time_zone,
            )
            for number, account_id, workflow, past, floor, first, time_zone in connection.execute(
                statement("read_accounts")
            )
        ]
    except (apsw.Error, ValueError, TypeError, KeyError) as error:
        raise StoreOpenError(f"{path} is damaged: {error}; restore a backup") from error
    living = {account.number for account in accounts}
    next_account = len(living) + len(erased)
    # Of every number that was ever given, there is the account, or that it was erased.
    if living.union(erased) != set(range(next_account)):
        raise StoreOpenError(f"{path} is damaged: an account is missing; restore a backup")
    users = _read_users(connection, path, living)
    return Image(
        None if vital is None else VitalSigns(*vital), accounts, users, token_key, gaps, next_account, first_revision
    )


def _read_users(connection: apsw.Connection, path: Path, accounts: Set[int]) -> Iterator[UserFields]:
    """Iterate over the users in order. If one were missing, all users after it would get another user's history."""
    return chain.from_iterable(_read_whole_rows(connection, path, accounts))


def _read_whole_rows(connection: apsw.Connection, path: Path, accounts: Set[int]) -> Iterator[list[UserFields]]:
    """Yield the rows of users, some at a time, once they are checked."""
    account_number, number = -1, 0
    try:
        rows = connection.execute(statement("read_users"))
        while chunk := list(islice(rows, _ROWS_AT_A_TIME)):
            if not _is_plain(chunk, account_number, number):
                account_number, number = _check(chunk, account_number, number, accounts, path)
            else:
                number += len(chunk)
            yield chunk
    except apsw.Error as error:
        raise StoreOpenError(f"{path} is damaged: {error}; restore a backup") from error


def _is_plain(chunk: list[UserFields], account_number: int, number: int) -> bool:
    """Return True if the rows are whole, those of users who continue an account from a number on, and easily checked.

    Most chunks are, and it takes a tenth of the time of a look at each row.
    """
    columns = list(zip(*chunk, strict=True))
    return (
        chunk[0][0] == chunk[-1][0] == account_number
        and columns[1] == tuple(range(number, number + len(chunk)))
        and STATES_ALONE.issuperset(columns[3])
        # None of them with layers, or no layers but a session.
        and all(end_of_only_session(layers) is not None for layers in columns[10] if layers)
    )


def _check(
    chunk: list[UserFields], account_number: int, number: int, accounts: Set[int], path: Path
) -> tuple[int, int]:
    """Check rows that come after those of an account up to a number; return both as they are after these.

    Raises:
        StoreOpenError: a row is not whole, or there is none of one of the users before it.
    """
    for row in map(UserRow._make, chunk):
        if row.account_number != account_number:
            account_number, number = row.account_number, 0
            if account_number not in accounts:
                raise StoreOpenError(f"{path} is damaged: account {account_number} is missing; restore a backup")
        state, layers = row.state, row.layers
        if (
            row.number != number
            # Most users have no layers, and there may be a million: spare them the call.
            or ((layers or state not in STATES_ALONE) and not is_whole(state, layers, row.user_id))
        ):
            raise StoreOpenError(
                f"{path} is damaged: user {row.number} of account {row.account_number}; restore a backup"
            )
        number += 1
    return account_number, number
