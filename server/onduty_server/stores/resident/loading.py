"""Builds the accounts in memory from what the journal has kept."""

from __future__ import annotations

from ...domain.rules import Policy
from .account import Account
from .journal import STATES, Image, UserRow
from .overdue import Overdue
from .steps import StepSizes
from .user import ResidentUser


def load_accounts(image: Image, into: dict[str, Account], steps: StepSizes, *, floor: int, now: int) -> int:
    """Fill `into` with the kept accounts, under a recovery floor; return the latest time recorded (ms UTC, or 0).

    `now` may be behind what was recorded.
    """
    by_number: dict[int, Account] = {}
    newest = 0
    for row in image.accounts:
        policy = Policy(row.workflow, max(floor, row.floor), row.past)
        overdue = Overdue(steps.overdue_in_order, steps.overdue_block_bits)
        by_number[row.number] = into[row.account_id] = Account(row.account_id, row.number, policy, overdue)
        newest = max(newest, row.workflow.update_time)
    for user in image.users:
        by_number[user.account_number].load(_resident(user), now)
        newest = max(newest, user.clock, user.status_since)
    for account in into.values():
        account.finish_loading()
        if account.policy.past:
            account.rescan()
    return newest


def _resident(row: UserRow) -> ResidentUser:
    record = ResidentUser(row.user_id, row.number)
    record.state = STATES[row.state]
    record.status_since = row.status_since
    record.clock = row.clock
    # Most users' clock is their last activity: keep one number for both.
    record.last_activity = record.clock if row.last_activity == row.clock else row.last_activity
    record.actor = row.actor
    record.reason = row.reason
    record.revision = row.revision
    record.layers = row.layers
    return record
