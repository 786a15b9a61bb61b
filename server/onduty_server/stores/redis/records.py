"""Encodes what is kept in Redis: records of users, workflows, and past policies. Events: `event_records.py`.

The scripts read the fixed parts (`lua/lib/account.lua` says which) and the layers of a record; only Python reads the
rest. Times are ms UTC in 48 bits, numbers big-endian. A record without layers and profile, and a workflow without a
disconnection and a team, are written as schema 1 wrote them. `SCHEMA` changes with any of it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ...domain.layers import forget_unpacked
from ...domain.record import NO_PROFILE, Profile, UserRecord
from ...domain.rules import PastPolicy, Policy
from ...domain.status import STATES, Connection, Resume, State, Status
from ...domain.workflow import DEFAULT_WORKFLOW, Workflow

SCHEMA = 4
OLDER_SCHEMAS = (b"1", b"2", b"3")
"""The schemas whose data needs no change at once: that of an account is changed when it must be (`modernise.lua`)."""
ORDER_CHUNK = 128
"""How many ids each list of users, in the order in which they were first seen, holds (`lua/lib/index.lua`)."""
_NAMED_MAX = 3
UNFINISHED = b"unfinished copy"
"""Written in place of the schema until a copy is complete; the name of the copy follows it."""

_RECORD = struct.Struct(">BHIHIHIHII")
"""State, status_since, last activity (0: none), clock, revision, position; a time is its upper 16 and lower 32 bits."""
FLAG = 128
"""Of the first byte: a record has layers, a workflow a disconnection."""
_PROFILED = 64
"""Of the first byte: a record has a profile."""
OWN_STATE = 63
"""The bits of the first byte of a record that are the state."""
_NAME = struct.Struct(">H")
"""The length of the name that follows."""
_LAYERS = struct.Struct(">H")
"""The length of the layers that follow."""
_WORKFLOW = struct.Struct(">BHIHIHIHIHIHIHI")
"""States that an activity leaves (bits), enabled, thresholds, periods of the queues (0: none), updated, revision."""
_DISCONNECTION = struct.Struct(">HIHI")
"""Periods of the queues of connections (0: none)."""
_PAST = struct.Struct(">HIHIHIH")
"""Floor, until, last revision, length of the workflow that follows."""
_QUEUED = (State.ONLINE_BY_ACTIVITY, State.AWAY_BY_HAND, State.AWAY_BY_INACTIVITY)
"""A representative state of each queue of the index."""
_QUEUED_CONNECTIONS = (Connection.CONNECTED, Connection.AWAY)
_RESUMED_MAX = State.OFFLINE_BY_INACTIVITY
"""The last state of which a workflow says whether an activity leaves it; for later ones that is fixed."""

SINCE_IS_NOW = 1
LAST_IS_NOW = 2
CLOCK_IS_NOW = 4

ENABLED_IS_NOW = 1
THRESHOLDS_ARE_NOW = 2
UPDATED_IS_NOW = 4


def another_schema(name: str, schema: object) -> str:
    """Return what is wrong with a store written by another version or program; `name` is its readable address."""
    found = schema.decode(errors="replace") if isinstance(schema, bytes) else "something else"
    return f"the store in {name} has schema {found!r}, and this version of onduty knows {SCHEMA}"


def named(members: Sequence[bytes]) -> str:
    """Return the number and some of the names of processes, for a message."""
    names = ", ".join(name.decode(errors="replace").rpartition("/")[0] for name in members[:_NAMED_MAX])
    return f"{len(members)} onduty process{'es' * (len(members) > 1)} ({names}{', ...' * (len(members) > _NAMED_MAX)})"


class Moment(int):
    """The `now` of a decision.

    A decision is made a moment before it is written, but a change that happens now must take effect when it is written:
    otherwise a read in between would have shown a wrong status. So a time in a decision that is a `Moment`, rather than
    an int of the same value, means now, and the script that writes it puts its own time there.
    """


class StoredUser(NamedTuple):
    """A record as it was read, and the user's position in the order in which users were first seen."""

    record: UserRecord
    position: int


