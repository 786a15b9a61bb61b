"""What users do, decided more than once: a store that cannot tell if its write arrived makes the decision again."""

from __future__ import annotations

from tests.fakes import FakeClock

from onduty_server.app.ports.statuses import Activity, ChangeFilter, Decide, Renewal
from onduty_server.app.service import StatusService
from onduty_server.domain.periods import SECOND_MS
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Status
from onduty_server.stores.memory import MemoryStore


class UnsureStore(MemoryStore):
    """Writes every decision, learns nothing of it, and makes it again after `later_ms`, as the one over Redis does."""

    def __init__(self, clock: FakeClock, later_ms: int) -> None:
        super().__init__(clock)
        self._tested_clock = clock
        self._later_ms = later_ms

    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        await super().transact(account_id, user_id, decide, hint)
        self._tested_clock.advance(self._later_ms)
        return await super().transact(account_id, user_id, decide, hint)


async def set_away(later_ms: int, ttl_ms: int) -> tuple[list[int | None], StatusView, int]:
    clock = FakeClock()
    store = UnsureStore(clock, later_ms)
    await store.open()
    began = clock.now()
    view = await StatusService(store).set_status("acme", "ada", Status.AWAY, ttl_ms=ttl_ms)
    page = await store.changes("acme", ChangeFilter(None, None, None), 0, 10)
    await store.close()
    return [change.expire_time for change in page.changes], view, began


async def test_a_status_set_for_a_while_is_one_change_although_it_was_decided_twice() -> None:
    ends, view, began = await set_away(40, 1_800 * SECOND_MS)
    assert ends == [began + 1_800 * SECOND_MS]
    assert (view.expire_time, view.revision) == (began + 1_800 * SECOND_MS, 1)


async def test_an_end_that_has_passed_before_the_second_decision_is_not_set_again() -> None:
    ends, view, began = await set_away(2 * SECOND_MS, SECOND_MS)
    assert view.expire_time == began + 3 * SECOND_MS, "it lasts for as long as was asked"
    assert ends == [began + SECOND_MS, None, began + 3 * SECOND_MS]
