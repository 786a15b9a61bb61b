"""Writes the pages about alerts and metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Metric

from .alerts import ALERTS
from .rules import RULES

_HEAD = f"""<!-- Written by `make monitoring` from scripts/monitoring/alerts.py. -->
# Alerts

The rules are in [`deploy/prometheus/{RULES}`](../deploy/prometheus/{RULES}), the dashboard of what they are
about in [`deploy/grafana/onduty.json`](../deploy/grafana/onduty.json), and the metrics in
[operations.md](operations.md#health-readiness-and-metrics). The rules expect the job to be called `onduty`:

```
scrape_configs:
  - job_name: onduty
    static_configs:
      - targets: ["127.0.0.1:9464"]     # metrics_listen
rule_files:
  - onduty.rules.yml
```

Of the severities, `critical` means that calls fail, `warning` that they soon may or that something is late, and `info`
that somebody should know by tomorrow. Thresholds are what we would want to be woken for; change them to what you have
promised.
"""
_KINDS = {"counter": "counter", "gauge": "gauge", "histogram": "histogram"}


def alerts_page() -> str:
    """docs/alerts.md: for each alert what it means, what to look at, and what to do."""
    return _HEAD + "".join(
        f"\n## {alert.name}\n\n*{alert.summary}* ({alert.severity}, for {alert.lasts})\n\n"
        f"**Means.** {alert.means}\n\n**Look at.** {alert.look}\n\n**Do.** {alert.do}\n"
        for alert in ALERTS
    )


def metrics_table(families: Iterable[Metric]) -> str:
    """The rows of the metrics, by name."""
    rows = (
        f"| `{_name(each)}` | {_KINDS[each.type]} | {_labels(each)} | {each.documentation} |\n"
        for each in sorted(families, key=lambda each: each.name)
        if each.name.startswith("onduty_")
    )
    return "| metric | kind | labels | meaning |\n| --- | --- | --- | --- |\n" + "".join(rows)


def _name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def _labels(family: Metric) -> str:
    names = {name for sample in family.samples for name in sample.labels if name != "le"}
    # A family without samples knows its labels by itself.
    names.update(getattr(family, "_labelnames", ()))
    return ", ".join(f"`{name}`" for name in sorted(names))