def pack_record(record: UserRecord) -> bytes:
    """Encode a record; the script fills in its position."""
    since, last, clock, revision = record.status_since, record.last_activity or 0, record.clock, record.revision
    actor = record.actor.encode()
    layers = record.layers.encode()
    profile = b"" if record.profile == NO_PROFILE else _pack_profile(record.profile)
    return b"%b%b%b%c%b%b" % (
        _RECORD.pack(
            record.state | (FLAG if layers else 0) | (_PROFILED if profile else 0),
            since >> 32,
            since & 0xFFFFFFFF,
            last >> 32,
            last & 0xFFFFFFFF,
            clock >> 32,
            clock & 0xFFFFFFFF,
            revision >> 32,
            revision & 0xFFFFFFFF,
            0,
        ),
        _LAYERS.pack(len(layers)) + layers if layers else b"",
        profile,
        len(actor),
        actor,
        record.reason.encode(),
    )


def _pack_profile(profile: Profile) -> bytes:
    team, name = profile.team_id.encode(), profile.display_name.encode()
    return b"%c%b%b%b" % (len(team), team, _NAME.pack(len(name)), name)


def now_mask(record: UserRecord) -> int:
    """Return a bit mask of the times of a decided record that mean now."""
    return (
        SINCE_IS_NOW * isinstance(record.status_since, Moment)
        | LAST_IS_NOW * isinstance(record.last_activity, Moment)
        | CLOCK_IS_NOW * isinstance(record.clock, Moment)
    )


def read_record(user_id: str, raw: bytes) -> StoredUser:
    """Decode what `pack_record` encoded."""
    state, since_high, since, last_high, last, clock_high, clock, revision_high, revision, position = (
        _RECORD.unpack_from(raw)
    )
    actor = reason = layers = ""
    at, profile = _RECORD.size, NO_PROFILE
    if state & FLAG:
        state ^= FLAG
        end = at + _LAYERS.size + _LAYERS.unpack_from(raw, at)[0]
        layers, at = raw[at + _LAYERS.size : end].decode(), end
    if state & _PROFILED:
        state ^= _PROFILED
        team_end = at + 1 + raw[at]
        end = team_end + _NAME.size + _NAME.unpack_from(raw, team_end)[0]
        profile = Profile(raw[team_end + _NAME.size : end].decode(), raw[at + 1 : team_end].decode())
        at = end
    if len(raw) > at + 1:
        end = at + 1 + raw[at]
        actor, reason = raw[at + 1 : end].decode(), raw[end:].decode()
    record = UserRecord(
        user_id,
        STATES[state],
        since_high << 32 | since,
        last_high << 32 | last or None,
        clock_high << 32 | clock,
        actor,
        reason,
        revision_high << 32 | revision,
        layers=layers,
        profile=profile,
    )
    return StoredUser(record, position)


def read_records(found: Sequence[bytes]) -> Iterator[StoredUser]:
    """Decode several users from the reply of a script: id, record, id, record, and so on."""
    return (read_record(user.decode(), raw) for user, raw in zip(found[::2], found[1::2], strict=True))


def pack_workflow(workflow: Workflow) -> bytes:
    """Encode a workflow; the scripts fill in its revision."""
    periods = [0 if (timed := workflow.timed[state]) is None else timed.period_ms for state in _QUEUED]
    numbers = (
        workflow.enabled_time,
        workflow.thresholds_since,
        *periods,
        workflow.update_time,
        workflow.revision,
    )
    disconnects = _disconnects(workflow)
    resumed = sum(1 << state for state in State if state <= _RESUMED_MAX and workflow.resumes[state])
    head = _WORKFLOW.pack(resumed | FLAG if disconnects else resumed, *_halves(numbers))
    if disconnects:
        gone = (workflow.timed_connection[connection] for connection in _QUEUED_CONNECTIONS)
        head += _DISCONNECTION.pack(*_halves(0 if each is None else each.period_ms for each in gone))
    rest = (
        workflow.enabled,
        workflow.away_after_ms,
        workflow.offline_after_ms,
        workflow.resume,
        workflow.keep_manual_away,
        workflow.updated_by,
        # Last, so that workflows from before these were kept are read and written as ever.
        *_added_fields(workflow),
    )
    return head + json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode()


def _halves(numbers: Iterable[int]) -> Iterator[int]:
    """Yield the upper 16 and the lower 32 bits of each number."""
    for number in numbers:
        yield number >> 32
        yield number & 0xFFFFFFFF


def _disconnects(workflow: Workflow) -> bool:
    """True if the workflow says something of disconnection, even if that is not in force."""
    default = DEFAULT_WORKFLOW
    return (workflow.disconnect_after_ms, workflow.disconnect_status) != (
        default.disconnect_after_ms,
        default.disconnect_status,
    )


