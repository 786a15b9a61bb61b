"""Adds up what the file knows for one report, in SQL: only what is told of it gets into Python, some rows at a time.

All of it is one read transaction, in a thread that is not the event loop's. SQLite works without Python's lock, and
what it finds is handed over as JSON, of which each piece is read in less than a millisecond: so that a call that the
event loop answers meanwhile does not wait. Memory is bounded by the number of sums (`REPORT_DELTAS_MAX`), however many
changes they are made of.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import apsw

from ...app.ports.reports import REPORT_DELTAS_MAX, Detail, too_much_detail
from ...domain.tallies import Delta, Kept, Key, Step
from ..resident.journal import FoundSums, SumsQuery
from .commit_times import first_committed_from
from .snapshot import Snapshot
from .statements import statement

_REVISIONS_PER_STEP: Final = 200_000
"""How many changes are looked at before it is checked how many sums there are."""
_USERS_PER_STEP: Final = 50
_ROWS_PER_PIECE: Final = 500
"""How many rows are handed over at a time."""
_SCAN_FROM_SHARE: Final = 10
"""If more than one in so many users are wanted, all changes are looked at, instead of theirs by the index. Measured: a
change that is found by the index costs ten times as much as one that is passed over."""
_SEEK_FROM_ROWS: Final = 20
"""If there are more changes than this for each user, the first one of each is looked for by the index."""

_SUMS_MAX: Final = 2 * REPORT_DELTAS_MAX
"""How many sums may be kept by the states before and after, which are then joined."""

_Bindings = dict[str, Any]


class Summing:
    """Answers one query from a snapshot that was taken."""

    def __init__(self, snapshot: Snapshot, query: SumsQuery) -> None:
        self._snapshot = snapshot
        self._query = query
        self._account = query.account_number
        self._users = None if query.users is None else sorted(query.users)
        self._keys: dict[tuple[int, str], Key] = {}
        """Of each key there is one object."""

    def found(self) -> FoundSums:
        """Return what was asked for.

        Raises:
            LimitExceeded: there are too many sums.
            apsw.Error: the file cannot be read.
        """
        query, detail = self._query, self._query.detail
        known_since = self._value("read_known_since")
        days = self._days(query.start, query.end)
        kept = Kept(known_since, [(start, end) for _, start, end in days])
        bounds = list(query.refine(kept))
        apart = detail in (Detail.PEOPLE, Detail.STEPS)
        bindings: _Bindings = {
            "account_number": self._account,
            "start": bounds[0],
            "end": bounds[-1],
            "apart": apart,
            "teams": detail is not Detail.TOTALS,
            "everybody": self._users is None,
        }
        self._run("sums_tables")
        self._run("write_stretches", (json.dumps(bounds[:-1]),))
        for users in _several(self._users or (), _ROWS_PER_PIECE):
            self._run("want_users", (json.dumps(users),))
        self._sum_days([day for day in days if bounds[0] <= day[1] < bounds[-1]], bounds, bindings)
        steps: Sequence[Step] = ()
        if detail is Detail.STEPS:
            steps = self._steps(bindings)
        else:
            self._sum_changes(bindings)
            self._sum_edges(bindings)
        self._find_after(bindings)
        self._run("find_leavers", bindings | {"from": self._move_from(bounds[0])})
        return FoundSums(
            kept,
            bounds,
            self._deltas(bounds[0]),
            {number: self._key(state, team_id) for number, state, team_id in self._pieces("read_after")},
            {
                (place // 64, place % 64): None if begins else self._key(place % 64, team_id)
                for place, begins, team_id in self._pieces("read_leases_after")
            },
            self._later(bindings),
            {(team_id, number) for _, number, team_id in self._pieces("read_leavers")},
            steps,
        )

    @property
    def _connection(self) -> apsw.Connection:
        return self._snapshot.connection

    # --- what there is -----------------------------------------------------------------------------------------------

    def _days(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return the days with sums that overlap [start, end): id, start and end.

        Those that overlap one of them are among these too. There are such if the account's time zone has changed, and
        whoever leaves out a day leaves out what it shares with others.
        """
        sql = statement("read_days")
        while True:
            asked = {"account_number": self._account, "start": start, "end": end}
            found: list[tuple[int, int, int]] = [
                (int(day_id), int(day_start), int(day_end))
                for day_id, day_start, day_end in self._connection.execute(sql, asked)
            ]
            first = min([start, *(day[1] for day in found)])
            last = max([end, *(day[2] for day in found)])
            if (first, last) == (start, end):
                return found
            start, end = first, last

    def _change_from(self, time: int) -> int:
        """Return the revision from which on changes of a status are committed at a time, or later."""
        sql = statement("read_change_at")
        return first_committed_from(
            lambda revision: self._connection.execute(sql, (self._account, revision)).fetchone(), time
        )

    def _move_from(self, time: int) -> int:
        """The same of changes of users."""
        sql = statement("read_user_change_from")
        return first_committed_from(
            lambda revision: self._connection.execute(sql, (self._account, revision)).fetchone(), time
        )

    # --- adding up ---------------------------------------------------------------------------------------------------

    def _sum_days(self, days: Sequence[tuple[int, int, int]], bounds: Sequence[int], bindings: _Bindings) -> None:
        of_users = "" if self._users is None else "_of_users"
        add, find_moved = statement(f"sum_day{of_users}"), statement(f"find_moved{of_users}")
        for day_id, start, _ in days:
            day = {"day_id": day_id, "stretch": bisect_right(bounds, start) - 1}
            self._connection.execute(add, bindings | day)
            if not bindings["apart"]:
                self._connection.execute(find_moved, bindings | day)
            self._check()

    def _sum_changes(self, bindings: _Bindings) -> None:
        first = self._change_from(bindings["start"])
        newest = self._value("read_newest_change")
        if self._users is not None and not self._is_many(len(self._users)):
            sql = statement("sum_changes_of_users")
            for users in _several(self._users, _USERS_PER_STEP):
                some = {"from": first, "first_user": users[0], "last_user": users[-1]}
                self._connection.execute(sql, bindings | some)
                self._check()
        else:
            is_total = self._users is None and self._query.detail is Detail.TOTALS
            sql = statement("sum_totals" if is_total else "sum_changes")
            for start in range(first, newest + 1, _REVISIONS_PER_STEP):
                some = {"from": start, "until": start + _REVISIONS_PER_STEP - 1}
                self._connection.execute(sql, bindings | some)
                self._check()
        self._run("sum_moves", bindings | {"from": self._move_from(bindings["start"])})
        self._check()

    def _sum_edges(self, bindings: _Bindings) -> None:
        of_users = self._users is not None and not self._is_many(len(self._users))
        self._run("sum_edges_of_users" if of_users else "sum_edges", bindings)
        self._check()

    def _is_many(self, users: int) -> bool:
        return users * _SCAN_FROM_SHARE > self._value("read_user_count")

    def _check(self) -> None:
        if self._connection.execute("SELECT count(*) FROM temp.summed").get > _SUMS_MAX:
            raise too_much_detail()

    def _steps(self, bindings: _Bindings) -> Sequence[Step]:
        """Return the steps of the users, in their order, up to the last step of whoever has the `most_steps`-th one."""
        sql, most = statement("find_steps"), self._query.most_steps
        some = bindings | {
            "from": self._change_from(bindings["start"]),
            "from_moves": self._move_from(bindings["start"]),
        }
        count = 0
        for users in _several(self._users or (), _USERS_PER_STEP):
            self._connection.execute(sql, some | {"first_user": users[0], "last_user": users[-1]})
            count = self._connection.execute("SELECT count(*) FROM temp.step").get
            if most and count >= most:
                break
            if count > REPORT_DELTAS_MAX:
                raise too_much_detail()
        steps: list[Step] = []
        for _, person, time, previous, previous_team, code, team in self._pieces("read_steps"):
            if most and len(steps) >= most and steps[-1].person != person:
                break
            steps.append(Step(person, time, self._key(previous, previous_team), self._key(code, team)))
        return steps

    # --- after the last bound ----------------------------------------------------------------------------------------

    def _find_after(self, bindings: _Bindings) -> None:
        first = self._change_from(bindings["end"])
        rows = self._value("read_newest_change") - first + 1
        everybody = self._value("read_user_count")
        users = everybody if self._users is None else len(self._users)
        if users * _SEEK_FROM_ROWS < rows:
            if self._users is None:
                self._run("want_everybody", bindings)
            self._run("find_after_of_users", bindings | {"from": first})
        else:
            self._run("find_after", bindings | {"from": first})
        self._run("find_moves_after", bindings | {"from": self._move_from(bindings["end"])})
        if self._query.detail is not Detail.STEPS:
            self._run("find_leases_after" if self._users is None else "find_leases_after_of_users", bindings)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _deltas(self, start: int) -> Sequence[Delta]:
        self._run("sum_up")
        count = self._connection.execute("SELECT count(*) FROM temp.delta").get
        if count > REPORT_DELTAS_MAX:
            raise too_much_detail()
        return [
            Delta(person, stretch, self._named(code, team_id), net, times + net * start)
            for _, person, stretch, code, team_id, net, times in self._pieces("read_deltas")
        ]

    def _later(self, bindings: _Bindings) -> dict[tuple[int, Key], int]:
        add = statement("sum_later" if self._users is None else "sum_later_of_users")
        for (day_id,) in self._connection.execute(statement("read_days_from"), bindings).fetchall():
            self._connection.execute(add, bindings | {"day_id": day_id})
        return {
            (person, self._named(code, team_id)): net for _, person, code, team_id, net in self._pieces("read_later")
        }

    def _pieces(self, name: str) -> Iterator[list[Any]]:
        """Yield the rows of a statement that returns them some at a time, each with its place in front."""
        sql, after = statement(name), -1
        while True:
            piece = json.loads(self._connection.execute(sql, {"after": after, "limit": _ROWS_PER_PIECE}).get)
            yield from piece
            if len(piece) < _ROWS_PER_PIECE:
                return
            after = piece[-1][0]

    def _key(self, code: int, team_id: str) -> Key | None:
        return self._named(code, team_id) if code else None

    def _named(self, code: int, team_id: str) -> Key:
        key = self._keys.get((code, team_id))
        if key is None:
            key = self._keys[code, team_id] = Key(code, team_id)
        return key

    def _run(self, name: str, bindings: Any = None) -> None:
        self._connection.execute(statement(name), bindings)

    def _value(self, name: str) -> int:
        """Return the number that a statement finds for the account; 0 if there is none."""
        row = self._connection.execute(statement(name), (self._account,)).fetchone()
        return 0 if row is None else int(row[0])


def read_left_since(connection: apsw.Connection, account_number: int, team_id: str, start: int) -> Collection[int]:
    """See `Journal.left_since`."""
    moves = first_committed_from(
        lambda revision: connection.execute(statement("read_user_change_from"), (account_number, revision)).fetchone(),
        start,
    )
    bindings = {"account_number": account_number, "team_id": team_id, "start": start, "from": moves}
    return {
        number
        for name in ("read_left_by_moves", "read_left_by_days")
        for (number,) in connection.execute(statement(name), bindings)
    }


def _several(users: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(users), count):
        yield users[start : start + count]
