"""Writes what operators watch onduty with: alert rules with their tests, the dashboard, and the pages about them.

`python -m scripts.monitoring` writes all of it, and `--check` fails if it is out of date or promtool refuses it.
"""
