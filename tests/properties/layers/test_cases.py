"""The cases with exact times hold: of the model, of the rules alone, and of the service over every store."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.properties.layers.cases import closing, disconnecting, ends, engagements, foundations, lunches, returning
from tests.properties.layers.cases.table import ANY, MIDNIGHT, Available, Case, Down, Refuses, Shows, Unknown, at, clock
from tests.properties.layers.driver import Driver, ModelDriver
from tests.properties.layers.events import Change, Configure, Event, Outage, Refusal, Refused, Then, View
from tests.properties.lazy import LazyAccount
from tests.properties.live import LiveAccount
from tests.stores.backends import BACKENDS

CASES: tuple[Case, ...] = (
    foundations.CASES
    + closing.CASES
    + returning.CASES
    + disconnecting.CASES
    + lunches.CASES
    + ends.CASES
    + engagements.CASES
)
ADA = "ada"


@pytest.fixture(params=["model", "rules", "memory", "memory, swept", "sqlite", "redis", "redis, swept"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Driver]:
    """The model, the rules alone, and the service over every store: swept all along, and only at the end."""
    name: str = request.param
    if name in ("model", "rules"):
        yield ModelDriver(MIDNIGHT) if name == "model" else LazyAccount(MIDNIGHT)
        return
    store, _, swept = name.partition(", ")
    account = LiveAccount(BACKENDS[store](tmp_path), MIDNIGHT, swept=bool(swept))
    yield account
    account.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_with_exact_times(case: Case, service: Driver) -> None:
    for when, row in case.rows:
        service.to(at(when))
        match row:
            case Shows():
                assert told(service.view(ADA), row) == row, when
            case Available():
                assert (ADA in service.available(row.max_engagements)) is row.expected, when
            case Unknown():
                assert refusal(lambda: service.view(ADA)) is Refusal.USER_UNKNOWN, when
            case Refuses():
                before = shown_or_unknown(service)
                event = row.event
                assert refusal(lambda event=event: let(service, event)) is row.because, when  # type: ignore[misc]
                assert shown_or_unknown(service) == before, when
            case Down():
                service.outage(at(row.until))
            case _:
                let(service, row)
    if case.history is not None:
        assert tuple(map(entry, service.changes(ADA))) == case.history


def let(service: Driver, event: Event) -> None:
    match event:
        case Configure():
            service.configure(**dict(event.patch))
        case Outage():
            raise TypeError("write Down")
        case _:
            assert service.do(ADA, event) == service.view(ADA)


def refusal(call: Callable[[], object]) -> Refusal | None:
    try:
        call()
    except Refused as refused:
        return refused.refusal
    return None


def shown_or_unknown(service: Driver) -> View | None:
    return None if refusal(lambda: service.view(ADA)) else service.view(ADA)


def told(view: View, asked: Shows) -> Shows:
    """The view in the words of the table, as far as the row asks."""
    following = "" if view.next_status is None else f"{view.next_status} {view.next_cause} {clock(view.next_time or 0)}"
    assert view.available is (view.status == "ONLINE")
    return Shows(
        is_=f"{view.status} {view.cause}",
        since=ANY if asked.since is ANY else clock(view.since),
        next=ANY if asked.next is ANY else following,
        until=ANY if asked.until is ANY else "" if view.expire_time is None else clock(view.expire_time),
        connected=ANY if asked.connected is ANY else view.connected,
        engagements=ANY if asked.engagements is ANY else view.engagements,
        by=ANY if asked.by is ANY else f"{view.actor}: {view.reason}".strip(),
        last_activity=ANY
        if asked.last_activity is ANY
        else ""
        if view.last_activity is None
        else clock(view.last_activity),
    )


def entry(change: Change) -> str:
    text = f"{clock(change.at)} {change.previous or '-'}>{change.status} {change.cause}"
    if change.expire_time is not None:
        text += f" until {clock(change.expire_time)}"
    return text if change.then in (None, Then.AUTOMATIC) else f"{text} then {change.then}"


def test_the_cases_have_names_of_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_rows_of_a_case_go_forward_in_time_and_end_with_something_seen() -> None:
    for case in CASES:
        times = [at(when) for when, _ in case.rows]
        assert times == sorted(times), case.name
        assert any(isinstance(row, Shows | Available | Refuses | Unknown) for _, row in case.rows), case.name


def test_every_question_that_a_case_rests_on_is_answered_in_the_decisions() -> None:
    root = next(place for place in Path(__file__).parents if (place / "pyproject.toml").exists())
    answered = set(re.findall(r"^\| (Q\d+) \|", (root / "docs" / "decisions.md").read_text(), re.MULTILINE))
    assert {question for case in CASES for question in case.rests_on} <= answered
