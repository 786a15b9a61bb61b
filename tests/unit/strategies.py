"""Strategies for Hypothesis. Periods and pauses are a few seconds, so that boundaries are often met exactly."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st
from tests.unit.builders import SECOND

from onduty_server.domain.errors import InvalidWorkflow
from onduty_server.domain.record import UserRecord
from onduty_server.domain.rules import PastPolicy, Policy
from onduty_server.domain.status import Resume, State
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch, revise

pauses = st.sampled_from([0, 1, 500, 999, 1_000, 1_001, 1_500, 2_000, 3_000, 5_000, 8_000])
periods = st.sampled_from([None, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 9_000])


@st.composite
def patches(draw: st.DrawFn) -> WorkflowPatch:
    """Any change that a supervisor may ask for; some are refused."""
    patch: WorkflowPatch = {}
    if draw(st.booleans()):
        patch["enabled"] = draw(st.sampled_from([True, True, False]))
    if draw(st.booleans()):
        patch["away_after_ms"] = draw(periods)
    if draw(st.booleans()):
        patch["offline_after_ms"] = draw(periods)
    if draw(st.booleans()):
        patch["resume"] = draw(st.sampled_from(Resume))
    if draw(st.booleans()):
        patch["keep_manual_away"] = draw(st.booleans())
    return patch


class Situation(NamedTuple):
    """A user under a policy, at an instant that lies after all that made the policy."""

    record: UserRecord
    policy: Policy
    now: int


def revised_if_valid(current: Workflow, patch: WorkflowPatch, now: int, revision: int) -> Workflow:
    """The workflow after `patch`, or as it was if the patch is refused."""
    try:
        return revise(current, patch, now=now, actor="", revision=revision)
    except InvalidWorkflow:
        return current


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A seen user under a workflow that was revised, after an outage or two, none of it settled yet."""
    now, revision = 10 * SECOND, 5
    current, floor = DEFAULT_WORKFLOW, 0
    past: list[PastPolicy] = []
    for patch, outage in draw(st.lists(st.tuples(patches(), st.sampled_from([False, False, True])), max_size=4)):
        now += draw(pauses)
        if outage:
            began, now = now, now + draw(pauses)
            past.append(PastPolicy(current, floor, began, revision))
            floor = now
            continue
        after = revised_if_valid(current, patch, now, revision + 1)
        if after is not current:
            revision += 1
            past.append(PastPolicy(current, floor, now, revision))
            current = after
    now += draw(pauses)
    clock = draw(st.integers(0, now // 500)) * 500
    record = UserRecord(
        "ada",
        draw(st.sampled_from([state for state in State if state is not State.UNSEEN])),
        status_since=draw(st.integers(0, clock)),
        last_activity=draw(st.sampled_from([None, clock])),
        clock=clock,
        revision=draw(st.integers(1, revision + 1)),
    )
    return Situation(record, Policy(current, floor, tuple(past)), now)
