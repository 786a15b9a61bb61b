"""Says at the end of a run how much was killed and checked, so that it is seen that the load was real."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        if "tests/faults/" in report.nodeid and report.user_properties:
            counted = ", ".join(f"{name} {value:,}" for name, value in report.user_properties)
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {counted}")
