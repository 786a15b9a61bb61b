"""How large the benchmarks are: the sizes that the goals name, and smaller ones for trying and testing the harness."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of one run."""

    name: str

    users: int
    """In the database that lateness, restart, memory and storm share."""
    switches_per_s: int
    """How many of them fall due each second."""
    lateness_s: float
    """How long each phase of the lateness benchmark is."""
    background_calls_per_s: int
    """Activities, and as many reads again, in the busy phase of the lateness benchmark."""

    call_processes: int
    """Of each kind of server."""
    call_rounds: int
    calls_per_round: int
    call_users: int

    rate_users: tuple[int, ...]
    rate_operations: int

    storm_reads_per_s: int
    storm_quiet_s: float

    stream_users: int
    stream_s: float
    unary_s: float

    mirror_users: int
    mirror_reads: int
    delivery_per_s: int
    """Changes."""
    delivery_s: float

    fan_out_watchers: tuple[int, ...]
    fan_out_per_s: int
    """Changes."""
    fan_out_s: float
    """How long each phase is."""
    memory_watchers: int
    idle_watchers: int
    idle_s: float
    idle_within_s: float
    """The longer time between bookmarks."""
    idle_settle_s: float
    """How long after the last snapshot it is measured."""

    redis_switched_users: int
    redis_memory_users: int
    overload_s: float
    """How long each phase is."""
    overload_loads: int

    report_users: int
    report_changes: int
    report_team_users: int
    report_team_changes: int
    report_s: float
    """How long reads are made beside reports, and without."""

    board_people: int
    board_phase_s: float
    board_memory_s: float

    @property
    def away_after_s(self) -> float:
        """The period with which `users` spread evenly over it fall due at `switches_per_s`."""
        return self.users / self.switches_per_s


FULL = Scale(
    name="full",
    users=1_000_000,
    switches_per_s=500,
    lateness_s=20,
    background_calls_per_s=250,
    call_processes=3,
    call_rounds=60,
    calls_per_round=500,
    call_users=10_000,
    rate_users=(1, 10_000, 100_000),
    rate_operations=600_000,
    storm_reads_per_s=200,
    storm_quiet_s=5,
    stream_users=100_000,
    stream_s=12,
    unary_s=4,
    mirror_users=100_000,
    mirror_reads=3_000_000,
    delivery_per_s=500,
    delivery_s=10,
    fan_out_watchers=(0, 1, 100, 1_000),
    fan_out_per_s=200,
    fan_out_s=4,
    memory_watchers=1_000,
    idle_watchers=5_000,
    idle_s=9,
    idle_within_s=5,
    idle_settle_s=3,
    redis_switched_users=100_000,
    redis_memory_users=1_000_000,
    overload_s=6,
    overload_loads=3,
    report_users=200_000,
    report_changes=10_000_000,
    report_team_users=500,
    report_team_changes=310_000,
    report_s=15,
    board_people=20_000,
    board_phase_s=20,
    board_memory_s=600,
)

QUICK = Scale(
    name="quick",
    users=20_000,
    switches_per_s=500,
    lateness_s=4,
    background_calls_per_s=100,
    call_processes=2,
    call_rounds=4,
    calls_per_round=500,
    call_users=1_000,
    rate_users=(1, 1_000),
    rate_operations=50_000,
    storm_reads_per_s=200,
    storm_quiet_s=1,
    stream_users=10_000,
    stream_s=2,
    unary_s=1,
    mirror_users=10_000,
    mirror_reads=500_000,
    delivery_per_s=500,
    delivery_s=2,
    fan_out_watchers=(0, 1, 100),
    fan_out_per_s=200,
    fan_out_s=2,
    memory_watchers=100,
    idle_watchers=500,
    idle_s=6,
    idle_within_s=5,
    idle_settle_s=3,
    redis_switched_users=10_000,
    redis_memory_users=20_000,
    overload_s=3,
    overload_loads=2,
    report_users=10_000,
    report_changes=500_000,
    report_team_users=500,
    report_team_changes=310_000,
    report_s=3,
    board_people=20_000,
    board_phase_s=5,
    board_memory_s=20,
)

TINY = Scale(
    name="tiny",
    users=2_000,
    switches_per_s=100,
    lateness_s=0.5,
    background_calls_per_s=50,
    call_processes=1,
    call_rounds=2,
    calls_per_round=20,
    call_users=20,
    rate_users=(1, 50),
    rate_operations=1_000,
    storm_reads_per_s=200,
    storm_quiet_s=0.3,
    stream_users=1_000,
    stream_s=0.4,
    unary_s=0.2,
    mirror_users=100,
    mirror_reads=10_000,
    delivery_per_s=100,
    delivery_s=0.5,
    fan_out_watchers=(0, 10),
    fan_out_per_s=100,
    fan_out_s=0.3,
    memory_watchers=10,
    idle_watchers=10,
    idle_s=1.6,
    idle_within_s=1.2,
    idle_settle_s=0.3,
    redis_switched_users=500,
    redis_memory_users=2_000,
    overload_s=0.5,
    overload_loads=1,
    report_users=500,
    report_changes=10_000,
    report_team_users=20,
    report_team_changes=1_000,
    report_s=0.5,
    board_people=500,
    board_phase_s=0.5,
    board_memory_s=0.5,
)
