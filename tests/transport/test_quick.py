"""What is answered without a wait is what the servicer's methods answer, whatever happens to a user in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes import FakeClock

from onduty.v1 import status_pb2 as pb
from onduty_server.app.limits import BATCH_GET_MAX, HEARTBEAT_VALID_MS
from onduty_server.app.service import StatusService
from onduty_server.app.sweeper import Sweeper
from onduty_server.domain.errors import DomainError, InvalidField, UserUnknown
from onduty_server.domain.status import Status, Then
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.resident import fast_path
from onduty_server.transport import quick, steps
from onduty_server.transport.convert import from_order
from onduty_server.transport.quick import QuickAnswers
from onduty_server.transport.status_bytes import answer_with, fill_user_statuses

SECOND = 1_000
BEAT_MS = HEARTBEAT_VALID_MS // 2
ACCOUNT = "acme"
USERS = ("ada", "bo", "cy")
WORKFLOW: WorkflowPatch = {
    "enabled": True,
    "away_after_ms": 60 * SECOND,
    "offline_after_ms": 120 * SECOND,
    "disconnect_after_ms": 40 * SECOND,
}
Act = Callable[[StatusService], Awaitable[object]]


class Asked:
    """A store that is asked as the doors ask."""

    def __init__(self, clock: FakeClock) -> None:
        self.store = MemoryStore(clock)
        self.service = StatusService(self.store)
        self.sweeper = Sweeper(self.store, clock)
        self.answers = QuickAnswers(self.service)
        self.methods = self.answers.by_name()
        self.known = 0

    def ask(self, method: str, user_id: str) -> bytes | None:
        data = pb.GetStatusRequest(account_id=ACCOUNT, user_id=user_id).SerializeToString()
        recall, answer_about, answer = self.methods[method]
        user = recall(data)
        if user is not None:
            self.known += 1
            return answer_about(user)
        request: Any = getattr(pb, f"{method}Request").FromString(data)
        return answer(request, data)


ROUTED = [
    (pb.ListAvailableUsersRequest(account_id=ACCOUNT, order=order, limit=limit, max_engagements=most, team_id=team_id))
    for order, limit, most, team_id in (
        (pb.AVAILABILITY_ORDER_UNSPECIFIED, 1, 0, ""),
        (pb.AVAILABILITY_ORDER_LONGEST_IDLE, 2, 1, ""),
        (pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE, 0, 0, ""),
        (pb.AVAILABILITY_ORDER_LONGEST_AVAILABLE, 3, 2, "care"),
    )
]


class Twins:
    """The same events for two stores, of which one is asked by its methods only."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.plain, self.quick = Asked(self.clock), Asked(self.clock)
        self.routed = 0
        self.batches = 0

    async def open(self) -> None:
        for each in (self.plain, self.quick):
            await each.store.open()
            await each.service.update_workflow(ACCOUNT, WORKFLOW)

    async def both(self, act: Act) -> None:
        refused = []
        for each in (self.plain, self.quick):
            try:
                await act(each.service)
                refused.append("")
            except DomainError as error:
                refused.append(str(error))
        assert refused[0] == refused[1]

    async def elapse(self, ms: int) -> None:
        """Let time go by, with the heartbeats of a server: without them an outage would restart all clocks."""
        while ms > 0:
            step_ms = min(ms, BEAT_MS)
            self.clock.advance(step_ms)
            ms -= step_ms
            if step_ms == BEAT_MS:
                await self.plain.store.heartbeat()
                await self.quick.store.heartbeat()

    async def activity(self, user_id: str) -> None:
        expected = answer_with(ACCOUNT, await self.plain.service.record_activity(ACCOUNT, user_id))
        answer = self.quick.ask("RecordActivity", user_id)
        if answer is None:
            answer = answer_with(ACCOUNT, await self.quick.service.record_activity(ACCOUNT, user_id))
        assert answer == expected

    async def sweep(self, _: str) -> None:
        for each in (self.plain, self.quick):
            await each.sweeper.sweep_once()

    async def compare(self) -> int:
        """Ask about every user; return how many answers took no wait."""
        quickly = 0
        for user_id in USERS:
            for _ in range(3):
                answer = self.quick.ask("GetStatus", user_id)
                try:
                    expected = answer_with(ACCOUNT, await self.plain.service.get_status(ACCOUNT, user_id))
                except UserUnknown:
                    assert answer is None
                else:
                    quickly += answer is not None
                    assert answer in (None, expected)
        await self.compare_batch()
        for request in ROUTED:
            await self.compare_available(request)
        return quickly

    async def compare_batch(self) -> None:
        """Ask about some of those known, with repetitions, and about somebody who is not."""
        for user_ids in (USERS, USERS[::-1] + USERS, USERS[1:], (*USERS, "nobody")):
            statuses = await self.plain.service.batch_get_statuses(ACCOUNT, user_ids)
            expected = pb.BatchGetStatusesResponse(unknown_user_ids=statuses.unknown_user_ids)
            fill_user_statuses(expected.user_statuses, ACCOUNT, statuses.views)
            answer = await self.quick.answers.batch(ACCOUNT, user_ids)
            assert answer in (None, expected.SerializeToString())
            assert answer is None or not statuses.unknown_user_ids
            self.batches += answer is not None

    async def compare_available(self, request: pb.ListAvailableUsersRequest) -> bytes | None:
        data, method = request.SerializeToString(), self.quick.methods["ListAvailableUsers"]
        answer: bytes | None = None
        for _ in range(2):
            known = method.recall(data)
            answer = method.answer(request, data) if known is None else method.answer_about(known)
            available = await self.plain.service.list_available_users(
                ACCOUNT,
                order=from_order(request.order),
                limit=request.limit,
                max_engagements=request.max_engagements,
                team_id=request.team_id,
            )
            expected = pb.ListAvailableUsersResponse(available_count=available.total)
            fill_user_statuses(expected.user_statuses, ACCOUNT, available.views)
            assert answer in (None, expected.SerializeToString())
            self.routed += answer is not None
        return answer


