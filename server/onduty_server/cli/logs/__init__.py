"""Logs of activities: what `simulate` and `replay` read."""
