"""Builds the Grafana dashboard: rows of panels with their queries, laid out from left to right.

Every query takes the variables `$job` and `$instance`, so that one dashboard serves any number of servers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

WIDTH: Final = 24
HEIGHT: Final = 8
_SOURCE: Final[Mapping[str, str]] = {"type": "prometheus", "uid": "${datasource}"}
_WHERE: Final = 'job=~"$job",instance=~"$instance"'


class Panel(NamedTuple):
    """A panel: its title, what it says, the unit, and its queries by their legends."""

    title: str
    text: str
    unit: str
    queries: Mapping[str, str]
    kind: str = "timeseries"
    width: int = 8
    stacked: bool = False


def _q(metric: str, matchers: str = "") -> str:
    return f"{metric}{{{_WHERE}{',' if matchers else ''}{matchers}}}"


def _rate(metric: str, by: str, matchers: str = "") -> str:
    return f"sum by ({by}) (rate({_q(metric, matchers)}[$__rate_interval]))"


def _quantiles(histogram: str, matchers: str = "") -> dict[str, str]:
    rate = _rate(f"{histogram}_bucket", "le", matchers)
    return {f"p{share}": f"histogram_quantile(0.{share}, {rate})" for share in (50, 95, 99)}


ROWS: Final[Mapping[str, tuple[Panel, ...]]] = {
    "At a glance": (
        Panel(
            "Servers",
            "Servers that Prometheus reaches.",
            "short",
            {"up": 'sum(up{job=~"$job",instance=~"$instance"})'},
            "stat",
            4,
        ),
        Panel(
            "Store",
            "0 while every store answers and takes writes.",
            "short",
            {"failing": f"max({_q('onduty_store_unreachable')}) + max({_q('onduty_store_failing')})"},
            "stat",
            4,
        ),
        Panel("Calls", "Calls a second.", "reqps", {"calls": _rate("onduty_calls_total", "job")}, "stat", 4),
        Panel(
            "Users ONLINE", "Not known over Redis.", "short", {"online": f"max({_q('onduty_users_online')})"}, "stat", 4
        ),
        Panel(
            "Watches", "Streams that follow accounts.", "short", {"watches": f"sum({_q('onduty_watches')})"}, "stat", 4
        ),
        Panel(
            "Version",
            "What runs.",
            "short",
            {"{{version}}": f"count by (version) ({_q('onduty_build_info')})"},
            "stat",
            4,
        ),
    ),
    "Calls": (
        Panel("Calls by method", "Calls a second.", "reqps", {"{{method}}": _rate("onduty_calls_total", "method")}),
        Panel(
            "Calls that failed, by code",
            "CANCELLED: the caller left, or its deadline passed.",
            "reqps",
            {"{{code}}": _rate("onduty_calls_total", "code", 'code!="OK"')},
        ),
        Panel(
            "Duration of unary calls",
            "In the server; without Simulate, which may take a minute.",
            "s",
            _quantiles("onduty_call_duration_seconds", 'method!="Simulate"'),
        ),
        Panel(
            "p99 by method",
            "The slowest 1% of each method.",
            "s",
            {
                "{{method}}": "histogram_quantile(0.99, "
                + _rate("onduty_call_duration_seconds_bucket", "method, le", 'method!="Simulate"')
                + ")"
            },
        ),
        Panel(
            "In flight, by door",
            "Calls and streams that run, and those whose answers still take memory.",
            "short",
            {
                "{{door}}": f"sum by (door) ({_q('onduty_calls_in_flight')})",
                "held": f"sum({_q('onduty_calls_held')})",
            },
        ),
        Panel(
            "Refused for a limit",
            "By the limit: of a caller, or of an account.",
            "reqps",
            {"{{limit}}": _rate("onduty_calls_refused_total", "limit")},
        ),
    ),
    "People and watches": (
        Panel(
            "Users",
            "Not known over Redis, where it would take a walk.",
            "short",
            {
                "known": f"max({_q('onduty_users')})",
                "ONLINE": f"max({_q('onduty_users_online')})",
                "AWAY": f"max({_q('onduty_users_away')})",
                "OFFLINE": f"max({_q('onduty_users_offline')})",
                "accounts": f"max({_q('onduty_accounts')})",
                "teams with a workflow": f"max({_q('onduty_team_workflows')})",
            },
        ),
        Panel(
            "Status changes",
            "By what brought them.",
            "cps",
            {"{{status}} by {{cause}}": _rate("onduty_status_changes_total", "status, cause")},
            stacked=True,
        ),
        Panel(
            "Watches",
            "Streams, and accounts that are watched.",
            "short",
            {"watches": f"sum({_q('onduty_watches')})", "accounts": f"sum({_q('onduty_watched_accounts')})"},
        ),
        Panel(
            "How far watchers are behind",
            "The age of what watchers know, for the account furthest behind.",
            "s",
            {"{{instance}}": _q("onduty_watch_lag_seconds")},
        ),
        Panel(
            "Slow watchers",
            "Events that the slowest has yet to be sent; and new snapshots in five minutes.",
            "short",
            {
                "unsent": f"max({_q('onduty_watch_unsent_events')})",
                "snapshots": f"sum(increase({_q('onduty_watch_restarts_total')}[5m]))",
            },
        ),
    ),
    "Timed switches": (
        Panel(
            "Lateness",
            "How long after they became true switches were recorded. Reads are exact all the while.",
            "s",
            _quantiles("onduty_switch_lateness_seconds"),
        ),
        Panel(
            "Not recorded yet",
            "For how long the most overdue switch has been due.",
            "s",
            {"{{instance}}": _q("onduty_sweep_behind_seconds")},
        ),
        Panel(
            "Outages",
            "After which every inactivity clock restarted, and how long the last one was.",
            "short",
            {
                "outages": f"sum(increase({_q('onduty_outage_recoveries_total')}[1h]))",
                "seconds": f"max({_q('onduty_last_outage_seconds')})",
            },
        ),
    ),
    "Store": (
        Panel("Commits to SQLite", "How long they take.", "s", _quantiles("onduty_journal_commit_seconds")),
        Panel(
            "Entries",
            "Written a second, and waiting to be written.",
            "short",
            {
                "written": _rate("onduty_journal_entries_total", "job"),
                "waiting": f"max({_q('onduty_journal_backlog_entries')})",
            },
        ),
        Panel("Round trips to Redis", "How long they take.", "s", _quantiles("onduty_redis_round_trip_seconds")),
        Panel(
            "Partitions held",
            "Over Redis: leases of each server.",
            "short",
            {"{{instance}}": _q("onduty_partitions_held")},
            stacked=True,
        ),
        Panel(
            "Store",
            "1 while it does not answer, or takes no writes.",
            "short",
            {"unreachable": f"max({_q('onduty_store_unreachable')})", "failing": f"max({_q('onduty_store_failing')})"},
        ),
    ),
    "Process": (
        Panel(
            "Lag of the event loop",
            "Calls wait as long.",
            "s",
            _quantiles("onduty_event_loop_lag_seconds"),
        ),
        Panel(
            "Cores", "CPU seconds a second.", "short", {"{{instance}}": _rate("process_cpu_seconds_total", "instance")}
        ),
        Panel("Memory", "Resident.", "bytes", {"{{instance}}": _q("process_resident_memory_bytes")}),
        Panel(
            "File descriptors",
            "Open, and the most there may be.",
            "short",
            {"open": f"max({_q('process_open_fds')})", "max": f"min({_q('process_max_fds')})"},
        ),
        Panel("Tasks", "Of the event loops.", "short", {"{{instance}}": _q("onduty_tasks")}),
        Panel(
            "Workers",
            "Those that serve, those there should be, and starts in an hour.",
            "short",
            {
                "{{state}}": f"sum by (state) ({_q('onduty_workers')})",
                "starts": f"sum(increase({_q('onduty_worker_starts_total')}[1h]))",
            },
        ),
        Panel(
            "Wall clock",
            "How far it is ahead of the time that the server goes by.",
            "s",
            {"{{instance}}": _q("onduty_wall_clock_offset_seconds")},
        ),
        Panel(
            "Garbage collection",
            "Collections a second, by generation.",
            "cps",
            {"{{generation}}": _rate("python_gc_collections_total", "generation")},
        ),
        Panel(
            "Dropped lines of logs",
            "In five minutes.",
            "short",
            {"{{log}}": f"sum by (log) (increase({_q('onduty_log_lines_dropped_total')}[5m]))"},
        ),
    ),
}


def queries() -> Iterator[str]:
    """Every query of the dashboard, as Grafana would send it for all servers."""
    for panels in ROWS.values():
        for panel in panels:
            for query in panel.queries.values():
                yield (query.replace("$job", ".+").replace("$instance", ".+").replace("$__rate_interval", "1m"))


def dashboard() -> str:
    """The dashboard as Grafana imports it."""
    page = {
        "title": "onduty",
        "uid": "onduty",
        "description": "Written by `make monitoring` from scripts/monitoring/dashboard.py.",
        "tags": ["onduty"],
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "schemaVersion": 39,
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_source(), _variable("job", ""), _variable("instance", '{job=~"$job"}')]},
        "annotations": {"list": []},
        "links": [],
        "panels": list(_panels()),
    }
    return json.dumps(page, indent=2) + "\n"


def _panels() -> Iterator[dict[str, Any]]:
    y, number = 0, 1
    for title, panels in ROWS.items():
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1},
            "panels": [],
        }
        y, number, x = y + 1, number + 1, 0
        height = 4 if all(panel.kind == "stat" for panel in panels) else HEIGHT
        for panel in panels:
            if x + panel.width > WIDTH:
                x, y = 0, y + height
            yield _panel(panel, number, {"x": x, "y": y, "w": panel.width, "h": height})
            x, number = x + panel.width, number + 1
        y += height


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    drawn: dict[str, Any] = {"unit": panel.unit, "min": 0}
    options: dict[str, Any]
    if panel.kind == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "textMode": "auto"}
        if list(panel.queries) == ["{{version}}"]:
            options["textMode"] = "name"
    else:
        drawn["custom"] = {
            "fillOpacity": 10,
            "lineWidth": 1,
            "showPoints": "never",
            "stacking": {"mode": "normal" if panel.stacked else "none"},
        }
        options = {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.text,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": drawn, "overrides": []},
        "options": options,
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": _SOURCE,
                "expr": query,
                "legendFormat": legend,
                "exemplar": "_bucket" in query,
            }
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def _source() -> dict[str, Any]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _variable(name: str, matchers: str) -> dict[str, Any]:
    query = f"label_values(onduty_build_info{matchers}, {name})"
    return {
        "name": name,
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": name},
        "definition": query,
        "includeAll": True,
        "multi": True,
        "allValue": ".+",
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
        "sort": 1,
    }