async def _set(service: StatusService, user_id: str, **values: Any) -> object:
    return await service.set_status(ACCOUNT, user_id, **values)


EVENTS: dict[str, Callable[[str], Act]] = {
    "shift": lambda user: lambda s: _set(s, user, status=Status.ONLINE, ttl_ms=3_600 * SECOND),
    "online": lambda user: lambda s: _set(s, user, status=Status.ONLINE, actor="bo", reason="shift"),
    "away": lambda user: lambda s: _set(s, user, status=Status.AWAY, actor=user),
    "offline": lambda user: lambda s: _set(s, user, status=Status.OFFLINE, actor=user),
    "away until": lambda user: lambda s: _set(s, user, status=Status.AWAY, ttl_ms=30 * SECOND, then=Then.ONLINE),
    "session": lambda user: lambda s: s.keep_session(ACCOUNT, user, "tab", 30 * SECOND, 5 * SECOND),
    "no session": lambda user: lambda s: s.end_session(ACCOUNT, user, "tab"),
    "call": lambda user: lambda s: s.keep_engagement(ACCOUNT, user, "case", 20 * SECOND),
    "long call": lambda user: lambda s: s.keep_engagement(ACCOUNT, user, "case", 90 * SECOND),
    "no call": lambda user: lambda s: s.end_engagement(ACCOUNT, user, "case"),
    "name": lambda user: lambda s: s.update_user(ACCOUNT, user, {"display_name": "Ada L."}),
    "team": lambda user: lambda s: s.update_user(ACCOUNT, user, {"team_id": "care"}),
    "no team": lambda user: lambda s: s.update_user(ACCOUNT, user, {"team_id": ""}),
    "erased": lambda user: lambda s: s.delete_user(ACCOUNT, user),
    "workflow": lambda _: lambda s: s.update_workflow(ACCOUNT, {"away_after_ms": 45 * SECOND}),
    "of the team": lambda _: lambda s: s.update_workflow(ACCOUNT, {"away_after_ms": 20 * SECOND}, team_id="care"),
    "off": lambda _: lambda s: s.update_workflow(ACCOUNT, {"enabled": False}),
    "on": lambda _: lambda s: s.update_workflow(ACCOUNT, {"enabled": True}),
}
walks = st.lists(
    st.tuples(
        st.sampled_from([*EVENTS, "activity", "activity", "activity", "sweep", "beat"]),
        st.sampled_from(USERS),
        st.sampled_from([0, 0, 1, 999, SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND, 41 * SECOND, 75 * SECOND]),
    ),
    max_size=24,
)


