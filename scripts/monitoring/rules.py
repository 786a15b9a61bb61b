"""Writes the alerts as Prometheus takes them: the rules, and the histories that `promtool test rules` feeds to them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .alerts import ALERTS, RUNBOOK, Alert

RULES = "onduty.rules.yml"
_HEAD = "# Written by `make monitoring` from scripts/monitoring/alerts.py.\n"


def rules() -> str:
    """The file of rules."""
    return _HEAD + "groups:\n  - name: onduty\n    rules:\n" + "".join(map(_rule, ALERTS))


def tests() -> str:
    """The file for `promtool test rules`."""
    head = f"{_HEAD}rule_files:\n  - {RULES}\nevaluation_interval: 15s\ntests:\n"
    return head + "".join("".join(_test(alert)) for alert in ALERTS)


def runbook(alert: Alert) -> str:
    """Where the runbook of an alert is."""
    return f"{RUNBOOK}#{alert.name.lower()}"


def _rule(alert: Alert) -> str:
    return (
        f"      - alert: {alert.name}\n"
        f"        expr: {_quoted(alert.expr)}\n"
        f"        for: {alert.lasts}\n"
        f"        labels:\n          severity: {alert.severity}\n"
        f"        annotations:\n          summary: {_quoted(alert.summary)}\n"
        f"          runbook: {runbook(alert)}\n"
    )


def _test(alert: Alert) -> Iterator[str]:
    yield f"  - name: {alert.name}\n    interval: 15s\n    input_series:\n"
    for series, values in alert.series.items():
        yield f"      - series: {_quoted(series)}\n        values: {_quoted(values)}\n"
    yield "    alert_rule_test:\n"
    yield f"      - eval_time: {alert.quiet_at}\n        alertname: {alert.name}\n        exp_alerts: []\n"
    yield f"      - eval_time: {alert.fires_at}\n        alertname: {alert.name}\n        exp_alerts:\n"
    labels = {**alert.labels, "severity": alert.severity}
    yield f"          - exp_labels: {json.dumps(labels)}\n"
    annotations = {"summary": alert.summary, "runbook": runbook(alert)}
    yield f"            exp_annotations: {json.dumps(annotations)}\n"


def _quoted(text: str) -> str:
    # A string of JSON is one of YAML.
    return json.dumps(text)
