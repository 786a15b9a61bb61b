"""What follows the end of a status, and ends beside the other layers."""

from __future__ import annotations

from tests.properties.layers.cases.given import AWAY, DAYTIME, GONE, LUNCH, OFFICE, OFFLINE, ONLINE
from tests.properties.layers.cases.table import Available, Case, Down, Refuses, Shows, at
from tests.properties.layers.events import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Active,
    Configure,
    EndSession,
    KeepEngagement,
    KeepSession,
    Refusal,
    Resume,
    Set,
    Then,
)

FOLLOWING = (
    Case(
        "then ONLINE, and still at work",
        (
            ("08:00", OFFICE),
            ("11:59", Active()),
            ("12:00", Set(AWAY, "ada", ttl=30 * MINUTE, then=Then.ONLINE)),
            ("12:25", Active()),
            ("12:25", Shows("AWAY MANUAL", "12:00", "ONLINE EXPIRY 12:30", until="12:30")),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "AWAY INACTIVITY 12:35", until="", by=":")),
        ),
    ),
    Case(
        "then ONLINE, but idle for longer than the period: a router never gets them",
        (
            ("08:00", OFFICE),
            ("11:59", Active()),
            ("12:00", Set(AWAY, "ada", ttl=20 * MINUTE, then=Then.ONLINE)),
            ("12:00", Shows("AWAY MANUAL", "12:00", "AWAY INACTIVITY 12:20", until="12:20")),
            ("12:20", Shows("AWAY INACTIVITY", "12:20", "OFFLINE INACTIVITY 12:30")),
            ("12:20", Available(False)),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL",
            "12:20 AWAY>ONLINE EXPIRY",
            "12:20 ONLINE>AWAY INACTIVITY",
        ),
        rests_on=("Q3", "Q8"),
    ),
    Case(
        "then ONLINE while the workflow is off: ONLINE, seen or not",
        (
            ("12:00", Set(OFFLINE, "grace", ttl=30 * MINUTE, then=Then.ONLINE)),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "", until="")),
        ),
    ),
    Case(
        "then OFFLINE, from which nothing automatic and no activity brings anybody back",
        (
            ("08:00", OFFICE),
            ("08:00", Configure.to(resume=Resume.FROM_AWAY_OR_OFFLINE)),
            ("16:00", Set(ONLINE, "ada", until=at("17:00"), then=Then.OFFLINE)),
            ("16:30", Shows("ONLINE MANUAL", "16:00", "OFFLINE EXPIRY 17:00", until="17:00")),
            ("17:00", Shows("OFFLINE EXPIRY", "17:00", "", until="")),
            ("17:01", Active()),
            ("17:01", Shows("OFFLINE EXPIRY", "17:00", "")),
            ("17:02", Set(ONLINE)),
            ("17:02", Shows("ONLINE MANUAL", "17:02")),
        ),
        rests_on=("Q7",),
    ),
    Case(
        "then AWAY is a change of the cause only, and an activity resumes it",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", Set(AWAY, "ada", until=at("12:30"), then=Then.AWAY)),
            ("12:29", Active()),
            ("12:30", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 16:29", until="")),
            ("12:31", Active()),
            ("12:31", Shows("ONLINE ACTIVITY", "12:31")),
        ),
        rests_on=("Q6",),
    ),
    Case(
        "an OFFLINE with an end becomes AWAY, however fresh the last activity, and the next one resumes",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", Set(OFFLINE, "ada", until=at("14:00"))),
            ("13:59:59", Active()),
            ("13:59:59", Shows("OFFLINE MANUAL", "12:00", "AWAY EXPIRY 14:00", until="14:00")),
            ("14:00", Shows("AWAY EXPIRY", "14:00", until="")),
            ("14:00:01", Active()),
            ("14:00:01", Shows("ONLINE ACTIVITY", "14:00:01")),
        ),
    ),
    Case(
        "an ONLINE with an end is not touched by inactivity until then",
        (
            ("08:00", DAYTIME),
            ("09:00", Set(ONLINE, "ada", "standby", until=at("12:00"))),
            ("11:59:59.999", Shows("ONLINE MANUAL", "09:00", "AWAY EXPIRY 12:00", until="12:00")),
            ("12:00", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 13:00", until="")),
        ),
        rests_on=("Q8",),
    ),
    Case(
        "an ONLINE with an end stays ONLINE after it if they have been active",
        (
            ("08:00", DAYTIME),
            ("09:00", Set(ONLINE, "ada", "standby", until=at("12:00"))),
            ("11:55", Active()),
            ("12:00", Shows("ONLINE EXPIRY", "09:00", "AWAY INACTIVITY 12:05", until="", by=":")),
        ),
        ("09:00 ->ONLINE MANUAL", "12:00 ONLINE>ONLINE EXPIRY"),
        rests_on=("Q5",),
    ),
    Case(
        "a new setting by hand replaces the end",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:10", Set(AWAY, "ada", "lunch")),
            ("12:10", Shows("AWAY MANUAL", "12:00", "OFFLINE INACTIVITY 16:10", until="", by="ada: lunch")),
            ("12:30", Active()),
            ("12:30", Shows("AWAY MANUAL", "12:00", until="")),
        ),
        ("11:59 ->ONLINE ACTIVITY", "12:00 ONLINE>AWAY MANUAL"),
    ),
    Case(
        "a new end is no change of the status, and the old one is forgotten",
        (
            ("08:00", DAYTIME),
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:10", Set(AWAY, "ada", "lunch", ttl=50 * MINUTE)),
            ("12:45", Shows("AWAY MANUAL", "12:00", "AWAY EXPIRY 13:00", until="13:00", by="ada: lunch")),
            ("13:00", Shows("AWAY EXPIRY", "12:00", until="")),
        ),
        ("11:59 ->ONLINE ACTIVITY", "12:00 ONLINE>AWAY MANUAL", "13:00 AWAY>AWAY EXPIRY"),
        rests_on=("Q21",),
    ),
    Case(
        "an AWAY by hand that is kept is kept; after its end it is no longer by hand",
        (
            ("08:00", OFFICE),
            ("08:00", Configure.to(keep_manual_away=True)),
            ("12:00", Set(AWAY, "ada")),
            ("15:00", Shows("AWAY MANUAL", "12:00", "", until="")),
            ("15:00", Set(AWAY, "ada", ttl=10 * MINUTE)),
            ("15:10", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 15:30", until="")),
            ("15:30", Shows("OFFLINE INACTIVITY", "15:30")),
        ),
    ),
    Case(
        "an end does not need the workflow",
        (
            ("11:59", Active()),
            ("12:00", LUNCH),
            ("12:00", Shows("AWAY MANUAL", "12:00", "ONLINE EXPIRY 12:30", until="12:30")),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "")),
            ("12:40", Set(AWAY, "ada", until=at("13:00"))),
            ("13:00", Shows("AWAY EXPIRY", "12:40", "")),
            ("13:20", Active()),
            ("13:20", Shows("ONLINE ACTIVITY", "13:20", "")),
        ),
        rests_on=("Q4",),
    ),
    Case(
        "the workflow is switched off during lunch: the end is judged by what is in force then",
        (
            ("08:00", DAYTIME),
            ("11:40", Active()),
            ("12:00", LUNCH),
            ("12:10", Shows("AWAY MANUAL", next="AWAY EXPIRY 12:30")),
            ("12:10", Configure.to(enabled=False)),
            ("12:10", Shows("AWAY MANUAL", next="ONLINE EXPIRY 12:30")),
            ("12:30", Shows("ONLINE EXPIRY", "12:30", "")),
        ),
        rests_on=("Q4",),
    ),
    Case(
        "a call in which no key is touched is not a sign at the end of a status",
        (
            ("08:00", DAYTIME),
            ("11:00", Active()),
            ("11:05", KeepEngagement(ttl=2 * HOUR)),
            ("12:00", LUNCH),
            ("12:30", Shows("AWAY EXPIRY", "12:00", "OFFLINE INACTIVITY 17:05", engagements=1)),
        ),
        rests_on=("Q4",),
    ),
)

