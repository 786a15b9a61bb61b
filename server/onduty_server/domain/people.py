"""A user is renamed, moved to another team, or erased. What a move means for timed switches is told here.

One workflow decides for a user: that of the user's team, or the account's. So a move is a change of the workflow for
one user: what has fallen due under the former one by then stays, what the new one has due by then switches then, and
nothing is undone.
"""

from __future__ import annotations

from dataclasses import replace

from .edges import lease_edges
from .layers import Lease, unpack
from .record import Decision, Profile, ProfilePatch, UserRecord
from .settling import Policy, next_due, settle
from .workflow import Workflow


def update_profile(record: UserRecord, policy: Policy, target: Policy, patch: ProfilePatch, now: int) -> Decision:
    """Write `patch` into the profile of a known user at `now`.

    `policy` is that of the user's team until now, `target` that of the team that `patch` names, the same if it names
    none. The change of the profile comes after what was due under the former, and before what switches now.
    """
    settled = settle(record, policy, now)
    before = record.profile
    profile = Profile(patch.get("display_name", before.display_name), patch.get("team_id", before.team_id))
    if profile == before:
        return settled
    updated = settled.own_record(record)
    updated.profile = profile
    moved = Decision(updated, ())
    if profile.team_id != before.team_id:
        _restart_clocks(updated, policy.workflow, target.workflow, now)
        moved = _switched_now(updated, target, now)
    switches = (*settled.switches, *moved.switches)
    edges = lease_edges(record, moved.record, now)
    return Decision(moved.record, switches, durable=True, profile_at=len(settled.switches), edges=edges)


def _restart_clocks(record: UserRecord, former: Workflow, workflow: Workflow, now: int) -> None:
    """Restart the clocks of a user for whom the switch comes on, as it would for everybody in a change of a workflow.

    If it was on before, it counts as on since then, and not since it was for the others in the new team.
    """
    if not workflow.enabled:
        return
    since = former.enabled_time if former.enabled else now
    if since <= workflow.enabled_time:
        return
    record.clock = max(record.clock, since)
    if not record.layers:
        return
    layers = unpack(record.layers)
    if layers.sessions and layers.session_end < since:
        ended = tuple(Lease(lease.lease_id, max(lease.end, since)) for lease in layers.sessions)
        record.layers = layers._replace(sessions=ended).pack()


def _switched_now(record: UserRecord, target: Policy, now: int) -> Decision:
    """Apply at `now` what a workflow that begins to decide for a user has due by then.

    Its past policies do not apply: they did not decide for the user.
    """
    due = next_due(record, target.workflow, target.floor)
    if due is None or due.effective_time > now:
        return Decision(record, ())
    return settle(record, Policy(replace(target.workflow, thresholds_since=now), target.floor), now)
