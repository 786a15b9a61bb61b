"""Back at two: the end of a status with an end."""

from __future__ import annotations

from tests.properties.layers.cases.given import AWAY, DAYTIME, GONE, LUNCH, OFFICE
from tests.properties.layers.cases.table import Available, Case, Shows, at
from tests.properties.layers.events import HOUR, SECOND, Active, Configure, EndSession, KeepSession, Resume, Set

LUNCHES = (
    Case(
        "lunch until 12:30, and at work again from 12:20: ONLINE at the end, not before",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:00", Shows("AWAY MANUAL", "12:00", until="12:30", by="ada: lunch")),
            ("12:20", Active()),
            ("12:25", Active()),
            ("12:29:59.999", Shows("AWAY MANUAL", "12:00", "ONLINE EXPIRY 12:30", until="12:30", by="ada: lunch")),
            ("12:29:59.999", Available(False)),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "AWAY INACTIVITY 12:40", until="", by=":")),
            ("12:30", Available(True)),
            ("12:39:59.999", Shows("ONLINE EXPIRY", "12:30")),
            ("12:40", Shows("AWAY INACTIVITY", "12:40")),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL until 12:30",
            "12:30 AWAY>ONLINE EXPIRY",
            "12:40 ONLINE>AWAY INACTIVITY",
        ),
        rests_on=("Q3", "Q5"),
    ),
    Case(
        "lunch until 12:30, back at 12:20 and idle since, for exactly the period: AWAY",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:20", Active()),
            ("12:20", Shows("AWAY MANUAL", "12:00", "AWAY EXPIRY 12:30", until="12:30", last_activity="12:20")),
            ("12:30", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 16:30", until="", by=":")),
        ),
        ("11:59 ->ONLINE ACTIVITY", "12:00 ONLINE>AWAY MANUAL until 12:30", "12:30 AWAY>AWAY EXPIRY"),
        rests_on=("Q3", "Q8"),
    ),
    Case(
        "lunch until 12:30, back at 12:20 and idle since, for a millisecond less: ONLINE, and the period starts anew",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:20:00.001", Active()),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "AWAY INACTIVITY 12:40")),
            ("12:40", Shows("AWAY INACTIVITY", "12:40")),
        ),
        rests_on=("Q3", "Q5"),
    ),
    Case(
        "lunch until 12:30, back at 12:30:00.000: the end comes first, and the activity resumes",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:30", Active()),
            ("12:30", Shows("ONLINE ACTIVITY", "12:30", "AWAY INACTIVITY 12:40", until="")),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL until 12:30",
            "12:30 AWAY>AWAY EXPIRY",
            "12:30 AWAY>ONLINE ACTIVITY",
        ),
    ),
    Case(
        "lunch until 12:30, back at 12:40",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:39:59.999", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 16:30", until="")),
            ("12:40", Active()),
            ("12:40", Shows("ONLINE ACTIVITY", "12:40", "AWAY INACTIVITY 12:50")),
        ),
        rests_on=("Q3",),
    ),
    Case(
        "lunch until 12:30, longer than the offline period, and back at 12:40: the activity still resumes",
        (
            ("08:00", OFFICE),
            ("11:29", Active()),
            ("11:30", LUNCH),
            ("12:30", Shows("AWAY EXPIRY", "11:30", "OFFLINE INACTIVITY 13:00", until="")),
            ("12:40", Active()),
            ("12:40", Shows("ONLINE ACTIVITY", "12:40", "AWAY INACTIVITY 12:50")),
        ),
        rests_on=("Q3",),
    ),
    Case(
        "lunch until 12:30; an activity of before the end that is delivered after it resumes",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:30:05", Active(at=at("12:29:58"))),
            ("12:30:05", Shows("ONLINE ACTIVITY", "12:30:05", "AWAY INACTIVITY 12:40", last_activity="12:29:58")),
        ),
        rests_on=("Q26",),
    ),
    Case(
        "lunch until 12:30; an input of before the end that a session tells of after it resumes",
        (
            ("08:00", DAYTIME),
            ("11:59", KeepSession(ttl=4 * HOUR, idle_for=0)),
            ("12:00", LUNCH),
            ("12:30", Shows("AWAY EXPIRY", "12:00", connected=True)),
            ("12:30:05", KeepSession(ttl=4 * HOUR, idle_for=7 * SECOND)),
            ("12:30:05", Shows("ONLINE ACTIVITY", "12:30:05", "AWAY INACTIVITY 12:40", last_activity="12:29:58")),
        ),
        rests_on=("Q26",),
    ),
    Case(
        "lunch until 12:30, and never back",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("16:29:59.999", Shows("AWAY EXPIRY", "12:00")),
            ("16:30", Shows("OFFLINE INACTIVITY", "16:30", "")),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL until 12:30",
            "12:30 AWAY>AWAY EXPIRY",
            "16:30 AWAY>OFFLINE INACTIVITY",
        ),
        rests_on=("Q3",),
    ),
    Case(
        "an AWAY by EXPIRY resumes even under resume NEVER",
        (
            ("08:00", DAYTIME),
            ("08:00", Configure.to(resume=Resume.NEVER)),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:40", Active()),
            ("12:40", Shows("ONLINE ACTIVITY", "12:40")),
            ("12:50", Shows("AWAY INACTIVITY", "12:50")),
            ("12:51", Active()),
            ("12:51", Shows("AWAY INACTIVITY", "12:50")),
        ),
    ),
    Case(
        "a stale activity does not resume an AWAY by EXPIRY",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:40", Active(at=at("12:30"))),
            ("12:40", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 16:30", last_activity="12:30")),
            ("12:40", Active(at=at("12:30:00.001"))),
            ("12:40", Shows("ONLINE ACTIVITY", "12:40", "AWAY INACTIVITY 12:40:00.001")),
        ),
    ),
    Case(
        "the setting itself is no sign of being back",
        (
            ("08:00", DAYTIME),
            ("12:00", Set(AWAY, "grace", ttl=SECOND)),
            ("12:00:00.999", Shows("AWAY MANUAL", "12:00", "AWAY EXPIRY 12:00:01", until="12:00:01")),
            ("12:00:01", Shows("AWAY EXPIRY", "12:00", until="")),
        ),
        rests_on=("Q4",),
    ),
)

