"""Gone is not idle: when somebody is shown as disconnected."""

from __future__ import annotations

from tests.properties.layers.cases.given import GONE, LONG, PHONE
from tests.properties.layers.cases.table import Available, Case, Shows
from tests.properties.layers.events import HOUR, MINUTE, SECOND, Active, Configure, EndSession, KeepSession

CASES = (
    Case(
        "a laptop that says that it is closed is gone a minute later, long before it is idle",
        (
            ("08:00", GONE),
            ("08:50", Active()),
            ("08:50", LONG),
            ("08:59:30", Active()),
            ("08:59:30", Shows("ONLINE ACTIVITY", "08:50", "AWAY INACTIVITY 09:09:30", connected=True)),
            ("09:00", EndSession()),
            ("09:00", Shows("ONLINE ACTIVITY", "08:50", "OFFLINE DISCONNECT 09:01", connected=False)),
            ("09:00:59.999", Shows("ONLINE ACTIVITY", "08:50", "OFFLINE DISCONNECT 09:01")),
            ("09:00:59.999", Available(True)),
            ("09:01", Shows("OFFLINE DISCONNECT", "09:01", connected=False, by=":", last_activity="08:59:30")),
            ("09:01", Available(False)),
            ("09:20", Shows("OFFLINE DISCONNECT", "09:01")),
        ),
        ("08:50 ->ONLINE ACTIVITY", "09:01 ONLINE>OFFLINE DISCONNECT"),
    ),
    Case(
        "a laptop that says nothing any more is gone a minute after its lease ran out",
        (
            ("08:00", GONE),
            ("08:59", KeepSession(idle_for=0)),
            ("08:59", Shows("ONLINE ACTIVITY", "08:59", connected=True)),
            ("09:01:29.999", Shows("ONLINE ACTIVITY", connected=True)),
            ("09:01:30", Shows("ONLINE ACTIVITY", "08:59", "OFFLINE DISCONNECT 09:02:30", connected=False)),
            ("09:02:29.999", Shows("ONLINE ACTIVITY")),
            ("09:02:30", Shows("OFFLINE DISCONNECT", "09:02:30")),
        ),
        ("08:59 ->ONLINE ACTIVITY", "09:02:30 ONLINE>OFFLINE DISCONNECT"),
    ),
    Case(
        "a live session that runs out before inactivity is what is ahead",
        (
            ("08:00", GONE),
            ("08:59", KeepSession(idle_for=0)),
            ("08:59", Shows("ONLINE ACTIVITY", next="OFFLINE DISCONNECT 09:02:30")),
        ),
        rests_on=("Q8",),
    ),
    Case(
        "a browser in the background with one timer a minute goes away by inactivity and is never gone",
        (
            ("08:00", GONE),
            ("09:00", KeepSession(idle_for=30 * SECOND)),
            *((f"09:{minute:02}", KeepSession(idle_for=minute * MINUTE + 30 * SECOND)) for minute in range(1, 31)),
            ("09:30", Shows("OFFLINE INACTIVITY", "09:29:30", "", connected=True, last_activity="08:59:30")),
        ),
        (
            "08:59:30 ->ONLINE ACTIVITY",
            "09:09:30 ONLINE>AWAY INACTIVITY",
            "09:29:30 AWAY>OFFLINE INACTIVITY",
        ),
    ),
    Case(
        "a page that is loaded again does not flap",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:00:03", KeepSession("browser, loaded again")),
            ("09:00:03", Shows("ONLINE ACTIVITY", "08:59", connected=True)),
            ("09:02", Shows("ONLINE ACTIVITY", "08:59", connected=True)),
        ),
        ("08:59 ->ONLINE ACTIVITY",),
    ),
    Case(
        "a session that is kept again one millisecond before the minute is over changes nothing",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:00:59.999", LONG),
            ("09:02", Shows("ONLINE ACTIVITY", "08:59", connected=True)),
        ),
        ("08:59 ->ONLINE ACTIVITY",),
    ),
    Case(
        "at the boundary the disconnection has happened, and the session lifts it",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:01", LONG),
            ("09:01", Shows("ONLINE ACTIVITY", "09:01", connected=True)),
        ),
        (
            "08:59 ->ONLINE ACTIVITY",
            "09:01 ONLINE>OFFLINE DISCONNECT",
            "09:01 OFFLINE>ONLINE ACTIVITY",
        ),
        rests_on=("Q19",),
    ),
    Case(
        "of two browsers one is closed, and later the other",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", LONG),
            ("08:59", PHONE),
            ("09:00", EndSession()),
            ("09:05", Shows("ONLINE ACTIVITY", connected=True)),
            ("09:06", Active()),
            ("09:10", EndSession("phone")),
            ("09:10:59.999", Shows("ONLINE ACTIVITY", connected=False)),
            ("09:11", Shows("OFFLINE DISCONNECT", "09:11")),
        ),
        ("08:59 ->ONLINE ACTIVITY", "09:11 ONLINE>OFFLINE DISCONNECT"),
    ),
    Case(
        "gone is who has been without any session since the last of them ended, however it ended",
        (
            ("08:00", GONE),
            ("09:00", KeepSession("browser", idle_for=0)),
            ("09:00", KeepSession("phone", ttl=HOUR)),
            ("09:02:30", Shows("ONLINE ACTIVITY", connected=True)),
            ("09:03", EndSession("phone")),
            ("09:03:59.999", Shows("ONLINE ACTIVITY")),
            ("09:04", Shows("OFFLINE DISCONNECT", "09:04")),
        ),
    ),
    Case(
        "ending a session that is not known, has run out or has ended already changes nothing",
        (
            ("08:00", GONE),
            ("08:59", Active()),
            ("08:59", EndSession("nobody's")),
            ("08:59", Shows("ONLINE ACTIVITY", connected=False, next="AWAY INACTIVITY 09:09")),
            ("08:59", KeepSession()),
            ("09:00", EndSession("nobody's")),
            ("09:00", Shows("ONLINE ACTIVITY", connected=True)),
            ("09:01:30", Shows("ONLINE ACTIVITY", connected=False)),
            ("09:02", EndSession()),
            ("09:02:10", EndSession()),
            ("09:02:30", Shows("OFFLINE DISCONNECT", "09:02:30")),
            ("09:03", EndSession()),
            ("09:03", Shows("OFFLINE DISCONNECT", "09:02:30")),
        ),
    ),
    Case(
        "who never had a session is never gone",
        (
            ("08:00", GONE),
            ("09:00", Active()),
            ("09:09:59.999", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 09:10", connected=False)),
            ("09:30", Shows("OFFLINE INACTIVITY", "09:30", "")),
        ),
        ("09:00 ->ONLINE ACTIVITY", "09:10 ONLINE>AWAY INACTIVITY", "09:30 AWAY>OFFLINE INACTIVITY"),
    ),
    Case(
        "without disconnect_after nobody is gone, but it is shown that they are not connected",
        (
            ("08:00", Configure.to(enabled=True, away_after=10 * MINUTE)),
            ("08:59", Active()),
            ("08:59", LONG),
            ("09:00", EndSession()),
            ("09:08", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:09", connected=False)),
            ("09:09", Shows("AWAY INACTIVITY", "09:09", "")),
        ),
    ),
    Case(
        "a session kept for a shorter time ends earlier than it would have",
        (
            ("08:00", GONE),
            ("09:00", Active()),
            ("09:00", LONG),
            ("09:01", KeepSession(ttl=30 * SECOND)),
            ("09:01:30", Shows("ONLINE ACTIVITY", connected=False, next="OFFLINE DISCONNECT 09:02:30")),
        ),
        rests_on=("Q13",),
    ),
)