APART = (
    Case(
        "a status with an end, set while disconnected",
        (
            ("08:00", GONE),
            ("11:00", KeepSession(idle_for=0)),
            ("11:00:30", EndSession()),
            ("11:02", Shows("OFFLINE DISCONNECT", "11:01:30")),
            ("11:02", Set(ONLINE, "grace", "from home", ttl=HOUR)),
            ("11:02", Shows("ONLINE MANUAL", "11:02", "OFFLINE INACTIVITY 12:02", until="12:02", connected=False)),
            ("12:01:59.999", Shows("ONLINE MANUAL", "11:02", until="12:02")),
            ("12:02", Shows("OFFLINE INACTIVITY", "12:02", "")),
        ),
        (
            "11:00 ->ONLINE ACTIVITY",
            "11:01:30 ONLINE>OFFLINE DISCONNECT",
            "11:02 OFFLINE>ONLINE MANUAL",
            "12:02 ONLINE>AWAY EXPIRY",
            "12:02 AWAY>OFFLINE INACTIVITY",
        ),
        rests_on=("Q3", "Q8", "Q11"),
    ),
    Case(
        "an end passes while disconnected: nothing is shown of it until they are back",
        (
            ("08:00", DAYTIME),
            ("08:00", Configure.to(disconnect_after=60 * SECOND)),
            ("11:59", KeepSession(ttl=4 * HOUR, idle_for=0)),
            ("12:00", LUNCH),
            ("12:10", EndSession()),
            ("12:11", Shows("OFFLINE DISCONNECT", "12:11", "OFFLINE INACTIVITY 16:00", until="12:30", by=":")),
            ("12:30", Shows("OFFLINE DISCONNECT", "12:11", until="")),
            ("12:31", KeepSession()),
            ("12:31", Shows("AWAY EXPIRY", "12:31", until="", connected=True)),
            ("12:31", Active()),
            ("12:31", Shows("ONLINE ACTIVITY", "12:31")),
        ),
        (
            "11:59 ->ONLINE ACTIVITY",
            "12:00 ONLINE>AWAY MANUAL",
            "12:11 AWAY>OFFLINE DISCONNECT",
            "12:31 OFFLINE>AWAY EXPIRY",
            "12:31 AWAY>ONLINE ACTIVITY",
        ),
        rests_on=("Q2", "Q8", "Q18"),
    ),
    Case(
        "gone means AWAY, and the end would make them ONLINE: they are shown as gone from then",
        (
            (
                "08:00",
                Configure.to(enabled=True, disconnect_after=60 * SECOND, disconnect_status=AWAY, away_after=HOUR),
            ),
            ("11:59", KeepSession(ttl=4 * HOUR, idle_for=0)),
            ("12:00", LUNCH),
            ("12:10", EndSession()),
            ("12:11", Shows("AWAY MANUAL", "12:00", "AWAY DISCONNECT 12:30", until="12:30")),
            ("12:30", Shows("AWAY DISCONNECT", "12:00", "AWAY INACTIVITY 13:00", until="")),
        ),
        ("11:59 ->ONLINE ACTIVITY", "12:00 ONLINE>AWAY MANUAL", "12:30 AWAY>AWAY DISCONNECT"),
        rests_on=("Q2", "Q8"),
    ),
    Case(
        "an end that falls into an outage is exact, and nobody not seen is ONLINE after it",
        (
            ("08:00", DAYTIME),
            ("11:00", Active()),
            ("12:00", LUNCH),
            ("12:29", Down("12:35")),
            ("12:35", Shows("AWAY EXPIRY", "11:10", "OFFLINE INACTIVITY 16:35", until="")),
        ),
        (
            "11:00 ->ONLINE ACTIVITY",
            "11:10 ONLINE>AWAY INACTIVITY",
            "12:00 AWAY>AWAY MANUAL",
            "12:30 AWAY>AWAY EXPIRY",
        ),
        rests_on=("Q4",),
    ),
    Case(
        "an end is 1 s to 30 d ahead, given once, and what follows it needs one",
        (
            ("12:00", Refuses(Set(AWAY, ttl=SECOND - 1), Refusal.INVALID_FIELD)),
            ("12:00", Refuses(Set(AWAY, ttl=30 * DAY + 1), Refusal.INVALID_FIELD)),
            ("12:00", Refuses(Set(AWAY, until=at("12:00")), Refusal.INVALID_FIELD)),
            ("12:00", Refuses(Set(AWAY, until=at("11:00")), Refusal.INVALID_FIELD)),
            ("12:00", Refuses(Set(AWAY, until=at("12:00") + 30 * DAY + 1), Refusal.INVALID_FIELD)),
            ("12:00", Refuses(Set(AWAY, ttl=MINUTE, until=at("12:01")), Refusal.INVALID_FIELD)),
            ("12:00", Refuses(Set(AWAY, then=Then.ONLINE), Refusal.INVALID_FIELD)),
            ("12:00", Set(AWAY, ttl=30 * DAY)),
            ("12:00", Set(AWAY, until=at("12:00:01"))),
            ("12:00", Shows("AWAY MANUAL", "12:00", "AWAY EXPIRY 12:00:01", until="12:00:01")),
        ),
        rests_on=("Q17",),
    ),
)

CASES = FOLLOWING + APART