@settings(max_examples=60, deadline=None)
@given(walks)
def test_answers_are_those_of_the_methods(walk: list[tuple[str, str, int]]) -> None:
    async def go() -> None:
        twins = Twins()
        await twins.open()
        for event, user_id, then_ms in walk:
            if event == "activity":
                await twins.activity(user_id)
            elif event == "sweep":
                await twins.sweep(user_id)
            elif event == "beat":
                await twins.plain.store.heartbeat()
                await twins.quick.store.heartbeat()
            else:
                await twins.both(EVENTS[event](user_id))
            await twins.compare()
            await twins.elapse(then_ms)
            await twins.compare()

    asyncio.run(go())


def test_the_usual_calls_are_answered_without_a_wait_and_by_what_is_known() -> None:
    async def go() -> None:
        twins = Twins()
        await twins.open()
        for user_id in USERS:
            await twins.activity(user_id)
        assert await twins.compare() == 9
        assert twins.routed == 4, "nobody has a team, and the third asks for many"
        assert twins.batches == 3, "all but the one about somebody who is not known"
        known = twins.quick.known
        for _ in range(5):
            twins.clock.advance(100)
            for user_id in USERS:
                await twins.activity(user_id)
            assert await twins.compare() == 9
        assert twins.quick.known == known + 5 * (3 + 9)

    asyncio.run(go())


Events = tuple[tuple[str, str], ...]
BO_ALONE: Events = (("shift", "ada"), ("offline", "cy"))
"""Nobody else waits for inactivity, so that nothing else makes anybody look when something is due of Bo."""


