"""The worked example in the docstring of `domain.rules` comes out as it is written."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.builders import HOUR, MINUTE
from tests.unit.life import Life

from onduty_server.domain import rules
from onduty_server.domain.record import UserRecord
from onduty_server.domain.rules import Policy, record_activity, set_status, settle, view
from onduty_server.domain.status import Resume, Status
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, revise

MIN_ROWS = 12


def ms(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def clock(time_ms: int) -> str:
    return f"{time_ms // HOUR:02}:{time_ms % HOUR // MINUTE:02}"


def table(third_column: str) -> list[list[str]]:
    """The rows of the table in the docstring whose third column has this name."""
    assert rules.__doc__ is not None
    lines = [line.strip() for line in rules.__doc__.splitlines() if line.strip().startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    begin = next(i for i, row in enumerate(cells) if row[:3] == ["time", "event", third_column]) + 1
    end = next((i for i in range(begin, len(cells)) if cells[i][0] == "time"), len(cells))
    assert end - begin >= MIN_ROWS
    return cells[begin:end]


def test_the_worked_example_is_true() -> None:
    rows = table("state")

    workflow = revise(
        DEFAULT_WORKFLOW,
        {
            "enabled": True,
            "away_after_ms": 10 * MINUTE,
            "offline_after_ms": 30 * MINUTE,
            "resume": Resume.FROM_AWAY,
        },
        now=ms("08:00"),
        actor="kim",
        revision=1,
    )
    policy = Policy(workflow)
    record = UserRecord("ada")
    for row in rows:
        time, event, *_ = row
        now = ms(time)
        match event.split():
            case ["read"]:
                pass
            case ["sweep"]:
                record = settle(record, policy, now).record
            case ["activity"]:
                record = record_activity(record, policy, activity_time=now, now=now).record
            case ["set", name]:
                record = set_status(
                    record, policy, status=Status[name], now=now, actor="ada", reason="", expected_revision=None
                ).record
            case ["outage", "is", "over"]:
                # Everything due before the outage began, ten minutes ago, is settled first.
                record = settle(record, policy, now - 10 * MINUTE).record
                policy = replace(policy, floor=now)
            case _:
                raise AssertionError(f"an event of no known kind: {event}")
        shown = view(record, policy, now)
        state = settle(record, policy, now).record.state
        assert (state.status, state.cause) == (shown.status, shown.cause)
        due = "-" if shown.next_status is None else f"{shown.next_status.name} {clock(shown.next_status_time or 0)}"
        assert [time, event, state.name, clock(shown.status_since), clock(record.clock), due] == row


def test_the_example_with_the_other_layers_is_true() -> None:
    life = Life(enabled=True, away_after_ms=10 * MINUTE, offline_after_ms=30 * MINUTE, disconnect_after_ms=MINUTE)
    units = {"min": MINUTE, "h": HOUR}
    for row in table("own"):
        time, event, *_ = row
        match event.split():
            case ["read"]:
                pass
            case ["activity"]:
                life.activity(time)
            case ["session", "for", number, unit]:
                life.keep(time, ttl=int(number) * units[unit])
            case ["session", "ends"]:
                life.close(time)
            case ["call", "for", number, unit]:
                life.engage(time, ttl=int(number) * units[unit])
            case ["call", "ends"]:
                life.hang_up(time)
            case [status, "until", end]:
                life.set(time, status, until=end)
            case _:
                raise AssertionError(f"an event of no known kind: {event}")
        shown = life.view(time)
        settled = settle(life.record, life.policy, ms(time)).record
        assert (settled.shown.status, settled.shown.cause) == (shown.status, shown.cause)
        due = "-" if shown.next_status is None else f"{shown.next_status.name} {clock(shown.next_status_time or 0)}"
        assert [time, event, settled.state.name, settled.shown.name, clock(shown.status_since), due] == row
