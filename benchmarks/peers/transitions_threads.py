"""`transitions` with `Timeout`, as its documentation shows: a model a user, timed states, a thread for each timer.

Its timers are threads that sleep, so this is in real time: users are active for some rounds as fast as it goes, and a
last time one after the other, evenly over the period; they fall AWAY and OFFLINE a period and two periods after that.
A trigger that raises, in the program or in a timer's thread, is counted; so is the number of users at which no further
thread could be had. The number of threads is bounded from outside: others live on the machine too.
"""

from __future__ import annotations

import argparse
import os
import threading
import time

from transitions import Machine
from transitions.extensions.states import Timeout, add_state_features

from .workload import Measured, percentiles, report, rss_bytes, user_ids


@add_state_features(Timeout)
class _TimedMachine(Machine):  # type: ignore[misc, unused-ignore]
    pass


class _User:
    def __init__(self) -> None:
        self.last = 0.0
        self.away_at: list[float] = []
        self.offline_at: list[float] = []

    def on_enter_away(self) -> None:
        self.away_at.append(time.perf_counter())

    def on_enter_offline(self) -> None:
        self.offline_at.append(time.perf_counter())


def measure(users: int, rounds: int, away_s: float, patience_s: float) -> Measured:
    """Add models, be active, stop, and wait."""
    failed: list[str] = []
    threading.excepthook = lambda failure: failed.append(failure.exc_type.__name__)
    states = [
        {"name": "online", "timeout": away_s, "on_timeout": "idle"},
        {"name": "away", "timeout": away_s, "on_timeout": "gone"},
        "offline",
    ]
    transitions = [["activity", "*", "online"], ["idle", "online", "away"], ["gone", "away", "offline"]]
    ids, before_bytes = user_ids(users), rss_bytes()
    machine = _TimedMachine(
        model=None, states=states, transitions=transitions, initial="offline", auto_transitions=False
    )
    models: list[_User] = []
    note = ""
    for _ in ids:
        model = _User()
        machine.add_model(model)
        try:
            model.activity()  # type: ignore[attr-defined]
        except RuntimeError:
            note = f"no thread could be started for user {len(models) + 1:,}"
            break
        models.append(model)
    bytes_per_user, entries = (rss_bytes() - before_bytes) / len(models), threading.active_count() - 1
    started, started_cpu, activities = time.perf_counter(), time.process_time(), 0
    for _ in range(rounds):
        for model in models:
            try:
                model.activity()  # type: ignore[attr-defined]
                activities += 1
            except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
                failed.append(type(error).__name__)
    active_s, active_cpu_s = time.perf_counter() - started, time.process_time() - started_cpu

    started_cpu, started = time.process_time(), time.perf_counter()
    for place, model in enumerate(models):
        time.sleep(max(0.0, started + place * away_s / len(models) - time.perf_counter()))
        # Before the trigger: its timer starts somewhere within it.
        model.last = time.perf_counter()
        try:
            model.activity()  # type: ignore[attr-defined]
        except Exception as error:  # noqa: BLE001 (as above)
            failed.append(type(error).__name__)
    limit = time.perf_counter() + 2 * away_s + patience_s
    while threading.active_count() > 1 and time.perf_counter() < limit:
        time.sleep(0.05)
    late_ms: list[float] = []
    early = 0
    for model in models:
        for at, due in ((model.away_at, model.last + away_s), (model.offline_at, model.last + 2 * away_s)):
            if at and at[-1] >= due:
                late_ms.append((at[-1] - due) * 1_000)
            early += sum(each < due for each in at)
    if failed:
        kinds = ", ".join(sorted(set(failed)))
        note = f"{note}; {len(failed):,} triggers raised ({kinds})".removeprefix("; ")
    return Measured(
        len(models),
        activities,
        active_s,
        active_cpu_s,
        bytes_per_user,
        entries,
        2 * len(models),
        len(late_ms),
        early,
        percentiles(late_ms),
        time.process_time() - started_cpu,
        note,
        real_time=True,
    )


def main() -> None:
    """Do it, print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--away-s", type=float, required=True)
    parser.add_argument("--patience-s", type=float, required=True)
    options = parser.parse_args()
    # The default of 8 MiB of stack is address space, not memory; less of it lets more threads live.
    threading.stack_size(256 * 1_024)
    report(measure(options.users, options.rounds, options.away_s, options.patience_s))
    # Without waiting for the threads that are left.
    os._exit(0)


if __name__ == "__main__":
    main()
