"""Loads the data that a decision about a user, or about an account's workflow, rests on."""

from __future__ import annotations

from typing import NamedTuple

from ...domain.rules import Policy
from . import scripts
from .records import read_policy
from .running import ScriptRunner


class DecisionData(NamedTuple):
    """The store's time, and the bytes that a script compares before it writes: none of them may have changed.

    `record` is empty for a user never seen, `workflow` for an account that does not exist yet.
    """

    now: int
    floor: int
    record: bytes
    workflow: bytes
    past: bytes

    @property
    def policy(self) -> Policy:
        """The account's policy."""
        return read_policy(self.workflow, self.past, self.floor)


async def load(runner: ScriptRunner, partition: int, account_id: str, user_id: str = "") -> DecisionData:
    """Read a user's record and the account's policy; the policy alone if there is no user."""
    _, now, floor, record, workflow, past, _ = await runner.read(scripts.LOAD, partition, account_id, user_id)
    return DecisionData(now, floor, record, workflow, past)