_DISCONNECT_STATUS = 3
"""The place of the status among the added fields."""


def _added_fields(workflow: Workflow) -> tuple[str | int | None, ...]:
    if workflow.team_id:
        disconnection = workflow.disconnect_after_ms, workflow.disconnect_status
        team = workflow.team_id, workflow.follows
        return (workflow.update_caller, workflow.previous_revision, *disconnection, *team)
    if _disconnects(workflow):
        added = (workflow.update_caller, workflow.previous_revision)
        return (*added, workflow.disconnect_after_ms, workflow.disconnect_status)
    if workflow.previous_revision is not None:
        return workflow.update_caller, workflow.previous_revision
    return (workflow.update_caller,) if workflow.update_caller else ()


def workflow_now_mask(workflow: Workflow) -> int:
    """Return a bit mask of the times of a revised workflow that mean now."""
    return (
        ENABLED_IS_NOW * isinstance(workflow.enabled_time, Moment)
        | THRESHOLDS_ARE_NOW * isinstance(workflow.thresholds_since, Moment)
        | UPDATED_IS_NOW * isinstance(workflow.update_time, Moment)
    )


@lru_cache(maxsize=4_096)
def read_workflow(raw: bytes) -> Workflow:
    """Decode what `pack_workflow` encoded; no bytes are the default workflow."""
    if not raw:
        return DEFAULT_WORKFLOW
    flags, *halves = _WORKFLOW.unpack_from(raw)
    enabled_time, thresholds_since, _, _, _, update_time, revision = (
        high << 32 | low for high, low in zip(halves[::2], halves[1::2], strict=True)
    )
    rest = _WORKFLOW.size + _DISCONNECTION.size if flags & FLAG else _WORKFLOW.size
    enabled, away_after_ms, offline_after_ms, resume, keep_manual_away, updated_by, *added = json.loads(raw[rest:])
    if len(added) > _DISCONNECT_STATUS:
        added[_DISCONNECT_STATUS] = Status(added[_DISCONNECT_STATUS])
    return Workflow(
        enabled,
        away_after_ms,
        offline_after_ms,
        Resume(resume),
        keep_manual_away,
        enabled_time,
        thresholds_since,
        update_time,
        updated_by,
        revision,
        *added,
    )


def forget_decoded() -> None:
    """Forget what was decoded last: workflows name who changed them, layers name sessions and engagements."""
    read_workflow.cache_clear()
    read_policy.cache_clear()
    forget_unpacked()


def pack_past(past: PastPolicy) -> bytes:
    """Encode a past policy; an account keeps several in a row."""
    workflow = pack_workflow(past.workflow)
    return _PAST.pack(*_halves((past.floor, past.until, past.last_revision)), len(workflow)) + workflow


@lru_cache(maxsize=4_096)
def read_policy(workflow: bytes, past: bytes, floor: int) -> Policy:
    """Decode the policy of an account: its workflow, its past policies, and the recovery floor of its partition."""
    return Policy(read_workflow(workflow), floor, read_past(past))


def read_past(raw: bytes) -> tuple[PastPolicy, ...]:
    """Decode what `pack_past` encoded, several in a row."""
    return tuple(_past_policies(raw))


def _past_policies(raw: bytes) -> Iterator[PastPolicy]:
    at = 0
    while at < len(raw):
        floor_high, floor, until_high, until, last_high, last, length = _PAST.unpack_from(raw, at)
        at += _PAST.size
        workflow = read_workflow(raw[at : at + length])
        yield PastPolicy(workflow, floor_high << 32 | floor, until_high << 32 | until, last_high << 32 | last)
        at += length


class Policies(NamedTuple):
    """The policies of an account: its own, and those of teams that have, or have had, a workflow of their own."""

    account: Policy
    teams: Mapping[str, Policy]

    @classmethod
    def of(cls, workflow: bytes, past: bytes, teams: Sequence[bytes], floor: int) -> Policies:
        """Decode the reply of a script, in which a team, its workflow and its past follow each other."""
        own = {}
        for team, its_workflow, its_past in zip(*[iter(teams)] * 3, strict=True):
            own[team.decode()] = read_policy(its_workflow, its_past, floor)
        return cls(read_policy(workflow, past, floor), own)

    def decides(self, record: UserRecord) -> Policy:
        """Return the policy of a user."""
        return self.teams.get(record.profile.team_id, self.account) if self.teams else self.account
