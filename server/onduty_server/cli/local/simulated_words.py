"""Simulated workflows and what came of them in words for people, and in objects for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...text.times import Rfc3339Writer

if TYPE_CHECKING:
    from ...app.simulation import Summary
    from ...domain.status import Status
    from ...domain.workflow import Workflow


ABOUT_THE_LOG: Final = frozenset(
    ("workflow", "users", "activities", "  late", "sessions and engagements", "  refused", "period", "  length")
)
"""The names of the facts that say what was replayed, and not what came of it."""
TIME: Final = "share of time"


def workflow_in_words(workflow: Workflow) -> str:
    """Write `away after 10m, offline after 30m, resume from-away`."""
    from ...domain.periods import format_period

    periods = [
        f"{name} after {format_period(period_ms)}"
        for name, period_ms in (
            ("away", workflow.away_after_ms),
            ("offline", workflow.offline_after_ms),
            (f"gone ({workflow.disconnect_status.name})", workflow.disconnect_after_ms),
        )
        if period_ms is not None
    ]
    return f"{', '.join(periods)}, resume {typed(workflow.resume.name)}"


def summary_facts(workflow: Workflow, summary: Summary) -> list[tuple[str, str]]:
    """Return a summary as names and values for people. The names follow from the log alone."""
    from ...domain.periods import format_period
    from ...domain.status import Cause, Status

    write_time = Rfc3339Writer()
    pairs = [
        ("workflow", workflow_in_words(workflow)),
        ("users", f"{summary.users:,}"),
        ("activities", f"{summary.activities:,}"),
    ]
    if summary.late_activities:
        pairs.append(("  late", f"{summary.late_activities:,}"))
    if summary.leases:
        pairs.append(("sessions and engagements", f"{summary.leases:,} rows"))
        pairs.append(("  refused", f"{summary.refused_leases:,}"))
    if summary.first_activity_time is None or summary.last_activity_time is None:
        return pairs
    length_ms = summary.last_activity_time - summary.first_activity_time
    inactive, count = summary.switches_by(Cause.INACTIVITY), _count
    pairs += [
        ("period", f"{write_time(summary.first_activity_time)} to {write_time(summary.last_activity_time)}"),
        ("  length", format_period(length_ms // 1_000 * 1_000)),
        ("switches by inactivity", f"{count(inactive, None, Status.AWAY) + count(inactive, None, Status.OFFLINE):,}"),
        ("  ONLINE to AWAY", f"{count(inactive, Status.ONLINE, Status.AWAY):,}"),
        ("  ONLINE to OFFLINE", f"{count(inactive, Status.ONLINE, Status.OFFLINE):,}"),
        ("  AWAY to OFFLINE", f"{count(inactive, Status.AWAY, Status.OFFLINE):,}"),
        ("resumes by activity", f"{summary.resumes:,}"),
        ("  AWAY to ONLINE", f"{summary.resumes_from(Status.AWAY):,}"),
        ("  OFFLINE to ONLINE", f"{summary.resumes_from(Status.OFFLINE):,}"),
        ("activities that did not resume", part(summary.ignored_activities, summary.activities)),
        ("active within 1m after AWAY", f"{part(summary.returns_soon, summary.switches_to_away)} of switches to AWAY"),
    ]
    if summary.leases:
        gone = summary.switches_by(Cause.DISCONNECT)
        pairs += [
            ("disconnections", f"{summary.disconnections:,}"),
            ("  from ONLINE", f"{sum(count(gone, Status.ONLINE, after) for after in Status):,}"),
            ("  from AWAY", f"{sum(count(gone, Status.AWAY, after) for after in Status):,}"),
            ("  ended by a return", f"{summary.reconnections:,}"),
        ]
    pairs.append((TIME, "from each user's first activity to the end of the period"))
    total_ms = sum(summary.time_in_status_ms.values())
    by_disconnect_ms = summary.time_by_disconnect_ms
    for status, spent_ms in summary.time_in_status_ms.items():
        pairs.append((f"  {status.name}", percent(spent_ms, total_ms)))
        if summary.leases and status is not Status.ONLINE:
            pairs.append(("    by disconnection", percent(by_disconnect_ms[status], total_ms)))
    return pairs


def _count(switches: Mapping[tuple[Status | None, Status], int], before: Status | None, after: Status) -> int:
    """Count the switches from `before`, or from any status for None, to `after`."""
    return sum(
        count
        for (previous, status), count in switches.items()
        if status is after and previous is not None and before in (None, previous)
    )


def part(count: int, total: int) -> str:
    """Write `17 of 544 (3.1 %)`."""
    return f"{count:,} of {total:,} ({percent(count, total)})"


def percent(part: int, total: int) -> str:
    """Write `3.1 %`."""
    return f"{100 * part / total:.1f} %" if total else "0.0 %"


def typed(name: str) -> str:
    """Return a name as people type it."""
    return name.lower().replace("_", "-")


def workflow_object(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow in the form for programs."""
    return {
        "away_after": _seconds(workflow.away_after_ms),
        "offline_after": _seconds(workflow.offline_after_ms),
        "resume": workflow.resume.name,
        "keep_manual_away": workflow.keep_manual_away,
        "disconnect_after": _seconds(workflow.disconnect_after_ms),
        "disconnect_status": workflow.disconnect_status.name,
    }


def summary_object(summary: Summary) -> dict[str, Any]:
    """Return a summary in the form for programs."""
    from ...domain.status import Status

    write_time = Rfc3339Writer()
    first, last = summary.first_activity_time, summary.last_activity_time
    return {
        "users": summary.users,
        "activities": summary.activities,
        "late_activities": summary.late_activities,
        "first_activity_time": None if first is None else write_time(first),
        "last_activity_time": None if last is None else write_time(last),
        "switches": [
            {"previous_status": before and before.name, "status": after.name, "count": count}
            for (before, after), count in sorted(
                summary.switches.items(), key=lambda item: (item[0][0] or 0, item[0][1])
            )
        ],
        "resumes": summary.resumes,
        "ignored_activities": summary.ignored_activities,
        "active_within_1m_after_away": summary.returns_soon,
        "seconds_in_status": {status.name: ms / 1_000 for status, ms in summary.time_in_status_ms.items()},
        "leases": summary.leases,
        "refused_leases": summary.refused_leases,
        "disconnections": summary.disconnections,
        "reconnections": summary.reconnections,
        "seconds_by_disconnect": {
            status.name: ms / 1_000
            for status, ms in summary.time_by_disconnect_ms.items()
            if status is not Status.ONLINE
        },
        "coverage": [
            {"time": write_time(time), "online": online, "away": away, "offline": offline}
            for time, online, away, offline in summary.coverage
        ],
    }


def _seconds(period_ms: int | None) -> str | None:
    from ...domain.periods import format_seconds

    return None if period_ms is None else format_seconds(period_ms)