AT_ONCE = (
    Case(
        "the end and the offline period are due at the same millisecond: the period starts anew at the end",
        (
            ("08:00", OFFICE),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:29:59.999", Shows("AWAY MANUAL", "12:00", "AWAY EXPIRY 12:30", until="12:30")),
            ("12:30", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 13:00", until="")),
            ("13:00", Shows("OFFLINE INACTIVITY", "13:00", "")),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL until 12:30",
            "12:30 AWAY>AWAY EXPIRY",
            "13:00 AWAY>OFFLINE INACTIVITY",
        ),
        rests_on=("Q3", "Q8", "Q9"),
    ),
    Case(
        "the offline period passes before the end: untouched until then",
        (
            ("08:00", OFFICE),
            ("11:59", Active()),
            ("12:00", Set(AWAY, "ada", until=at("13:00"))),
            ("12:59:59.999", Shows("AWAY MANUAL", "12:00", until="13:00")),
            ("13:00", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 13:30", until="")),
        ),
        rests_on=("Q3",),
    ),
    Case(
        "the offline period has a while to go at the end, and starts anew",
        (
            ("08:00", OFFICE),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:05", Active()),
            ("12:30", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 13:00")),
            ("13:00", Shows("OFFLINE INACTIVITY", "13:00")),
        ),
        rests_on=("Q3",),
    ),
    Case(
        "the end and a change of the workflow at the same millisecond: the end under the old one first",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:21", Active()),
            ("12:30", Configure.to(away_after=SECOND)),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "AWAY INACTIVITY 12:30:01")),
            ("12:30:01", Shows("AWAY INACTIVITY", "12:30:01")),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL until 12:30",
            "12:30 AWAY>ONLINE EXPIRY",
            "12:30:01 ONLINE>AWAY INACTIVITY",
        ),
    ),
    Case(
        "gone and at the end at the same millisecond: nobody is ever told of an ONLINE",
        (
            ("08:00", GONE),
            ("12:00", KeepSession(ttl=4 * HOUR, idle_for=0)),
            ("12:00", LUNCH),
            ("12:28", Active()),
            ("12:29", EndSession()),
            ("12:29:59.999", Shows("AWAY MANUAL", "12:00", "OFFLINE DISCONNECT 12:30", connected=False)),
            ("12:30", Shows("OFFLINE DISCONNECT", "12:30", until="")),
        ),
        ("12:00 ->ONLINE ACTIVITY", "12:00 ONLINE>AWAY MANUAL until 12:30", "12:30 AWAY>OFFLINE DISCONNECT"),
        rests_on=("Q8", "Q9"),
    ),
)

CASES = LUNCHES + AT_ONCE
