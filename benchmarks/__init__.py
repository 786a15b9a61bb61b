"""What onduty costs and how fast it is, measured on the real service and printed with the machine named.

`make bench` runs everything; `make bench ARGS="--help"` tells the rest. Each benchmark is a module whose docstring says
what it measures and what it leaves out; the results of the last full run are in `results/`.
"""
