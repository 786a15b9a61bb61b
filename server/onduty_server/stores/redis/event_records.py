"""Encodes events as they are kept in Redis: changes of statuses, of profiles and of workflows, and erasures.

The scripts put what names people elsewhere, and fill in positions and times (`lua/lib/words.lua`). Times are ms UTC in
48 bits, numbers big-endian. Events of schemas 1 and 2 are read, and no longer written; those of people of schema 3 have
no state, until `lua/modernise.lua` has been over them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...domain.record import NO_PROFILE, AccountEvent, Profile, StatusChange, Switch, UserChange
from ...domain.status import STATES, State, Then
from ...domain.workflow import Workflow
from .records import pack_workflow, read_workflow

_EVENT = struct.Struct(">BIBBHIHI")
"""Kind, position, previous state, state, effective and commit time. Of somebody who moves or is erased, both states are
the one that was shown."""

EVENT_BYTES = _EVENT.size
"""The length of an event without a text."""
_SEPARATOR = "\0"
"""Separates the parts of the text of an event, which have no control characters: actor, caller, words, and what else
belongs to it. In schemas 1 and 2: the reason, and as far as they are needed the caller, the end, and what is then."""
_WORDS = "\x1e"
"""Separates the name before from the one after."""
_OLD_STATUS_EVENT = 0
_OLD_WORKFLOW_EVENT = 1
STATUS_EVENT = 2
PROFILE_EVENT = 3
ERASURE_EVENT = 4
_WORKFLOW_EVENT = 5


def pack_switch(switch: Switch, team_id: str = "", *, position: int = 0, commit_time: int = 0) -> bytes:
    """Encode a change of status; the scripts fill in position, commit time, and times that mean now.

    `team_id` is the user's team.
    """
    effective = switch.effective_time
    more = ""
    if switch.expire_time is not None and switch.then is not None:
        more = _SEPARATOR.join((str(int(switch.expire_time)), str(int(switch.then)), team_id))
    elif team_id:
        more = _SEPARATOR.join(("", "", team_id))
    head = _EVENT.pack(
        STATUS_EVENT,
        position,
        switch.previous,
        switch.state,
        effective >> 32,
        effective & 0xFFFFFFFF,
        commit_time >> 32,
        commit_time & 0xFFFFFFFF,
    )
    return head + _tail(switch.actor, switch.caller, switch.reason, more)


def pack_profile_change(
    before: Profile,
    after: Profile,
    actor: str,
    caller: str,
    state: State,
    *,
    position: int = 0,
    commit_time: int = 0,
) -> bytes:
    """Encode a change of a profile; the scripts fill in position and times. `state` is the one that is shown."""
    names = before.display_name, after.display_name
    return _person_event(PROFILE_EVENT, position, commit_time, state) + _tail(
        actor, caller, _WORDS.join(names) if any(names) else "", _SEPARATOR.join((before.team_id, after.team_id))
    )


def pack_erasure(state: State, team_id: str, *, position: int = 0, commit_time: int = 0) -> bytes:
    """Encode an erasure, which says nothing of who it was, but the state that was shown and the team."""
    return _person_event(ERASURE_EVENT, position, commit_time, state) + _tail("", "", "", team_id)


def pack_workflow_event(workflow: Workflow, commit_time: int) -> bytes:
    """Encode a change of the workflow; the scripts keep the names in it elsewhere."""
    return _person_event(_WORKFLOW_EVENT, 0, commit_time, State.UNSEEN) + pack_workflow(workflow)


def _person_event(kind: int, position: int, commit_time: int, state: State) -> bytes:
    high, low = commit_time >> 32, commit_time & 0xFFFFFFFF
    return _EVENT.pack(kind, position, state, state, high, low, high, low)


def _tail(actor: str, caller: str, words: str, more: str) -> bytes:
    if not (actor or caller or words or more):
        return b""
    return _SEPARATOR.join((actor, caller, words, more)).encode()


class FoundEvent(NamedTuple):
    """An event as a script finds it, with what is kept elsewhere: empty if it is not known, or no longer."""

    name: bytes
    body: bytes
    user: bytes
    display_name: bytes
    actor: bytes
    caller: bytes
    words: bytes

    @property
    def revision(self) -> int:
        """The revision of the event."""
        return int(self.name.partition(b"-")[0])


class StoredEvent(NamedTuple):
    """An event as it was read: of a user, or, with no user and position -1, of the workflow.

    `profile` has the name of the user at present, and the team at the time: of somebody erased, the one until then.
    `state` is the one that was shown when a profile was changed, or somebody was erased; UNSEEN if that is not known.
    """

    commit_time: int
    position: int
    user_id: str
    change: Switch | UserChange | Workflow
    profile: Profile = NO_PROFILE
    state: State = State.UNSEEN


def found_events(found: Sequence[bytes]) -> Iterator[FoundEvent]:
    """Take apart the reply of a script (`changes.lua`)."""
    return (FoundEvent(*each) for each in zip(*[iter(found)] * len(FoundEvent._fields), strict=True))


def unpack_event(found: FoundEvent) -> StoredEvent:
    """Decode what the scripts have kept of an event."""
    raw, revision = found.body, found.revision
    kind, position, previous, state, effective_high, effective, commit_high, commit = _EVENT.unpack_from(raw)
    at, commit_time = _EVENT.size, commit_high << 32 | commit
    actor, caller, user_id, display_name = (
        each.decode() for each in (found.actor, found.caller, found.user, found.display_name)
    )
    if kind == _OLD_WORKFLOW_EVENT:
        return StoredEvent(commit_time, -1, "", read_workflow(raw[at:]))
    if kind == _WORKFLOW_EVENT:
        workflow = named_workflow(raw[at:].split(b"\0", 2)[2], actor, caller)
        return StoredEvent(commit_time, -1, "", workflow)
    if kind == ERASURE_EVENT:
        erased = UserChange(user_id, revision, NO_PROFILE, NO_PROFILE, commit_time, erased=True)
        team = raw[at:].decode().split(_SEPARATOR)[3] if len(raw) > at else ""
        return StoredEvent(commit_time, position, user_id, erased, _profile("", team), STATES[state])
    if kind == _OLD_STATUS_EVENT:
        user_id, switch = _old_switch(raw, STATES[previous], STATES[state], effective_high << 32 | effective)
        return StoredEvent(commit_time, position, user_id, switch, _profile(display_name, ""))
    _, _, _, *more = raw[at:].decode().split(_SEPARATOR) if len(raw) > at else ("", "", "")
    words = found.words.decode()
    if kind == PROFILE_EVENT:
        names = words.split(_WORDS) if words else ("", "")
        before, after = (Profile(*each) for each in zip(names, more, strict=True))
        changed = UserChange(user_id, revision, before, after, commit_time, actor, caller)
        return StoredEvent(commit_time, position, user_id, changed, NO_PROFILE, STATES[state])
    expire, then, team = more if len(more) > 1 else ("", "", "")
    switch = Switch(
        STATES[previous],
        STATES[state],
        effective_high << 32 | effective,
        actor,
        words,
        caller,
        *((int(expire), Then(int(then))) if expire else ()),
    )
    return StoredEvent(commit_time, position, user_id, switch, _profile(display_name, team))


def named_workflow(raw: bytes, actor: str, caller: str) -> Workflow:
    """Decode a workflow that is kept without the names of those who changed it."""
    return replace(read_workflow(raw), updated_by=actor, update_caller=caller)


def _profile(display_name: str, team_id: str) -> Profile:
    return Profile(display_name, team_id) if display_name or team_id else NO_PROFILE


def _old_switch(raw: bytes, previous: State, state: State, effective_time: int) -> tuple[str, Switch]:
    """Decode an event as schemas 1 and 2 wrote them."""
    at = _EVENT.size
    user_end = at + 1 + raw[at]
    actor_end = user_end + 1 + raw[user_end]
    reason, *more = raw[actor_end:].decode().split(_SEPARATOR)
    caller, *end = more or [""]
    actor = raw[user_end + 1 : actor_end].decode()
    ends = (int(end[0]), Then(int(end[1]))) if end else ()
    return raw[at + 1 : user_end].decode(), Switch(previous, state, effective_time, actor, reason, caller, *ends)


def read_event(found: FoundEvent) -> AccountEvent:
    """Decode an event of an account's stream."""
    commit_time, position, user_id, change, profile, _ = unpack_event(found)
    if isinstance(change, Switch):
        committed: StatusChange = change.committed(user_id, found.revision, commit_time, profile)
        return AccountEvent(found.revision, position, committed)
    return AccountEvent(found.revision, position, change)
