"""Looks at everybody because of past policies, in steps that end in the middle of a team."""

from __future__ import annotations

import pytest
from tests.fakes import FakeClock
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, MINUTE, SECOND

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.service import StatusService
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.resident.steps import StepSizes


@pytest.mark.parametrize("budget", range(1, 14))
async def test_a_step_that_a_team_has_used_up_leaves_those_without_a_team_for_the_next(budget: int) -> None:
    clock = FakeClock()
    store = MemoryStore(clock, steps=StepSizes(collect=budget, settle=1))
    await store.open()
    service = StatusService(store)
    await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 10 * SECOND})
    people = [f"user-{number}" for number in range(8)]
    for user_id in people:
        await service.record_activity(ACCOUNT, user_id)
    for user_id in people[:3]:
        await service.update_user(ACCOUNT, user_id, {"team_id": "day"})
    await service.update_workflow(ACCOUNT, {"away_after_ms": 9 * SECOND}, team_id="day")
    clock.advance(10 * SECOND)
    await service.update_workflow(ACCOUNT, {"away_after_ms": MINUTE}, team_id="day")
    await service.update_workflow(ACCOUNT, {"away_after_ms": MINUTE})
    for order in AvailabilityOrder:
        assert (await service.list_available_users(ACCOUNT, order=order)).total == 0
    while (await store.settle_due(1)).switched:
        check_index(store)
    assert len((await service.list_status_changes(ACCOUNT)).items) == 2 * len(people)
    await store.close()
