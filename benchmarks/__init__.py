"""Benchmarks of the real service: its speed and its cost, printed with a description of the machine.

`make bench` runs everything; `make bench ARGS="--help"` tells the rest. Each benchmark is a module whose docstring says
what it measures and what it leaves out; the results of the last full run are in `results/`.
"""
