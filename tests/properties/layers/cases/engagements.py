"""Busy is not idle: calls, chats, and their lost ends."""

from __future__ import annotations

from tests.properties.layers.cases.given import OFFICE
from tests.properties.layers.cases.table import Available, Case, Down, Refuses, Shows
from tests.properties.layers.events import (
    HOUR,
    MINUTE,
    SECOND,
    Active,
    Configure,
    EndEngagement,
    KeepEngagement,
    Refusal,
    Set,
    Status,
)

CASES = (
    Case(
        "a call of 40 minutes with no key touched",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement()),
            ("09:00", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 10:10", engagements=1)),
            ("09:39", Shows("ONLINE ACTIVITY", "09:00", engagements=1, last_activity="09:00")),
            ("09:40", EndEngagement()),
            ("09:40", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 09:50", engagements=0)),
            ("09:50", Shows("AWAY INACTIVITY", "09:50", "OFFLINE INACTIVITY 10:10")),
        ),
        ("09:00 ->ONLINE ACTIVITY", "09:50 ONLINE>AWAY INACTIVITY"),
    ),
    Case(
        "the end of a call is lost: it ends by itself",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement()),
            ("09:59:59.999", Shows("ONLINE ACTIVITY", engagements=1)),
            ("10:00", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 10:10", engagements=0)),
            ("10:10", Shows("AWAY INACTIVITY", "10:10", "OFFLINE INACTIVITY 10:30")),
            ("10:30", Shows("OFFLINE INACTIVITY", "10:30", "")),
        ),
    ),
    Case(
        "a call that is kept again lasts from then",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement(ttl=10 * MINUTE)),
            ("09:05", KeepEngagement(ttl=10 * MINUTE)),
            ("09:14", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:25", engagements=1)),
            ("09:15", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:25", engagements=0)),
            ("09:25", Shows("AWAY INACTIVITY", "09:25")),
        ),
    ),
    Case(
        "the period begins when the last of several has ended",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement("call", 20 * MINUTE)),
            ("09:00", KeepEngagement("chat", 40 * MINUTE)),
            ("09:10", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:50", engagements=2)),
            ("09:15", EndEngagement("chat")),
            ("09:15", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:30", engagements=1)),
            ("09:16", EndEngagement("call")),
            ("09:16", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:26", engagements=0)),
            ("09:17", Active()),
            ("09:17", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:27", engagements=0)),
        ),
    ),
    Case(
        "ending one that is not known, has run out or has ended already changes nothing",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:01", EndEngagement("nobody's")),
            ("09:01", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:10", engagements=0)),
            ("09:01", KeepEngagement(ttl=10 * SECOND)),
            ("09:05", EndEngagement()),
            ("09:05", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:11:10", engagements=0)),
            ("09:06", EndEngagement()),
            ("09:06", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 09:11:10", engagements=0)),
        ),
    ),
    Case(
        "a call resumes nobody; it puts off what is ahead",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:12", KeepEngagement(ttl=20 * MINUTE)),
            ("09:12", Shows("AWAY INACTIVITY", "09:10", "OFFLINE INACTIVITY 10:02", engagements=1)),
            ("09:30", Shows("AWAY INACTIVITY", "09:10", engagements=1)),
            ("10:02", Shows("OFFLINE INACTIVITY", "10:02", "")),
        ),
    ),
    Case(
        "a call puts off the OFFLINE of an AWAY set by hand too",
        (
            ("08:00", OFFICE),
            ("09:00", Set(Status.AWAY, "ada", "wrapping up")),
            ("09:05", KeepEngagement(ttl=HOUR)),
            ("09:35", Shows("AWAY MANUAL", "09:00", "OFFLINE INACTIVITY 10:35", engagements=1)),
        ),
    ),
    Case(
        "a shorter period does not switch somebody in a call",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement()),
            ("09:30", Configure.to(away_after=SECOND)),
            ("09:30", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 10:00:01", engagements=1)),
            ("09:30", EndEngagement()),
            ("09:30:01", Shows("AWAY INACTIVITY", "09:30:01")),
        ),
    ),
    Case(
        "the workflow is switched off and on during a call",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement(ttl=30 * MINUTE)),
            ("09:05", Configure.to(enabled=False)),
            ("09:05", Shows("ONLINE ACTIVITY", "09:00", "", engagements=1)),
            ("09:10", Configure.to(enabled=True)),
            ("09:10", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 09:40", engagements=1)),
        ),
    ),
    Case(
        "a call whose end falls into an outage",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", KeepEngagement(ttl=30 * MINUTE)),
            ("09:25", Down("09:35")),
            ("09:35", Shows("ONLINE ACTIVITY", "09:00", "AWAY INACTIVITY 09:45", engagements=0)),
        ),
    ),
    Case(
        "a router may leave out the busy",
        (
            ("08:00", OFFICE),
            ("09:00", Active()),
            ("09:00", Available(True, 1)),
            ("09:00", KeepEngagement("chat 1")),
            ("09:00", Available(False, 1)),
            ("09:00", Available(True, 2)),
            ("09:00", KeepEngagement("chat 2")),
            ("09:00", Available(False, 2)),
            ("09:00", Available(True)),
            ("09:00:01", EndEngagement("chat 1")),
            ("09:00:01", Available(True, 2)),
        ),
    ),
    Case(
        "an engagement is kept for 10 s to 4 h, by somebody known, and of twenty one more is refused",
        (
            ("08:00", OFFICE),
            ("09:00", Refuses(KeepEngagement(), Refusal.USER_UNKNOWN)),
            ("09:00", Refuses(EndEngagement(), Refusal.USER_UNKNOWN)),
            ("09:00", Active()),
            ("09:00", Refuses(KeepEngagement(ttl=10 * SECOND - 1), Refusal.INVALID_FIELD)),
            ("09:00", Refuses(KeepEngagement(ttl=4 * HOUR + 1), Refusal.INVALID_FIELD)),
            *(("09:00", KeepEngagement(f"chat {number}", 10 * SECOND + number)) for number in range(20)),
            ("09:00", Refuses(KeepEngagement("chat 20"), Refusal.LIMIT_EXCEEDED)),
            ("09:00", KeepEngagement("chat 19", 4 * HOUR)),
            ("09:00:09.999", Shows("ONLINE ACTIVITY", engagements=20)),
            ("09:00:10", Shows("ONLINE ACTIVITY", engagements=19)),
            ("09:00:10", KeepEngagement("chat 20")),
            ("09:00:10", Shows("ONLINE ACTIVITY", next="AWAY INACTIVITY 13:10", engagements=20)),
        ),
        rests_on=("Q16", "Q22"),
    ),
)