@pytest.mark.parametrize(
    ("before", "meanwhile"),
    [
        ((), ()),
        ((("away until", "bo"),), ()),
        ((("session", "bo"),), ()),
        ((("session", "bo"), ("no session", "bo")), ()),
        ((*BO_ALONE, ("long call", "bo")), ()),
        ((("team", "bo"), ("of the team", "bo")), ()),
        ((*BO_ALONE, ("team", "bo"), ("offline", "bo")), (("online", "bo"),)),
        (BO_ALONE, (("workflow", "bo"),)),
        ((), (("away", "ada"),)),
    ],
)
def test_whoever_falls_due_is_no_longer_counted_from_that_moment_on(before: Events, meanwhile: Events) -> None:
    async def go() -> None:
        twins = Twins()
        await twins.open()
        for user_id in USERS:
            await twins.activity(user_id)
            await twins.elapse(SECOND)
        for event, user_id in before:
            await twins.both(EVENTS[event](user_id))
        totals = set()
        for step in range(400):
            for event, user_id in meanwhile if step == 20 else ():
                await twins.both(EVENTS[event](user_id))
            twins.clock.advance(SECOND // 2)
            for each in (twins.plain, twins.quick):
                await each.store.heartbeat()
            # The first one stays, so that only the number changes.
            await twins.activity("ada")
            answer = await twins.compare_available(ROUTED[0])
            if answer is None:
                await twins.sweep("")
                answer = await twins.compare_available(ROUTED[0])
            assert answer is not None
            totals.add(pb.ListAvailableUsersResponse.FromString(answer).available_count)
        assert len(totals) > 1

    asyncio.run(go())


def test_nothing_is_known_of_anybody_once_somebody_is_erased() -> None:
    async def go() -> None:
        asked = Asked(FakeClock())
        await asked.store.open()
        await asked.service.record_activity(ACCOUNT, "ada")
        for _ in range(3):
            asked.ask("GetStatus", "ada")
        assert asked.known == 1
        asked.answers.forget()
        asked.ask("GetStatus", "ada")
        assert asked.known == 1

    asyncio.run(go())


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        monkeypatch.setattr(quick, "KNOWN_MAX", 2)
        asked = Asked(FakeClock())
        await asked.store.open()
        for user_id in USERS:
            await asked.service.record_activity(ACCOUNT, user_id)
            for _ in range(3):
                asked.ask("GetStatus", user_id)
        assert asked.known == 3
        asked.ask("GetStatus", "ada")
        assert asked.known == 3
        asked.ask("GetStatus", "cy")
        assert asked.known == 4

    asyncio.run(go())


@pytest.mark.parametrize("walk_of", [USERS, USERS * 3])
def test_those_of_a_batch_who_do_not_stay_found_are_answered_for_as_well(
    monkeypatch: pytest.MonkeyPatch, walk_of: tuple[str, ...]
) -> None:
    async def go() -> None:
        monkeypatch.setattr(fast_path, "FOUND_MAX", 2)
        monkeypatch.setattr(fast_path, "_FOUND_AT_ONCE", 1)
        monkeypatch.setattr(fast_path, "_REPLACED_AT_ONCE", 1)
        monkeypatch.setattr(steps, "STEP", 2)
        twins = Twins()
        await twins.open()
        answered = [0]
        for user_id in walk_of:
            await twins.activity(user_id)
            await twins.compare_batch()
            twins.clock.advance(100)
            answered.append(twins.batches)
        assert answered[-1] == answered[-2] + 3
        assert isinstance(twins.quick.store.immediate, fast_path.FastPath)
        assert len(twins.quick.store.immediate._users) == 2

    asyncio.run(go())


def test_a_batch_that_is_not_well_formed_is_left_to_the_method() -> None:
    async def go() -> None:
        asked = Asked(FakeClock())
        await asked.store.open()
        await asked.service.record_activity(ACCOUNT, "ada")
        for user_ids in ((), ("ada",) * (BATCH_GET_MAX + 1)):
            assert await asked.answers.batch(ACCOUNT, user_ids) is None
        assert await asked.answers.batch("other", ("ada",)) is None
        assert await asked.answers.batch(ACCOUNT, ("ada",) * BATCH_GET_MAX) is not None

    asyncio.run(go())


def test_an_activity_with_a_time_is_not_taken_for_one_of_now() -> None:
    async def go() -> None:
        clock = FakeClock()
        asked = Asked(clock)
        await asked.store.open()
        await asked.service.record_activity(ACCOUNT, "ada")
        request = pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ada")
        request.activity_time.FromMilliseconds(clock.now() - SECOND)
        data = request.SerializeToString()
        # To the other method its time is an unknown field.
        for _ in range(3):
            assert asked.methods["GetStatus"].answer(pb.GetStatusRequest.FromString(data), data) is not None
        assert asked.methods["RecordActivity"].recall(data) is None
        assert asked.methods["RecordActivity"].answer(request, data) is None

    asyncio.run(go())


def test_of_two_malformed_fields_the_one_is_named_that_the_method_names() -> None:
    async def go() -> None:
        asked = Asked(FakeClock())
        await asked.store.open()
        request = pb.ListAvailableUsersRequest(account_id=ACCOUNT, order=99, limit=-1)  # type: ignore[arg-type]
        with pytest.raises(InvalidField) as refused:
            asked.methods["ListAvailableUsers"].answer(request, request.SerializeToString())
        assert refused.value.violations[0].field == "order"

    asyncio.run(go())
