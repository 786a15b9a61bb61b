"""Sessions under workflows that change, through outages, and at their limits."""

from __future__ import annotations

from tests.properties.layers.cases.given import AWAY, GONE, GONE_IS_AWAY, LONG, OFFLINE, ONLINE
from tests.properties.layers.cases.table import Case, Down, Refuses, Shows, Unknown, at
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
)

WORKFLOWS = (
    Case(
        "switched off while somebody is shown as gone: they stay so until they are there",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:05", Configure.to(enabled=False)),
            ("09:05", Shows("OFFLINE DISCONNECT", "09:01", "")),
            ("11:00", Shows("OFFLINE DISCONNECT", "09:01", "")),
            ("11:00", LONG),
            ("11:00", Shows("ONLINE ACTIVITY", "11:00", "", connected=True)),
        ),
        rests_on=("Q1",),
    ),
    Case(
        "switched off before the minute is over, nobody is gone; switched on, the minute runs from then",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:00:30", Configure.to(enabled=False)),
            ("09:30", Shows("ONLINE ACTIVITY", "08:59", "", connected=False)),
            ("10:00", Configure.to(enabled=True)),
            ("10:00", Shows("ONLINE ACTIVITY", "08:59", "OFFLINE DISCONNECT 10:01")),
            ("10:01", Shows("OFFLINE DISCONNECT", "10:01")),
        ),
        rests_on=("Q15",),
    ),
    Case(
        "switched off at the very millisecond at which somebody is gone: they are",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:01", Configure.to(enabled=False)),
            ("09:01", Shows("OFFLINE DISCONNECT", "09:01", "")),
        ),
    ),
    Case(
        "a shorter disconnect_after switches those already past it, at the moment of the change",
        (
            ("08:00", GONE),
            ("08:00", Configure.to(disconnect_after=5 * MINUTE)),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:02", Shows("ONLINE ACTIVITY", "08:59", "OFFLINE DISCONNECT 09:05")),
            ("09:03", Configure.to(disconnect_after=60 * SECOND)),
            ("09:03", Shows("OFFLINE DISCONNECT", "09:03")),
        ),
        ("08:59 ->ONLINE ACTIVITY", "09:03 ONLINE>OFFLINE DISCONNECT"),
    ),
    Case(
        "a disconnect_after that is new switches those who have been gone for longer, at that moment",
        (
            ("08:00", Configure.to(enabled=True, offline_after=8 * HOUR)),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("10:00", Shows("ONLINE ACTIVITY", "08:59", "OFFLINE INACTIVITY 16:59")),
            ("10:00", Configure.to(disconnect_after=60 * SECOND)),
            ("10:00", Shows("OFFLINE DISCONNECT", "10:00")),
        ),
    ),
    Case(
        "a longer disconnect_after, or none, brings nobody back",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:02", Configure.to(disconnect_after=HOUR)),
            ("09:02", Shows("OFFLINE DISCONNECT", "09:01")),
            ("09:03", Configure.to(disconnect_after=None)),
            ("09:03", Shows("OFFLINE DISCONNECT", "09:01")),
            ("09:04", Configure.to(disconnect_after=60 * SECOND, disconnect_status=AWAY)),
            ("09:05", Shows("OFFLINE DISCONNECT", "09:01")),
        ),
        rests_on=("Q1",),
    ),
    Case(
        "a lower disconnect_status lowers those already gone, at the moment of the change",
        (
            ("08:00", GONE_IS_AWAY),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:05", Configure.to(disconnect_status=OFFLINE)),
            ("09:05", Shows("OFFLINE DISCONNECT", "09:05")),
        ),
        (
            "08:59 ->ONLINE ACTIVITY",
            "09:01 ONLINE>AWAY DISCONNECT",
            "09:05 AWAY>OFFLINE DISCONNECT",
        ),
        rests_on=("Q1",),
    ),
    Case(
        "a workflow may consist of disconnect_after alone",
        (
            ("08:00", Refuses(Configure.to(enabled=True), Refusal.INVALID_WORKFLOW)),
            ("08:00", Configure.to(enabled=True, disconnect_after=SECOND)),
            ("08:59", Active()),
            ("08:59", LONG),
            ("12:00", EndSession()),
            ("12:00:00.999", Shows("ONLINE ACTIVITY", "08:59", "OFFLINE DISCONNECT 12:00:01")),
            ("12:00:01", Shows("OFFLINE DISCONNECT", "12:00:01", "")),
        ),
        rests_on=("Q20",),
    ),
    Case(
        "disconnect_after has the bounds of a period, and disconnect_status is lower than ONLINE",
        (
            ("08:00", GONE),
            ("08:00", Refuses(Configure.to(disconnect_after=SECOND - 1), Refusal.INVALID_WORKFLOW)),
            ("08:00", Refuses(Configure.to(disconnect_after=30 * DAY + 1), Refusal.INVALID_WORKFLOW)),
            ("08:00", Refuses(Configure.to(disconnect_status=ONLINE), Refusal.INVALID_WORKFLOW)),
            ("08:00", Configure.to(disconnect_after=30 * DAY)),
        ),
        rests_on=("Q20",),
    ),
)

