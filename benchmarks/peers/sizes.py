"""How large the comparisons are: as the page has them, for a look, and for testing that they run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of one run."""

    name: str

    # timers
    users: int
    """For peers that bear them; the slower ones get a tenth or fewer."""
    few_users: int
    rounds: int
    """Of 10 s each, the first one included; more than 60 reach the steady state of ten minutes' worth of timers."""
    slow_rounds: int
    many_users: int
    """Once more, for peers that bear them; 0 leaves it out."""
    thread_users: tuple[int, ...]
    thread_s: float
    expiring: int
    other_keys: int
    expiry_patience_s: float

    # reads
    read_users: tuple[int, ...]
    reads: int
    mirror_reads: int

    # the floor
    call_rounds: int
    calls_per_round: int
    stream_users: int
    stream_s: float
    profile_s: float

    # growth
    grown_users: tuple[int, ...]
    grown_accounts: tuple[int, ...]
    account_users: int
    grown_watchers: tuple[int, ...]
    watch_s: float
    storm_users: tuple[int, ...]


FULL = Sizes(
    name="full",
    users=100_000,
    few_users=10_000,
    rounds=64,
    slow_rounds=4,
    many_users=1_000_000,
    thread_users=(100, 1_000, 3_000),
    thread_s=5,
    expiring=1_000,
    other_keys=1_000_000,
    expiry_patience_s=40,
    read_users=(100, 1_000, 10_000),
    reads=2_000,
    mirror_reads=500_000,
    call_rounds=12,
    calls_per_round=1_000,
    stream_users=100_000,
    stream_s=5,
    profile_s=5,
    grown_users=(1_000, 10_000, 100_000, 1_000_000),
    grown_accounts=(1, 10, 100, 1_000, 10_000, 100_000),
    account_users=100_000,
    grown_watchers=(0, 1, 10, 100, 1_000, 5_000),
    watch_s=5,
    storm_users=(10_000, 100_000, 1_000_000),
)

QUICK = Sizes(
    name="quick",
    users=5_000,
    few_users=500,
    rounds=64,
    slow_rounds=4,
    many_users=0,
    thread_users=(100, 300),
    thread_s=2,
    expiring=500,
    other_keys=100_000,
    expiry_patience_s=5,
    read_users=(100, 1_000),
    reads=300,
    mirror_reads=100_000,
    call_rounds=3,
    calls_per_round=500,
    stream_users=10_000,
    stream_s=1,
    profile_s=2,
    grown_users=(1_000, 10_000, 50_000),
    grown_accounts=(1, 100, 10_000),
    account_users=10_000,
    grown_watchers=(0, 10, 100),
    watch_s=2,
    storm_users=(5_000, 20_000),
)

TINY = Sizes(
    name="tiny",
    users=50,
    few_users=20,
    rounds=2,
    slow_rounds=2,
    many_users=0,
    thread_users=(5,),
    thread_s=0.3,
    expiring=20,
    other_keys=100,
    expiry_patience_s=0.2,
    read_users=(20,),
    reads=10,
    mirror_reads=1_000,
    call_rounds=2,
    calls_per_round=20,
    stream_users=100,
    stream_s=0.3,
    profile_s=0,
    grown_users=(100, 200),
    grown_accounts=(1, 10),
    account_users=50,
    grown_watchers=(0, 3),
    watch_s=0.5,
    storm_users=(500,),
)
