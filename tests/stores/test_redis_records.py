"""What is kept in Redis as bytes: names apart from the events, and entries of older schemas, which are read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from onduty_server.domain.record import Profile, StatusChange, Switch, UserChange, UserRecord
from onduty_server.domain.status import Resume, State, Then
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.redis.event_records import FoundEvent, pack_profile_change, pack_switch, read_event
from onduty_server.stores.redis.records import (
    pack_record,
    pack_workflow,
    read_record,
    read_workflow,
)

SWITCH = Switch(State.ONLINE_BY_HAND, State.AWAY_BY_HAND, 1_700_000_000_000, "kim", "Mittagspause ☕")
WORKFLOW = Workflow(True, 600_000, None, Resume.NEVER, True, 1, 2, 3, "kim", 4)
HEAD_BYTES = 19


def found(
    body: bytes, *, user: str = "ada", name: str = "", actor: str = "", caller: str = "", words: str = ""
) -> FoundEvent:
    """An event as a script finds it, which has put the names into other places and finds them there."""
    return FoundEvent(b"7-0", body, *(each.encode() for each in (user, name, actor, caller, words)))


def kept(body: bytes, words: str = "") -> bytes:
    """The body as `keep_words` keeps it, with numbers for names."""
    head, tail = body[:HEAD_BYTES], body[HEAD_BYTES:]
    if not tail:
        return head
    actor, caller, _, more = tail.split(b"\0", 3)
    return head + b"\0".join((b"1" if actor else b"", b"2" if caller else b"", b"+" if words else b"", more))


def test_a_change_that_nobody_made_by_hand_takes_no_more_than_its_numbers() -> None:
    assert len(pack_switch(Switch(State.ONLINE_BY_ACTIVITY, State.AWAY_BY_INACTIVITY, 5))) == HEAD_BYTES


@pytest.mark.parametrize("reason", ["", "Mittagspause ☕"])
@pytest.mark.parametrize("caller", ["", "ü"])
@pytest.mark.parametrize("team", ["", "süd"])
@pytest.mark.parametrize("end", [(), (1_700_000_000_000, Then.AWAY)])
def test_an_event_of_a_status_is_read_as_it_was_written(
    reason: str, caller: str, team: str, end: tuple[int, Then] | tuple[()]
) -> None:
    switch = Switch(State.ONLINE_BY_HAND, State.AWAY_UNTIL, 5, "kim", reason, caller, *end)
    body = kept(pack_switch(switch, team, position=3, commit_time=9), reason)
    event = read_event(found(body, name="Ada", actor="kim", caller=caller, words=reason))
    assert event.change == switch.committed("ada", 7, 9, Profile("Ada", team))
    assert (event.revision, event.position) == (7, 3)


def test_an_event_of_somebody_erased_says_what_happened_and_to_nobody() -> None:
    body = kept(pack_switch(SWITCH, "south"), SWITCH.reason)
    change = read_event(found(body, user="")).change
    assert isinstance(change, StatusChange)
    assert (change.user_id, change.actor, change.reason, change.profile) == ("", "", "", Profile("", "south"))
    assert change.effective_time == SWITCH.effective_time


def test_an_event_of_a_profile_is_read_as_it_was_written_and_without_its_words_once_they_are_gone() -> None:
    before, after = Profile("Ada", ""), Profile("Ada L.", "süd")
    body = kept(pack_profile_change(before, after, "kim", "", State.AWAY_BY_HAND, position=3, commit_time=9), "names")
    event = read_event(found(body, actor="kim", words="Ada\x1eAda L."))
    assert event.change == UserChange("ada", 7, before, after, 9, "kim")
    gone = read_event(found(body, user=""))
    assert gone.change == UserChange("", 7, Profile(), Profile("", "süd"), 9)


def test_events_of_older_schemas_are_read() -> None:
    old = bytes(1) + pack_switch(SWITCH, position=2, commit_time=8)[1:HEAD_BYTES] + b"\x03ada\x03kim"
    event = read_event(found(old + SWITCH.reason.encode() + b"\0crm", user="", name="Ada"))
    assert event.change == SWITCH._replace(caller="crm").committed("ada", 7, 8, Profile("Ada"))
    old_workflow = b"\1" + bytes(HEAD_BYTES - 1) + pack_workflow(WORKFLOW)
    assert read_event(found(old_workflow, user="")).change == WORKFLOW


@pytest.mark.parametrize("profile", [Profile(), Profile("Ada L."), Profile("", "süd"), Profile("x" * 256, "y" * 128)])
@pytest.mark.parametrize("layers", ["", "1\x1e\x1e"])
@pytest.mark.parametrize("actor", ["", "kim"])
def test_a_record_keeps_its_profile(profile: Profile, layers: str, actor: str) -> None:
    record = UserRecord("ada", State.AWAY_BY_HAND, 1, 2, 3, actor, "why", 4, layers, profile)
    assert repr(read_record("ada", pack_record(record)).record) == repr(record)


def test_a_workflow_keeps_its_caller_and_is_otherwise_written_as_ever() -> None:
    called = replace(WORKFLOW, update_caller="console")
    assert read_workflow(pack_workflow(WORKFLOW)) == WORKFLOW
    assert read_workflow(pack_workflow(called)) == called
    tail = pack_workflow(WORKFLOW)
    assert json.loads(tail[tail.index(b"[") :]) == [True, 600_000, None, int(Resume.NEVER), True, "kim"]


@pytest.mark.parametrize("caller", ["", "console"])
@pytest.mark.parametrize("previous", [0, 3])
@pytest.mark.parametrize(("team", "follows"), [("", False), ("süd", False), ("süd", True)])
def test_a_workflow_keeps_the_revision_of_the_one_before_and_its_team(
    caller: str, previous: int, team: str, follows: bool
) -> None:
    workflow = replace(WORKFLOW, update_caller=caller, previous_revision=previous, team_id=team, follows=follows)
    assert read_workflow(pack_workflow(workflow)) == workflow
