"""Builds the accounts in memory from what the journal has kept."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Final

from ...domain.layers import is_disconnected
from ...domain.record import Profile
from ...domain.rules import Policy
from ...domain.status import STATES, Status
from .account import Account
from .group import ERASED
from .journal import AccountRow, Image, UserFields
from .overdue import Overdue
from .registry import Registry
from .steps import StepSizes
from .user import ResidentUser

_ONLINE: Final = frozenset(state for state in STATES if state.status is Status.ONLINE)
_of_account: Final = itemgetter(0)


def load_accounts(image: Image, registry: Registry, steps: StepSizes, *, floor: int, now: int) -> int:
    """Fill the registry with the kept accounts, under a recovery floor; return the latest time recorded (ms UTC, or 0).

    `now` may be behind what was recorded.
    """
    newest = 0
    for row in image.accounts:
        overdue = Overdue(steps.overdue_in_order, steps.overdue_block_bits)
        account = _account(row, overdue, floor, steps.in_heap)
        registry.add(account)
        newest = max(newest, *(policy.workflow.update_time for policy in account.policies()))
    registry.next_number = max(registry.next_number, image.next_account)
    registry.first_revision = image.first_revision
    by_number = registry.by_number
    for number, rows in groupby(image.users, _of_account):
        newest = max(newest, _load_users(by_number[number], rows, now))
    for account in by_number.values():
        account.finish_loading()
        account.rescan()
    return newest


def _account(row: AccountRow, overdue: Overdue, floor: int, in_heap: int) -> Account:
    floor = max(floor, row.floor)
    policy = Policy(row.workflow, floor, row.past)
    account = Account(row.account_id, row.number, policy, overdue, row.first_revision, row.time_zone, in_heap)
    for team in row.teams:
        account.set_policy(team.team_id, Policy(team.workflow, floor, team.past))
    return account


def _load_users(account: Account, rows: Iterable[UserFields], now: int) -> int:
    """Add all users of an account, in the order of their numbers; return the latest time recorded (ms UTC, or 0)."""
    users, order, acted, shown = account.users, account.order, account.acted, account.shown
    newest, last_revision = 0, account.revision
    # With as little as possible for each of a million users: this is most of a start.
    for (
        _,
        number,
        user_id,
        state,
        status_since,
        last_activity,
        clock,
        actor,
        reason,
        revision,
        layers,
        display_name,
        team_id,
    ) in rows:
        if revision > last_revision:
            last_revision = revision
        if not user_id:
            order.append(ERASED)
            continue
        # Most users' clock is their last activity, and of many the status began with it: keep one object.
        if last_activity == clock:
            last_activity = clock
        if status_since == clock:
            status_since = clock
        elif status_since > newest:
            newest = status_since
        if clock > newest:
            newest = clock
        group = account.group(team_id) if team_id else account.teamless
        record = ResidentUser(
            user_id,
            number,
            group,
            STATES[state],
            status_since,
            last_activity,
            clock,
            actor,
            reason,
            revision,
            layers,
            Profile(display_name, group.team_id) if display_name else group.nameless,
        )
        users[user_id] = record
        order.append(record)
        if team_id:
            group.members.add(number)
        if actor and actor != user_id:
            acted.setdefault(actor, set()).add(number)
        if layers and is_disconnected(layers):
            state = record.shown
        shown[state] += 1
        if state in _ONLINE:
            group.online += 1
        group.deadlines.load(record, now)
    account.revision = last_revision
    return newest
