"""The life of a process: its settings, wiring, clock, logs, metrics and signals."""
