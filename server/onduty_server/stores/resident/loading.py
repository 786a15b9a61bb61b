"""Builds the accounts in memory from what the journal has kept."""

from __future__ import annotations

from ...domain.record import Profile
from ...domain.rules import Policy
from ...domain.status import STATES
from .account import Account
from .journal import AccountRow, Image, UserRow
from .overdue import Overdue
from .registry import Registry
from .steps import StepSizes
from .user import ResidentUser


def load_accounts(image: Image, registry: Registry, steps: StepSizes, *, floor: int, now: int) -> int:
    """Fill the registry with the kept accounts, under a recovery floor; return the latest time recorded (ms UTC, or 0).

    `now` may be behind what was recorded.
    """
    newest = 0
    for row in image.accounts:
        overdue = Overdue(steps.overdue_in_order, steps.overdue_block_bits)
        account = _account(row, overdue, floor)
        registry.add(account)
        newest = max(newest, *(policy.workflow.update_time for policy in account.policies()))
    registry.next_number = max(registry.next_number, image.next_account)
    registry.first_revision = image.first_revision
    by_number = registry.by_number
    for user in image.users:
        account = by_number[user.account_number]
        if not user.user_id:
            account.load_erased(user.revision)
            continue
        account.load(_resident(user, account), now)
        newest = max(newest, user.clock, user.status_since)
    for account in by_number.values():
        account.finish_loading()
        account.rescan()
    return newest


def _account(row: AccountRow, overdue: Overdue, floor: int) -> Account:
    floor = max(floor, row.floor)
    policy = Policy(row.workflow, floor, row.past)
    account = Account(row.account_id, row.number, policy, overdue, row.first_revision, row.time_zone)
    for team in row.teams:
        account.set_policy(team.team_id, Policy(team.workflow, floor, team.past))
    return account


def _resident(row: UserRow, account: Account) -> ResidentUser:
    group = account.group(row.team_id)
    record = ResidentUser(row.user_id, row.number, group)
    record.state = STATES[row.state]
    record.status_since = row.status_since
    record.clock = row.clock
    # Most users' clock is their last activity: keep one number for both.
    record.last_activity = record.clock if row.last_activity == row.clock else row.last_activity
    record.actor = row.actor
    record.reason = row.reason
    record.revision = row.revision
    record.layers = row.layers
    record.profile = Profile(row.display_name, group.team_id) if row.display_name else group.nameless
    return record
