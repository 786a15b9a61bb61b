"""onduty's engine with so many users in so many accounts, in virtual time: what each user, activity and switch costs.

Users come one after the other, are active twice more, then nobody is, until everybody has fallen due once. The sweep is
timed chunk by chunk, in CPU time: the longest is how long a request could have to wait for it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from onduty_server.app.limits import SWEEP_CHUNK
from onduty_server.process.logs import configure

from .onduty_engine import ACCOUNT, Engine
from .workload import START_MS, percentiles, user_ids

_AWAY_AFTER_MS = 600_000
_BATCH = 1_000
_ROUNDS = 2


def measure(users: int, accounts: int) -> dict[str, float]:
    """Grow, be active, fall due."""
    engine = Engine()
    names = [ACCOUNT if number == 0 else f"{ACCOUNT}-{number}" for number in range(accounts)]
    ids = user_ids(users)
    before = engine.memory_bytes()
    began = time.process_time()
    for name in names:
        engine.do(engine.service.update_workflow(name, {"enabled": True, "away_after_ms": _AWAY_AFTER_MS}))
    configure_us = (time.process_time() - began) * 1e6 / accounts
    with_accounts = engine.memory_bytes()

    of_account = [ids[number * users // accounts : (number + 1) * users // accounts] for number in range(accounts)]
    engine.advance(START_MS + 1_000)
    began = time.process_time()
    for name, members in zip(names, of_account, strict=True):
        for first in range(0, len(members), _BATCH):
            engine.record(name, members[first : first + _BATCH])
    create_us = (time.process_time() - began) * 1e6 / users
    with_users = engine.memory_bytes()

    touch = engine.store.immediate.touch
    activity_us = []
    for number in range(_ROUNDS):
        engine.advance(START_MS + 2_000 + number * 1_000)
        began = time.process_time()
        for name, members in zip(names, of_account, strict=True):
            for user in members:
                if not touch(name, user, None):
                    raise AssertionError("an activity that changes nothing takes the fast path")
        activity_us.append((time.process_time() - began) * 1e6 / users)
    idle_bytes = engine.memory_bytes()

    engine.clock.time = START_MS + 2_000 + _ROUNDS * 1_000 + _AWAY_AFTER_MS
    engine.do(engine.store.heartbeat())
    began, chunks_ms, switched = time.process_time(), [], 0
    while True:
        chunk = time.process_time()
        sweep = engine.do(engine.store.settle_due(SWEEP_CHUNK))
        chunks_ms.append((time.process_time() - chunk) * 1_000)
        switched += sweep.switched
        if sweep.next_due is None or sweep.next_due > engine.clock.time:
            break
    assert switched == users, f"of {users} users, {switched} were switched"
    switch_us = (time.process_time() - began) * 1e6 / users
    _, p99, slowest = percentiles(chunks_ms)
    return {
        "bytes_per_user": (with_users - with_accounts) / users,
        "idle_bytes_per_user": (idle_bytes - with_accounts) / users,
        "bytes_per_account": (with_accounts - before) / accounts,
        "configure_us": configure_us,
        "create_us": create_us,
        "activity_us": min(activity_us),
        "switch_us": switch_us,
        "chunk_p99_ms": p99,
        "chunk_max_ms": slowest,
    }


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--accounts", type=int, required=True)
    options = parser.parse_args()
    # Ten minutes that pass at once look like an outage, of which the store would warn.
    configure("error", as_json=False)
    json.dump(measure(options.users, options.accounts), sys.stdout)


if __name__ == "__main__":
    main()
