"""onduty beside what a user would pick instead: the same work, in one run, on one machine.

`make bench-peers` runs everything and writes `docs/benchmarks.md`; `make bench-peers ARGS="--help"` tells the rest. A
comparison is a module (`timers`, `reads`, `floor`, `growth`) that has each peer's module run as a process of its own,
in an environment of its own where the peer is not one of the project's locked packages anyway. A peer that cannot be
had is named with the reason, and the rest runs.
"""