OUTAGES = (
    Case(
        "an outage of five minutes over a session that could not be kept is no disconnection",
        (
            ("08:00", GONE),
            ("08:59", KeepSession(idle_for=0)),
            ("09:00", Down("09:05")),
            ("09:05", Shows("ONLINE ACTIVITY", "08:59", "OFFLINE DISCONNECT 09:06", connected=False)),
            ("09:05:59.999", Shows("ONLINE ACTIVITY", "08:59")),
            ("09:06", Shows("OFFLINE DISCONNECT", "09:06")),
        ),
        ("08:59 ->ONLINE ACTIVITY", "09:06 ONLINE>OFFLINE DISCONNECT"),
    ),
    Case(
        "whoever keeps the session again within the minute after an outage has not been gone",
        (
            ("08:00", GONE),
            ("08:59", KeepSession(idle_for=0)),
            ("09:00", Down("09:05")),
            ("09:05:20", KeepSession()),
            ("09:07", Shows("ONLINE ACTIVITY", "08:59", connected=True)),
        ),
        ("08:59 ->ONLINE ACTIVITY",),
    ),
    Case(
        "a session whose lease outlives an outage is live after it",
        (
            ("08:00", GONE),
            ("08:59", KeepSession(ttl=HOUR, idle_for=0)),
            ("09:00", Down("09:05")),
            ("09:05", Shows("ONLINE ACTIVITY", "08:59", "AWAY INACTIVITY 09:15", connected=True)),
        ),
    ),
    Case(
        "who was gone before an outage is gone after it",
        (
            ("08:00", GONE),
            ("08:58", KeepSession(idle_for=0)),
            ("08:58:30", EndSession()),
            ("09:00", Down("09:05")),
            ("09:05", Shows("OFFLINE DISCONNECT", "08:59:30")),
        ),
        ("08:58 ->ONLINE ACTIVITY", "08:59:30 ONLINE>OFFLINE DISCONNECT"),
    ),
    Case(
        "a session that had ended just before an outage counts as ended when that is over",
        (
            ("08:00", GONE),
            ("08:58", KeepSession(idle_for=0)),
            ("08:59:30", EndSession()),
            ("09:00", Down("09:05")),
            ("09:05", Shows("ONLINE ACTIVITY", "08:58", "OFFLINE DISCONNECT 09:06")),
            ("09:06", Shows("OFFLINE DISCONNECT", "09:06")),
        ),
        ("08:58 ->ONLINE ACTIVITY", "09:06 ONLINE>OFFLINE DISCONNECT"),
        rests_on=("Q12",),
    ),
    Case(
        "an activity of before the end of an outage, delivered afterwards, says nothing of being there",
        (
            ("08:00", GONE),
            ("08:59", KeepSession(idle_for=0)),
            ("09:00", Down("09:05")),
            ("09:05:10", Active(at=at("09:04:59.999"))),
            ("09:05:10", Shows("ONLINE ACTIVITY", next="OFFLINE DISCONNECT 09:06", last_activity="09:04:59.999")),
            ("09:05:20", Active(at=at("09:05"))),
            ("09:05:20", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:15", last_activity="09:05")),
        ),
        rests_on=("Q10", "Q12"),
    ),
)

LIMITS = (
    Case(
        "a session is kept for 30 s to 4 h, and tells of an input that is not in the future",
        (
            ("08:00", GONE),
            ("09:00", Active()),
            ("09:00", Refuses(KeepSession(ttl=30 * SECOND - 1), Refusal.INVALID_FIELD)),
            ("09:00", Refuses(KeepSession(ttl=4 * HOUR + 1), Refusal.INVALID_FIELD)),
            ("09:00", Refuses(KeepSession(idle_for=-1), Refusal.INVALID_FIELD)),
            ("09:00", Shows("ONLINE ACTIVITY", connected=False)),
            ("09:00", KeepSession(ttl=30 * SECOND)),
            ("09:00:29.999", Shows("ONLINE ACTIVITY", connected=True)),
            ("09:00:30", Shows("ONLINE ACTIVITY", connected=False)),
            ("09:00:40", KeepSession(ttl=4 * HOUR)),
            ("13:00:39.999", Shows("OFFLINE INACTIVITY", connected=True)),
            ("13:00:40", Shows("OFFLINE INACTIVITY", connected=False)),
        ),
    ),
    Case(
        "twenty sessions are kept, one more is refused, input included, and one that ended makes room",
        (
            ("08:00", GONE),
            ("09:00", Active()),
            *(("09:00", KeepSession(f"tab {number}")) for number in range(20)),
            ("09:01", Refuses(KeepSession("tab 20", idle_for=0), Refusal.LIMIT_EXCEEDED)),
            ("09:01", Shows("ONLINE ACTIVITY", connected=True, last_activity="09:00")),
            ("09:01", KeepSession("tab 7")),
            ("09:02", EndSession("tab 3")),
            ("09:02", KeepSession("tab 20")),
            ("09:02", Refuses(KeepSession("tab 3"), Refusal.LIMIT_EXCEEDED)),
            ("09:02:30", KeepSession("tab 3")),
            ("09:02:30", Shows("ONLINE ACTIVITY", connected=True)),
        ),
        rests_on=("Q22",),
    ),
    Case(
        "a session alone makes nobody known; one that tells of an input does",
        (
            ("08:00", GONE),
            ("09:00", Refuses(KeepSession(), Refusal.USER_UNKNOWN)),
            ("09:00", Refuses(EndSession(), Refusal.USER_UNKNOWN)),
            ("09:00", Unknown()),
            ("09:00", KeepSession(idle_for=12 * MINUTE)),
            ("09:00", Shows("AWAY INACTIVITY", "08:58", connected=True, last_activity="08:48")),
        ),
        ("08:48 ->ONLINE ACTIVITY", "08:58 ONLINE>AWAY INACTIVITY"),
        rests_on=("Q16",),
    ),
    Case(
        "gone in the middle of a call is gone",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("08:59:30", KeepEngagement()),
            ("09:00", EndSession()),
            ("09:01", Shows("OFFLINE DISCONNECT", "09:01", engagements=1, connected=False)),
            ("09:20", LONG),
            ("09:20", Shows("ONLINE ACTIVITY", "09:20", engagements=1, connected=True)),
        ),
        rests_on=("Q24",),
    ),
)

CASES = WORKFLOWS + OUTAGES + LIMITS
