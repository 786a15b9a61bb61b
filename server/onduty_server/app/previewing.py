"""Counts what a workflow change would do, user by user: what every store's dry run has in common."""

from __future__ import annotations

from typing import Final

from ..domain import rules
from ..domain.periods import HOUR_MS
from ..domain.record import UserRecord
from ..domain.rules import Layer, Policy
from ..domain.status import Status
from ..domain.workflow import Workflow
from .ports.statuses import Preview, PreviewedQuarter, PreviewedSwitch

_OUTLOOK_MS: Final = HOUR_MS
"""How far a dry run looks ahead."""
_QUARTER_MS: Final = HOUR_MS // 4


class ImpactTally:
    """The effect of replacing `policy.workflow` by `revised` at `now` (ms UTC) on the users that were added.

    Up to `limit` users are named, those first who were seen first.
    """

    def __init__(self, policy: Policy, revised: Workflow, now: int, limit: int) -> None:
        self._policy = policy
        self._revised = revised
        self._now = now
        self._limit = limit
        self._named: list[tuple[int, PreviewedSwitch]] = []
        self._at_once = {Status.AWAY: 0, Status.OFFLINE: 0}
        quarters = _OUTLOOK_MS // _QUARTER_MS
        self._next_hour = {status: [0] * quarters for status in self._at_once}

    @property
    def is_needed(self) -> bool:
        """False if the revised workflow switches nobody, now or ever."""
        return any(self._revised.timed) or any(self._revised.timed_connection)

    def add(
        self, position: int, record: UserRecord, policy: Policy | None = None, revised: Workflow | None = None
    ) -> None:
        """Count a user, who came at `position` into the account.

        `policy` and `revised` are given if those of the user's team are not those of the account.
        """
        until = self._now + _OUTLOOK_MS
        outlook = rules.outlook(record, policy or self._policy, revised or self._revised, self._now, until)
        if outlook.at_once is not None:
            self._at_once[outlook.at_once[1]] += 1
            self._named.append((position, PreviewedSwitch(record.user_id, *outlook.at_once)))
            if len(self._named) > 2 * self._limit:
                self._named = sorted(self._named)[: self._limit]
        for switch in outlook.ahead:
            if switch.layer is Layer.END:
                continue  # It comes whatever the workflow says.
            status = switch.state.status
            assert status is not None
            if status is not Status.ONLINE:
                self._next_hour[status][(switch.effective_time - self._now - 1) // _QUARTER_MS] += 1

    def preview(self) -> Preview:
        """Return what was counted."""
        return Preview(
            self._revised,
            [switch for _, switch in sorted(self._named)[: self._limit]],
            self._at_once[Status.AWAY],
            self._at_once[Status.OFFLINE],
            [
                PreviewedQuarter(self._now + number * _QUARTER_MS, to_away, to_offline)
                for number, (to_away, to_offline) in enumerate(
                    zip(self._next_hour[Status.AWAY], self._next_hour[Status.OFFLINE], strict=True), 1
                )
            ],
        )
