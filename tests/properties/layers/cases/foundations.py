"""What the layers stand on: inactivity, hands, workflows, outages (sections 2, 3 and 7)."""

from __future__ import annotations

from tests.properties.layers.cases.given import OFFICE
from tests.properties.layers.cases.table import Case, Down, Refuses, Shows, Unknown, at
from tests.properties.layers.events import DAY, MINUTE, SECOND, Active, Configure, Refusal, Resume, Set, Status

CASES = (
    Case(
        "both periods start at the same moment",
        (
            ("08:00", OFFICE),
            ("09:00", Unknown()),
            ("09:00", Active()),
            ("09:09:59.999", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 09:10", until="")),
            ("09:10", Shows("AWAY INACTIVITY", "09:10", "OFFLINE INACTIVITY 09:30")),
            ("09:30", Shows("OFFLINE INACTIVITY", "09:30", "")),
        ),
        ("09:00 ->ONLINE ACTIVITY", "09:10 ONLINE>AWAY INACTIVITY", "09:30 AWAY>OFFLINE INACTIVITY"),
    ),
    Case(
        "away alone, and offline alone",
        (
            ("08:00", Configure.to(enabled=True, away_after=10 * MINUTE)),
            ("09:00", Active()),
            ("09:10", Shows("AWAY INACTIVITY", "09:10", "")),
            ("09:15", Configure.to(away_after=None, offline_after=20 * MINUTE)),
            ("09:15", Shows("AWAY INACTIVITY", "09:10", "OFFLINE INACTIVITY 09:20")),
            ("09:20", Shows("OFFLINE INACTIVITY", "09:20", "")),
        ),
    ),
    Case(
        "an AWAY set by hand is kept if the workflow says so, and not any more when it does not",
        (
            ("08:00", OFFICE),
            ("08:00", Configure.to(keep_manual_away=True)),
            ("09:00", Set(Status.AWAY, "ada")),
            ("10:00", Shows("AWAY MANUAL", "09:00", "", by="ada:")),
            ("10:00", Active()),
            ("11:00", Shows("AWAY MANUAL", "09:00", "", by="ada:", last_activity="10:00")),
            ("11:00", Configure.to(keep_manual_away=False)),
            ("11:00", Shows("OFFLINE INACTIVITY", "11:00", "")),
        ),
    ),
    Case(
        "resume NEVER",
        (
            ("08:00", OFFICE),
            ("08:00", Configure.to(resume=Resume.NEVER)),
            ("09:00", Active()),
            ("09:15", Active()),
            ("09:15", Shows("AWAY INACTIVITY", "09:10", "OFFLINE INACTIVITY 09:45")),
        ),
    ),
    Case(
        "resume works while the workflow is off, but not from OFFLINE unless it says so",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:10", Configure.to(enabled=False)),
            ("09:30", Shows("AWAY INACTIVITY", "09:10", "")),
            ("09:31", Active()),
            ("09:31", Shows("ONLINE ACTIVITY", "09:31", "")),
            ("09:32", Configure.to(enabled=True)),
            ("09:32", Shows("ONLINE ACTIVITY", "09:31", "AWAY INACTIVITY 09:42")),
            ("10:02", Shows("OFFLINE INACTIVITY", "10:02", "")),
            ("10:03", Active()),
            ("10:03", Shows("OFFLINE INACTIVITY", "10:02", "")),
            ("10:04", Configure.to(resume=Resume.FROM_AWAY_OR_OFFLINE)),
            ("10:05", Active()),
            ("10:05", Shows("ONLINE ACTIVITY", "10:05")),
        ),
    ),
    Case(
        "moved periods: longer brings nobody back, shorter switches at the moment of the change",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:10", Configure.to(away_after=20 * MINUTE)),
            ("09:10", Shows("AWAY INACTIVITY", "09:10", "OFFLINE INACTIVITY 09:30")),
            ("09:16", Configure.to(away_after=10 * MINUTE, offline_after=15 * MINUTE)),
            ("09:16", Shows("OFFLINE INACTIVITY", "09:16", "")),
        ),
    ),
    Case(
        "a contradictory workflow is refused",
        (
            ("08:00", Refuses(Configure.to(enabled=True), Refusal.INVALID_WORKFLOW)),
            ("08:00", Refuses(Configure.to(away_after=MINUTE, offline_after=MINUTE), Refusal.INVALID_WORKFLOW)),
            ("08:00", Refuses(Configure.to(away_after=SECOND - 1), Refusal.INVALID_WORKFLOW)),
            ("08:00", Refuses(Configure.to(offline_after=30 * DAY + 1), Refusal.INVALID_WORKFLOW)),
            ("09:00", Active()),
            ("12:00", Shows("ONLINE ACTIVITY", "09:00", "")),
        ),
    ),
    Case(
        "a first activity that arrives late",
        (
            ("08:00", OFFICE),
            ("09:15", Active(at=at("09:00"))),
            ("09:15", Shows("AWAY INACTIVITY", "09:10", "OFFLINE INACTIVITY 09:30", last_activity="09:00")),
        ),
        ("09:00 ->ONLINE ACTIVITY", "09:10 ONLINE>AWAY INACTIVITY"),
    ),
    Case(
        "the times of activities: a little ahead is now, further ahead or too old is refused",
        (
            ("08:00", OFFICE),
            ("09:00", Refuses(Active(at=at("09:00:05.001")), Refusal.INVALID_FIELD)),
            ("09:00", Refuses(Active(at=at("09:00") - 30 * DAY - 1), Refusal.INVALID_FIELD)),
            ("09:00", Unknown()),
            ("09:00", Active(at=at("09:00:05"))),
            ("09:00", Shows("ONLINE ACTIVITY", "09:00", last_activity="09:00")),
            ("09:05", Active(at=at("08:59"))),
            ("09:05", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 09:10", last_activity="09:00")),
        ),
    ),
    Case(
        "setting what is set already restarts the clock and is no change",
        (
            ("08:00", OFFICE),
            ("09:00", Set(Status.ONLINE, "ada")),
            ("09:09", Set(Status.ONLINE, "ada")),
            ("09:18:59.999", Shows("ONLINE MANUAL", "09:00", "AWAY INACTIVITY 09:19")),
            ("09:18:59.999", Set(Status.ONLINE, "ada", "again")),
            ("09:18:59.999", Shows("ONLINE MANUAL", "09:00", by="ada: again")),
        ),
        ("09:00 ->ONLINE MANUAL", "09:18:59.999 ONLINE>ONLINE MANUAL"),
    ),
    Case(
        "an outage is not inactivity; what was due before it has happened",
        (
            ("08:00", OFFICE),
            ("08:49", Active()),
            ("09:00", Down("09:20")),
            ("09:20", Shows("AWAY INACTIVITY", "08:59", "OFFLINE INACTIVITY 09:50")),
        ),
        ("08:49 ->ONLINE ACTIVITY", "08:59 ONLINE>AWAY INACTIVITY"),
    ),
)
