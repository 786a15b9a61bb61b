"""The workflow: what is refused, what a revision changes, and since when it is in force."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.builders import AWAY_AFTER, HOUR, MINUTE, OFFLINE_AFTER, SECOND

from onduty_server.domain.errors import InvalidWorkflow
from onduty_server.domain.status import Resume
from onduty_server.domain.workflow import (
    DEFAULT_WORKFLOW,
    PERIOD_MAX_MS,
    PERIOD_MIN_MS,
    Workflow,
    WorkflowPatch,
    revise,
)

THEN = 1_000 * HOUR
NOW = 2_000 * HOUR
THIRTY_DAYS = 30 * 24 * HOUR

RUNNING = Workflow(
    enabled=True,
    away_after_ms=AWAY_AFTER,
    offline_after_ms=OFFLINE_AFTER,
    enabled_time=THEN,
    thresholds_since=THEN + MINUTE,
    update_time=THEN + HOUR,
    updated_by="grace",
    revision=7,
)


def revised(current: Workflow, patch: WorkflowPatch) -> Workflow:
    return revise(current, patch, now=NOW, actor="hedy", revision=12)


# --- the default ---------------------------------------------------------------------------------------------------


def test_a_never_configured_account_is_disabled_without_periods_and_resumes_from_away() -> None:
    assert Workflow() == DEFAULT_WORKFLOW
    assert not DEFAULT_WORKFLOW.enabled
    assert (DEFAULT_WORKFLOW.away_after_ms, DEFAULT_WORKFLOW.offline_after_ms) == (None, None)
    assert DEFAULT_WORKFLOW.resume is Resume.FROM_AWAY
    assert not DEFAULT_WORKFLOW.keep_manual_away
    assert (DEFAULT_WORKFLOW.enabled_time, DEFAULT_WORKFLOW.update_time, DEFAULT_WORKFLOW.revision) == (0, 0, 0)
    assert DEFAULT_WORKFLOW.updated_by == ""


# --- what is refused -----------------------------------------------------------------------------------------------


def test_the_limits_of_a_period_are_one_second_and_thirty_days() -> None:
    assert (PERIOD_MIN_MS, PERIOD_MAX_MS) == (SECOND, THIRTY_DAYS)


@pytest.mark.parametrize(
    "patch",
    [
        WorkflowPatch(enabled=True, away_after_ms=SECOND),
        WorkflowPatch(enabled=True, away_after_ms=THIRTY_DAYS),
        WorkflowPatch(enabled=True, offline_after_ms=SECOND),
        WorkflowPatch(enabled=True, offline_after_ms=THIRTY_DAYS),
        WorkflowPatch(enabled=True, away_after_ms=SECOND, offline_after_ms=SECOND + 1),
        WorkflowPatch(enabled=True, away_after_ms=THIRTY_DAYS - 1, offline_after_ms=THIRTY_DAYS),
        WorkflowPatch(away_after_ms=MINUTE),
        WorkflowPatch(resume=Resume.NEVER),
        WorkflowPatch(keep_manual_away=True),
    ],
)
def test_a_consistent_workflow_is_accepted(patch: WorkflowPatch) -> None:
    after = revised(DEFAULT_WORKFLOW, patch)
    for field, value in patch.items():
        assert getattr(after, field) == value


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("period_ms", [0, -1, -AWAY_AFTER, SECOND - 1, THIRTY_DAYS + 1, 31 * 24 * HOUR])
def test_a_period_outside_its_limits_is_refused_even_while_the_switch_is_off(enabled: bool, period_ms: int) -> None:
    current = replace(DEFAULT_WORKFLOW, enabled=enabled, away_after_ms=None, offline_after_ms=None)
    with pytest.raises(InvalidWorkflow) as away:
        revised(current, {"away_after_ms": period_ms})
    assert [violation.field for violation in away.value.violations] == ["workflow.away_after"]
    with pytest.raises(InvalidWorkflow) as offline:
        revised(current, {"offline_after_ms": period_ms})
    assert [violation.field for violation in offline.value.violations] == ["workflow.offline_after"]


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("offline_after_ms", [AWAY_AFTER, AWAY_AFTER - 1, SECOND])
def test_offline_must_be_greater_than_away(enabled: bool, offline_after_ms: int) -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        revised(
            DEFAULT_WORKFLOW,
            {"enabled": enabled, "away_after_ms": AWAY_AFTER, "offline_after_ms": offline_after_ms},
        )
    assert [violation.field for violation in refused.value.violations] == ["workflow.offline_after"]


def test_a_period_is_checked_against_the_other_that_stays() -> None:
    with pytest.raises(InvalidWorkflow):
        revised(RUNNING, {"away_after_ms": OFFLINE_AFTER})
    with pytest.raises(InvalidWorkflow):
        revised(RUNNING, {"offline_after_ms": AWAY_AFTER})


def test_a_switch_with_no_period_cannot_be_turned_on() -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        revised(DEFAULT_WORKFLOW, {"enabled": True})
    assert [violation.field for violation in refused.value.violations] == ["workflow.enabled"]


def test_the_last_period_cannot_be_taken_away_while_the_switch_is_on() -> None:
    with pytest.raises(InvalidWorkflow):
        revised(RUNNING, {"away_after_ms": None, "offline_after_ms": None})
    one_left = revised(RUNNING, {"away_after_ms": None})
    with pytest.raises(InvalidWorkflow):
        revised(one_left, {"offline_after_ms": None})


def test_both_periods_may_go_together_with_the_switch() -> None:
    after = revised(RUNNING, {"enabled": False, "away_after_ms": None, "offline_after_ms": None})
    assert (after.enabled, after.away_after_ms, after.offline_after_ms) == (False, None, None)


def test_what_is_refused_is_said_to_the_caller_in_words() -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        revised(DEFAULT_WORKFLOW, {"enabled": True})
    (violation,) = refused.value.violations
    assert violation.description
    assert violation.field in refused.value.message


# --- a patch that changes nothing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "patch",
    [
        WorkflowPatch(),
        WorkflowPatch(enabled=True),
        WorkflowPatch(away_after_ms=AWAY_AFTER, offline_after_ms=OFFLINE_AFTER),
        WorkflowPatch(
            enabled=True,
            away_after_ms=AWAY_AFTER,
            offline_after_ms=OFFLINE_AFTER,
            resume=Resume.FROM_AWAY,
            keep_manual_away=False,
        ),
    ],
)
def test_a_patch_that_changes_nothing_returns_the_very_same_workflow(patch: WorkflowPatch) -> None:
    assert revised(RUNNING, patch) is RUNNING


def test_saying_the_defaults_to_a_never_configured_account_changes_nothing() -> None:
    patch = WorkflowPatch(enabled=False, away_after_ms=None, resume=Resume.FROM_AWAY, keep_manual_away=False)
    assert revised(DEFAULT_WORKFLOW, patch) is DEFAULT_WORKFLOW


# --- since when ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "patch",
    [
        WorkflowPatch(enabled=False),
        WorkflowPatch(away_after_ms=5 * MINUTE),
        WorkflowPatch(offline_after_ms=HOUR),
        WorkflowPatch(away_after_ms=None),
        WorkflowPatch(offline_after_ms=None),
        WorkflowPatch(resume=Resume.NEVER),
        WorkflowPatch(keep_manual_away=True),
    ],
)
def test_every_change_says_when_by_whom_and_under_which_revision(patch: WorkflowPatch) -> None:
    after = revised(RUNNING, patch)
    assert (after.update_time, after.updated_by, after.revision) == (NOW, "hedy", 12)
    assert after.etag != RUNNING.etag


@pytest.mark.parametrize(
    "patch",
    [
        WorkflowPatch(enabled=False),
        WorkflowPatch(away_after_ms=5 * MINUTE),
        WorkflowPatch(away_after_ms=15 * MINUTE),
        WorkflowPatch(away_after_ms=None),
        WorkflowPatch(offline_after_ms=HOUR),
        WorkflowPatch(offline_after_ms=None),
        WorkflowPatch(keep_manual_away=True),
        WorkflowPatch(keep_manual_away=True, resume=Resume.NEVER),
    ],
)
def test_the_switch_a_period_and_keep_manual_away_are_thresholds(patch: WorkflowPatch) -> None:
    assert revised(RUNNING, patch).thresholds_since == NOW


def test_resume_is_not_a_threshold() -> None:
    after = revised(RUNNING, {"resume": Resume.FROM_AWAY_OR_OFFLINE})
    assert (after.thresholds_since, after.enabled_time) == (RUNNING.thresholds_since, RUNNING.enabled_time)
    assert after.resume is Resume.FROM_AWAY_OR_OFFLINE


def test_enabled_time_is_when_the_switch_last_went_from_off_to_on() -> None:
    first = revise(DEFAULT_WORKFLOW, {"enabled": True, "away_after_ms": MINUTE}, now=1, actor="", revision=1)
    changed = revise(first, {"away_after_ms": HOUR}, now=2, actor="", revision=2)
    off = revise(changed, {"enabled": False}, now=3, actor="", revision=3)
    changed_while_off = revise(off, {"away_after_ms": MINUTE}, now=4, actor="", revision=4)
    on = revise(changed_while_off, {"enabled": True}, now=5, actor="", revision=5)
    on_again = revise(on, {"enabled": True, "offline_after_ms": HOUR}, now=6, actor="", revision=6)
    chain = (first, changed, off, changed_while_off, on, on_again)
    assert [w.enabled_time for w in chain] == [1, 1, 1, 1, 5, 5]
    assert [w.thresholds_since for w in chain] == [1, 2, 3, 4, 5, 6]
    assert [w.update_time for w in chain] == [1, 2, 3, 4, 5, 6]


def test_configuring_without_turning_on_does_not_count_as_turning_on() -> None:
    after = revised(DEFAULT_WORKFLOW, {"away_after_ms": MINUTE})
    assert (after.enabled, after.enabled_time, after.thresholds_since) == (False, 0, NOW)


def test_periods_are_kept_while_the_switch_is_off() -> None:
    off = revised(RUNNING, {"enabled": False})
    assert (off.away_after_ms, off.offline_after_ms) == (AWAY_AFTER, OFFLINE_AFTER)
    on = revise(off, {"enabled": True}, now=NOW + HOUR, actor="", revision=13)
    assert (on.away_after_ms, on.offline_after_ms, on.enabled_time) == (AWAY_AFTER, OFFLINE_AFTER, NOW + HOUR)


def test_fields_that_a_patch_does_not_name_stay() -> None:
    current = replace(RUNNING, resume=Resume.NEVER, keep_manual_away=True)
    after = revised(current, {"away_after_ms": 5 * MINUTE})
    assert (after.enabled, after.offline_after_ms) == (True, OFFLINE_AFTER)
    assert (after.resume, after.keep_manual_away) == (Resume.NEVER, True)


def test_a_revision_leaves_the_workflow_it_came_from_as_it_was() -> None:
    before = replace(RUNNING)
    assert RUNNING.shape.away  # what it has worked out of itself must not be carried over
    assert any(RUNNING.timed)
    after = revised(RUNNING, {"away_after_ms": None})
    assert before == RUNNING
    assert not after.shape.away
    assert after.timed != RUNNING.timed


def test_the_etag_tells_apart_every_revision_of_a_workflow() -> None:
    etags = [
        DEFAULT_WORKFLOW.etag,
        *(revise(RUNNING, {"enabled": False}, now=NOW, actor="", revision=n).etag for n in range(8, 30)),
    ]
    assert len(set(etags)) == len(etags)
    assert all(etags)
