"""Ids that a person would not tell from another: none becomes known, and those of before can be read and set."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.fakes import FakeClock

from onduty_server.app.ports.activities import ActivityReport
from onduty_server.app.service import StatusService
from onduty_server.app.simulation import simulate, workflow_from_the_start
from onduty_server.domain import rules
from onduty_server.domain.errors import InvalidField, StoreUnavailable, UserUnknown
from onduty_server.domain.record import Decision, StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Status
from onduty_server.stores.memory import MemoryStore

UNTIDY = [" ada", "ada ", "\u00a0ada", "ada\u3000", " "]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(FakeClock())


@pytest.fixture
def service(store: MemoryStore) -> StatusService:
    return StatusService(store)


async def known_before(store: MemoryStore, account_id: str, user_id: str) -> None:
    """What a store holds that was filled when there was no such rule."""

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.record_activity(record, policy, activity_time=now, now=now)

    await store.transact(account_id, user_id, decide)


@pytest.mark.parametrize("untidy", UNTIDY)
class TestNew:
    async def test_no_user_becomes_known(self, store: MemoryStore, service: StatusService, untidy: str) -> None:
        await store.open()
        with pytest.raises(InvalidField, match=r'user_id: ".+" begins or ends with white space'):
            await service.record_activity("acme", untidy)
        with pytest.raises(InvalidField, match=r'user_id: ".+" begins or ends with white space'):
            await service.set_status("acme", untidy, Status.AWAY)
        with pytest.raises(InvalidField, match=r'user_id: ".+" begins or ends with white space'):
            await service.get_status("acme", untidy)
        (refused,) = await service.record_activities(
            [ActivityReport(0, "acme", "ben", None), ActivityReport(1, "acme", untidy, None)]
        )
        assert refused.place == 1
        assert [view.user_id for view in (await service.list_statuses("acme")).items] == ["ben"]

    async def test_no_account_becomes_known(self, store: MemoryStore, service: StatusService, untidy: str) -> None:
        await store.open()
        with pytest.raises(InvalidField, match=r'account_id: ".+" begins or ends with white space'):
            await service.record_activity(untidy, "ada")
        with pytest.raises(InvalidField, match=r'account_id: ".+" begins or ends with white space'):
            await service.set_status(untidy, "ada", Status.AWAY)
        for change in (service.update_workflow, service.preview_workflow):
            with pytest.raises(InvalidField, match=r'workflow.account_id: ".+" begins or ends with white space'):
                await change(untidy, {"enabled": True, "away_after_ms": 60_000})

    def test_no_simulation_has_one(self, untidy: str) -> None:
        workflow = workflow_from_the_start({"away_after_ms": 60_000})
        with pytest.raises(InvalidField, match="begins or ends with white space"):
            simulate([(1_000, untidy, None)], workflow)


@pytest.mark.parametrize("untidy", UNTIDY)
async def test_whoever_is_known_from_before_can_be_read_and_set(
    store: MemoryStore, service: StatusService, untidy: str
) -> None:
    await store.open()
    await known_before(store, untidy, untidy)
    assert (await service.get_status(untidy, untidy)).available
    assert (await service.list_available_users(untidy)).total == 1
    assert (await service.record_activity(untidy, untidy)).available
    assert not (await service.set_status(untidy, untidy, Status.OFFLINE)).available
    assert (await service.list_available_users(untidy)).total == 0
    assert len((await service.list_status_changes(untidy, user_id=untidy)).items) == 2


async def test_white_space_within_an_id_is_part_of_it(store: MemoryStore, service: StatusService) -> None:
    await store.open()
    assert (await service.record_activity("acme inc", "ada l")).user_id == "ada l"
    with pytest.raises(UserUnknown):
        await service.get_status("acme inc", "ada")


class _Elsewhere(MemoryStore):
    """A store that is a network away, and has failed."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.immediate = None  # type: ignore[assignment]

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        raise StoreUnavailable


@pytest.mark.parametrize("malformed", ["", "x" * 129, "a\x1fb"])
async def test_malformed_ids_of_a_batch_are_refused_before_a_store_elsewhere_is_asked(malformed: str) -> None:
    with pytest.raises(InvalidField) as refused:
        await StatusService(_Elsewhere()).batch_get_statuses("acme", ["ada", malformed])
    assert refused.value.violations[0].field == "user_ids[1]"
