"""Reads everything that a SQLite file at rest keeps, or writes a new file.

Everything happens in the caller's thread: a copy has nothing else to do. All reads see one state of the file; the lock
keeps every server away from it until `close`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import apsw

from ...app.gaps import Gap
from ...app.limits import HEARTBEAT_VALID_MS
from ...app.ports.archive import (
    CHUNK,
    Archive,
    KeptAccount,
    KeptDay,
    KeptEdge,
    KeptEvent,
    KeptTeam,
    StoreCounts,
    StoreHeader,
)
from ...app.ports.reports import AccountSettings
from ...app.ports.store import StoreOpenError
from ...app.ports.sweeping import VitalSigns
from ...domain.errors import StoreUnavailable
from ...domain.record import NO_PROFILE, LeaseEdge, Profile, Switch, UserChange, UserRecord
from ...domain.status import STATES
from ...domain.tallies import Key
from ..resident.journal import ChangeRow, UserChangeRow, UserRow
from .copy_file import begin_copy, finish_copy
from .file_header import not_of_onduty
from .history import user_change_row
from .json_columns import read_past, read_workflow, write_past, write_workflow
from .lock import FileLock
from .opening import open_at_rest
from .statements import statement
from .user_rows import is_whole

_ALWAYS: Final = 1 << 62
"""A time later than any other."""


class SqliteArchive(Archive):
    """A database file as an `Archive`; the port says what each method does."""

    def __init__(self, path: Path, *, chunk: int = CHUNK) -> None:
        self.name = f"sqlite:{path}"
        self._path = path
        self._chunk = chunk
        self._lock = FileLock(path)
        self._connection: apsw.Connection | None = None
        self._sql: dict[str, str] = {}
        self._header: StoreHeader | None = None
        self._accounts = 0
        """The number of accounts written so far."""
        self._vital: VitalSigns | None = None
        """The latest heartbeat and the earliest floor of the accounts written so far."""

    async def open_to_read(self) -> StoreHeader:
        """Lock the file and check it; see the port."""
        if not self._path.exists():
            raise StoreOpenError(f"{self._path} does not exist")
        if why := not_of_onduty(self._path):
            raise StoreOpenError(f"{self._path} {why}")
        self._lock.acquire(to_read=True)
        self._connection = open_at_rest(self._path)
        return await self.header()

    async def open_to_write(self, header: StoreHeader) -> None:
        """Lock the file and make a new one of it; see the port."""
        if header.apart_ms > HEARTBEAT_VALID_MS:
            # A file has one heartbeat. An outage of some accounts, and not of others, could not be told from it.
            raise StoreOpenError(
                f"parts of the store were last in use {header.apart_ms / 1_000:.0f} s apart; start a server on it "
                "once, stop it, and copy again"
            )
        if why := not_of_onduty(self._path):
            raise StoreOpenError(f"{self._path} exists already and {why}; a copy needs a file that is not there yet")
        self._lock.acquire()
        self._connection = begin_copy(self._path)
        self._header = header
        self._vital = None
        with self._transaction():
            self._execute("write_token_key", header.token_key)
            self._execute("write_gaps", json.dumps(header.gaps))
            self._execute("write_first_revision", header.first_revision)
            if header.lineage:
                # The first start on the copy then finds the revision of each account, which is the one at the stop.
                self._execute("write_lineage", header.lineage, 0 if header.vital is None else header.vital.beat)

    async def close(self) -> None:
        """Release the file; see the port."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        self._lock.release()

    # --- reading -----------------------------------------------------------------------------------------------------

    async def header(self) -> StoreHeader:
        """See the port."""
        vital = self._row("read_vital")
        (token_key,) = self._row("read_token_key") or (b"",)
        lineage, _ = self._row("read_lineage") or (0, 0)
        gaps = tuple(Gap(*row) for row in self._rows("read_gaps", ()))
        (first_revision,) = self._row("read_first_revision") or (0,)
        return StoreHeader(
            bytes(token_key),
            None if vital is None else VitalSigns(*vital),
            lineage=lineage,
            gaps=gaps,
            first_revision=first_revision,
        )

    async def counts(self) -> StoreCounts:
        """See the port."""
        return StoreCounts(*(self._row("read_counts") or ()))

    async def account_ids(self) -> AsyncIterator[str]:
        """See the port."""
        number = 0
        while rows := self._rows("read_account_ids", {"from": number, "limit": self._chunk}):
            for _, account_id in rows:
                yield account_id
            number = rows[-1][0] + 1

    async def account(self, account_id: str) -> KeptAccount | None:
        """See the port."""
        row = self._row("read_account", account_id)
        if row is None:
            return None
        number, workflow_json, past_json, floor, time_zone, known_since, revision, *committed = row
        try:
            workflow, past = read_workflow(workflow_json), read_past(past_json)
            teams = tuple(
                KeptTeam(team_id, read_workflow(of_team), read_past(past_of_team))
                for team_id, of_team, past_of_team in self._rows("read_teams_of_account", (number,))
            )
        except (ValueError, TypeError, KeyError) as error:
            raise self._damaged(f"account {account_id!r}: {error}") from error
        vital = VitalSigns(*(self._row("read_vital") or (0, 0, 0)))
        return KeptAccount(
            account_id,
            max(revision, workflow.revision, *(team.workflow.revision for team in teams)),
            workflow,
            past,
            vital._replace(floor=max(vital.floor, floor)),
            max(workflow.update_time, *(time or 0 for time in committed)),
            teams,
            AccountSettings(time_zone),
            known_since,
        )

    async def users(self, account_id: str) -> AsyncIterator[Sequence[UserRecord]]:
        """See the port."""
        account_number, number = self._number(account_id), 0
        while rows := self._rows(
            "read_users_from", {"account_number": account_number, "from": number, "limit": self._chunk}
        ):
            records: list[UserRecord] = []
            for _, found, user_id, state, since, last, clock, actor, reason, revision, layers, *profile in rows:
                if found != number or not is_whole(state, layers, user_id):
                    raise self._damaged(f"user {number} of account {account_id!r}")
                records.append(
                    UserRecord(
                        *(user_id, STATES[state], since, last, clock, actor, reason, revision, layers),
                        Profile(*profile) if any(profile) else NO_PROFILE,
                    )
                )
                number += 1
            yield records

    async def events(self, account_id: str) -> AsyncIterator[Sequence[KeptEvent]]:
        """See the port."""
        account_number, after = self._number(account_id), -1
        while True:
            wanted = {"account_number": account_number, "after": after, "limit": self._chunk}
            events: list[KeptEvent] = []
            for user_id, *columns in self._rows("read_changes_with_users", wanted):
                row = ChangeRow(*columns)
                if user_id is None:
                    raise self._damaged(f"revision {row.revision} of account {account_id!r} belongs to no user")
                events.append(
                    KeptEvent(row.revision, row.commit_time, row.user_number, user_id, row.switch(), row.team_id)
                )
            for user_id, *columns in self._rows("read_user_changes_with_users", wanted):
                change = user_change_row(tuple(columns))
                if user_id is None:
                    raise self._damaged(f"revision {change.revision} of account {account_id!r} belongs to no user")
                events.append(_kept(user_id, change))
            for _, revision, commit_time, workflow in self._rows("read_workflow_changes", wanted):
                events.append(KeptEvent(revision, commit_time, -1, "", read_workflow(workflow)))
            events = sorted(events, key=attrgetter("revision"))[: self._chunk]
            if not events:
                return
            yield events
            after = events[-1].revision

    async def days(self, account_id: str) -> AsyncIterator[Sequence[KeptDay]]:
        """See the port."""
        account = {"account_number": self._number(account_id), "start": -_ALWAYS, "end": _ALWAYS}
        found: list[KeptDay] = []
        for day_id, start, end in self._rows("read_days", account):
            after: dict[str, object] = {"user_number": -1, "team_id": "", "code": -1}
            while rows := self._rows("read_day_sums", {**after, "day_id": day_id, "limit": self._chunk}):
                for number, team_id, code, count, times in rows:
                    found.append(KeptDay(start, end, number, Key(code, team_id), count, times))
                number, team_id, code, *_ = rows[-1]
                after = {"user_number": number, "team_id": team_id, "code": code}
                if len(found) >= self._chunk:
                    yield found
                    found = []
        if found:
            yield found

    async def edges(self, account_id: str) -> AsyncIterator[Sequence[KeptEdge]]:
        """See the port."""
        account_number = self._number(account_id)
        after = {"time": -_ALWAYS, "user_number": -1, "kind": -1, "seq": -1}
        while rows := self._rows("read_edges", {**after, "account_number": account_number, "limit": self._chunk}):
            yield [
                KeptEdge(number, LeaseEdge(Key(kind, team_id), time, bool(begins)))
                for time, number, kind, _, begins, team_id in rows
            ]
            after = dict(zip(after, rows[-1][: len(after)], strict=True))

    async def check_rest(self) -> None:
        """Do nothing: the lock keeps every server away."""

    # --- writing -----------------------------------------------------------------------------------------------------

    async def add_account(self, account: KeptAccount) -> None:
        """See the port."""
        number, self._accounts = self._accounts, self._accounts + 1
        workflow, past = write_workflow(account.workflow), write_past(account.past)
        teams = [(number, team.team_id, write_workflow(team.workflow), write_past(team.past)) for team in account.teams]
        with self._transaction():
            self._execute(
                "write_accounts",
                json.dumps(
                    [(number, account.account_id, workflow, past, account.revision, account.settings.time_zone)]
                ),
            )
            self._execute("write_teams", json.dumps(teams))
            self._execute("write_floor", number, account.vital.floor)
            self._execute("write_known_since", number, account.known_since)
        known = self._vital or account.vital
        self._vital = VitalSigns(
            max(known.beat, account.vital.beat),
            max(known.horizon, account.vital.horizon),
            min(known.floor, account.vital.floor),
        )

    async def add_users(self, account_id: str, position: int, users: Sequence[UserRecord]) -> None:
        """See the port."""
        account_number = self._number(account_id)
        rows = [UserRow.of(account_number, number, record) for number, record in enumerate(users, position)]
        with self._transaction():
            self._execute("write_users", json.dumps(rows))

    async def add_events(self, account_id: str, events: Sequence[KeptEvent]) -> None:
        """See the port."""
        account_number = self._number(account_id)
        changes: list[tuple[object, ...]] = []
        user_changes: list[tuple[object, ...]] = []
        workflows: list[tuple[object, ...]] = []
        for event in events:
            change = event.change
            if isinstance(change, Switch):
                changes.append(
                    (
                        account_number,
                        event.revision,
                        event.position,
                        change.previous,
                        change.state,
                        change.effective_time,
                        event.commit_time,
                        change.actor,
                        change.reason,
                        change.caller,
                        change.expire_time,
                        change.then,
                        event.team_id,
                    )
                )
            elif isinstance(change, UserChange):
                user_changes.append(
                    (
                        account_number,
                        event.revision,
                        event.position,
                        *change.after,
                        *change.before,
                        event.commit_time,
                        change.actor,
                        change.caller,
                        change.erased,
                        event.state,
                    )
                )
            else:
                workflows.append(
                    (account_number, event.revision, event.commit_time, write_workflow(change), change.team_id)
                )
        with self._transaction():
            self._execute("write_changes", json.dumps(changes))
            self._execute("write_user_changes", json.dumps(user_changes))
            self._execute("write_workflow_changes", json.dumps(workflows))

    async def add_days(self, account_id: str, days: Sequence[KeptDay]) -> None:
        """See the port."""
        account_number = self._number(account_id)
        rows = [(day.start, day.end, day.position, day.key.team_id, day.key.code, day.net, day.times) for day in days]
        with self._transaction():
            self._rows("write_days", {"account_number": account_number, "days": json.dumps(rows)})

    async def add_edges(self, account_id: str, edges: Sequence[KeptEdge]) -> None:
        """See the port."""
        account_number = self._number(account_id)
        rows = [
            (account_number, position, edge.key.code, edge.time, edge.begins, edge.key.team_id)
            for position, edge in edges
        ]
        with self._transaction():
            self._execute("write_edges", json.dumps(rows))

    async def seal(self) -> None:
        """Write the latest heartbeat and the earliest floor, of which a file has one each; see the port."""
        assert self._header is not None
        vital = self._vital or self._header.vital
        if vital is not None:
            with self._transaction():
                self._execute("write_vital", *vital)
                self._execute("write_floors", vital.floor)

    async def finish(self) -> None:
        """See the port."""
        assert self._connection is not None
        with self._failing():
            finish_copy(self._connection)

    # --- statements --------------------------------------------------------------------------------------------------

    def _number(self, account_id: str) -> int:
        row = self._row("read_account_number", account_id)
        assert row is not None, "an account comes before its users"
        return int(row[0])

    def _row(self, name: str, *bindings: Any) -> tuple[Any, ...] | None:
        rows = self._rows(name, bindings)
        return rows[0] if rows else None

    def _rows(self, name: str, bindings: Any) -> list[tuple[Any, ...]]:
        assert self._connection is not None
        with self._failing():
            return list(self._connection.execute(self._statement(name), bindings))

    def _execute(self, name: str, *bindings: Any) -> None:
        self._rows(name, bindings)

    def _statement(self, name: str) -> str:
        text = self._sql.get(name)
        if text is None:
            text = self._sql[name] = statement(name)
        return text

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        assert self._connection is not None
        with self._failing(), self._connection:
            yield

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise self._damaged(str(error)) from error
        except apsw.Error as error:
            raise StoreUnavailable from error

    def _damaged(self, what: str) -> StoreOpenError:
        return StoreOpenError(f"{self._path} is damaged: {what}; restore a backup")


def _kept(user_id: str, row: UserChangeRow) -> KeptEvent:
    before = Profile(row.previous_display_name, row.previous_team_id)
    after = Profile(row.display_name, row.team_id)
    change = UserChange(user_id, row.revision, before, after, row.commit_time, row.actor, row.caller, erased=row.erased)
    return KeptEvent(row.revision, row.commit_time, row.user_number, user_id, change, state=STATES[row.state])
