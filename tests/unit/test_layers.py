"""Sessions, engagements and statuses with an end: what is shown at exact times (design.md, section 11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.builders import HOUR, MINUTE, SECOND
from tests.unit.life import Life, at

from onduty_server.domain import rules
from onduty_server.domain.errors import InvalidWorkflow, LimitExceeded
from onduty_server.domain.layers import NO_LAYERS, Layers, Lease, end_of_only_session, unpack
from onduty_server.domain.status import Connection, Resume, Status, Then
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, revise

BOTH = {"enabled": True, "away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE}
GONE = {**BOTH, "disconnect_after_ms": MINUTE}

# --- what is kept -------------------------------------------------------------------------------------------------

leases = st.lists(
    st.builds(Lease, st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), st.integers(0, 2**45)),
    max_size=20,
).map(tuple)
ends = st.one_of(st.just((None, None)), st.tuples(st.integers(0, 2**45), st.sampled_from(Then)))


@given(st.sampled_from(Connection), ends, leases, leases)
def test_layers_come_back_as_they_were_packed(
    connection: Connection, end: tuple[int | None, Then | None], sessions: tuple[Lease, ...], calls: tuple[Lease, ...]
) -> None:
    layers = Layers(connection, *end, sessions, calls)
    assert unpack(layers.pack()) == layers


@given(st.sampled_from(Connection), ends, leases.map(lambda all: all[:2]), leases.map(lambda all: all[:1]))
def test_the_end_of_an_only_session_is_found_without_unpacking_if_there_is_nothing_else(
    connection: Connection, end: tuple[int | None, Then | None], sessions: tuple[Lease, ...], calls: tuple[Lease, ...]
) -> None:
    for layers in (Layers(connection, *end, sessions, calls), Layers(connection, None, None, sessions)):
        is_all = layers == Layers(Connection.CONNECTED, sessions=sessions) and len(sessions) == 1
        assert end_of_only_session(layers.pack()) == (sessions[0].end if is_all else None)


def test_no_layers_take_no_room() -> None:
    assert NO_LAYERS.pack() == ""
    assert unpack("") is NO_LAYERS


@pytest.mark.parametrize(
    "packed", ["x", "9\x1e\x1e", "0\x1f1\x1e\x1e", "0\x1f1\x1f9\x1e\x1e", "0\x1e\x1e\x1e", "1\x1ea\x1fb\x1e"]
)
def test_anything_else_is_refused(packed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        unpack(packed)


# --- a status with an end -------------------------------------------------------------------------------------------


def lunch(then: Then | None = None, **patch: object) -> Life:
    """Active at 12:00, at lunch from 12:00 until 12:30."""
    life = Life(**(patch or BOTH))
    life.activity("12:00")
    life.set("12:00", "AWAY", until="12:30", then=then, reason="lunch")
    return life


def test_lunch_is_away_until_its_end_and_then_waits_for_an_activity() -> None:
    life = lunch()
    assert life.ahead("12:00") == "AWAY by EXPIRY at 12:30"
    assert life.view("12:29:59.999").expire_time == at("12:30")
    assert life.view("12:29:59.999").reason == "lunch"
    assert life.shown("12:30") == "AWAY by EXPIRY since 12:00"
    view = life.view("12:30")
    assert (view.expire_time, view.then, view.reason, view.actor) == (None, None, "", "")
    assert life.ahead("12:30") == "OFFLINE by INACTIVITY at 13:00"


@pytest.mark.parametrize("back", ["12:30", "12:40"])
def test_who_comes_back_at_the_end_or_after_it_is_online(back: str) -> None:
    life = lunch()
    life.activity(back)
    assert life.shown(back) == f"ONLINE by ACTIVITY since {back}"


def test_who_comes_back_before_the_end_is_online_at_the_end() -> None:
    life = lunch()
    life.activity("12:21")
    assert life.shown("12:21") == "AWAY by MANUAL since 12:00"
    assert life.ahead("12:21") == "ONLINE by EXPIRY at 12:30"
    assert life.told("12:31") == [
        "12:00 ONLINE by ACTIVITY",
        "12:00 AWAY by MANUAL until 12:30",
        "12:30 ONLINE by EXPIRY",
    ]


def test_who_came_back_ten_minutes_before_the_end_is_not_there_any_more() -> None:
    life = lunch()
    life.activity("12:20")
    assert life.ahead("12:20") == "AWAY by EXPIRY at 12:30"


def test_a_lunch_is_resumed_under_every_workflow() -> None:
    life = lunch(None, **BOTH, resume=Resume.NEVER)
    life.activity("12:40")
    assert life.shown("12:40") == "ONLINE by ACTIVITY since 12:40"


def test_who_never_comes_back_goes_offline_after_the_period_from_the_end() -> None:
    assert lunch().told("15:00")[-2:] == ["12:30 AWAY by EXPIRY", "13:00 OFFLINE by INACTIVITY"]


def test_until_its_end_inactivity_does_not_touch_a_status() -> None:
    life = Life(**BOTH)
    life.set("09:00", "ONLINE", until="11:00")
    assert life.told("10:59:59.999") == ["09:00 ONLINE by MANUAL until 11:00"]
    assert life.told("12:00") == [
        "09:00 ONLINE by MANUAL until 11:00",
        "11:00 AWAY by EXPIRY",
        "11:30 OFFLINE by INACTIVITY",
    ]


@pytest.mark.parametrize(
    ("then", "follows"),
    [
        (Then.ONLINE, ["12:30 ONLINE by EXPIRY", "12:40 AWAY by INACTIVITY", "13:00 OFFLINE by INACTIVITY"]),
        (Then.AWAY, ["12:30 AWAY by EXPIRY", "13:00 OFFLINE by INACTIVITY"]),
        (Then.OFFLINE, ["12:30 OFFLINE by EXPIRY"]),
    ],
)
def test_what_was_chosen_follows_at_the_end(then: Then, follows: list[str]) -> None:
    life = lunch(then)
    assert life.told("14:00")[2:] == follows


def test_after_offline_nobody_is_online_by_themselves_and_nobody_is_resumed_from_a_chosen_offline() -> None:
    life = Life(**BOTH)
    life.activity("09:00")
    life.set("09:00", "OFFLINE", until="09:05")
    assert life.ahead("09:00") == "AWAY by EXPIRY at 09:05"
    life = lunch(Then.OFFLINE, **BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    life.activity("12:31")
    assert life.shown("12:31") == "OFFLINE by EXPIRY since 12:30"


def test_a_new_setting_replaces_the_end() -> None:
    life = lunch()
    life.set("12:10", "AWAY", reason="lunch")
    assert life.view("13:00").expire_time is None
    assert life.told("13:00")[2:] == ["12:10 AWAY by MANUAL", "12:40 OFFLINE by INACTIVITY"]


def test_another_end_is_a_change_and_the_same_one_is_not() -> None:
    life = lunch()
    life.set("12:10", "AWAY", until="12:30", reason="lunch")
    assert len(life.history) == 2
    life.set("12:10", "AWAY", until="12:45", reason="lunch")
    life.set("12:10", "AWAY", until="12:45", reason="lunch", then=Then.ONLINE)
    assert life.history[2:] == ["12:10 AWAY by MANUAL until 12:45"] * 2
    assert life.view("12:40").status_since == at("12:00")


def test_an_end_needs_no_workflow() -> None:
    life = Life()
    life.activity("12:00")
    life.set("12:00", "AWAY", until="12:30")
    assert life.ahead("12:10") == "ONLINE by EXPIRY at 12:30"  # while no period is in force, an hour is recent
    life.set("14:00", "AWAY", until="14:30")
    assert life.ahead("14:00") == "AWAY by EXPIRY at 14:30"


def test_a_workflow_that_was_switched_off_meanwhile_leaves_the_end() -> None:
    life = lunch()
    life.configure("12:10", enabled=False)
    assert life.told("14:00")[2:] == ["12:30 ONLINE by EXPIRY"]


# --- engagements ----------------------------------------------------------------------------------------------------


def test_a_call_of_forty_minutes_keeps_its_agent_online() -> None:
    life = Life(**BOTH)
    life.activity("09:00")
    life.engage("09:05")
    assert life.view("09:30").engagements == 1
    assert life.ahead("09:30") == "AWAY by INACTIVITY at 10:15"
    life.hang_up("09:45")
    assert life.view("09:45").engagements == 0
    assert life.told("12:00") == ["09:00 ONLINE by ACTIVITY", "09:55 AWAY by INACTIVITY", "10:15 OFFLINE by INACTIVITY"]


def test_a_call_whose_end_is_lost_strands_nobody() -> None:
    life = Life(**BOTH)
    life.activity("09:00")
    life.engage("09:05")
    assert life.told("12:00")[1:] == ["10:15 AWAY by INACTIVITY", "10:35 OFFLINE by INACTIVITY"]


def test_the_last_of_several_engagements_counts() -> None:
    life = Life(**BOTH)
    life.activity("09:00")
    life.engage("09:01", "call", ttl=5 * MINUTE)
    life.engage("09:02", "chat", ttl=20 * MINUTE)
    life.hang_up("09:30", "call")
    assert life.view("09:10").engagements == 1
    assert life.ahead("09:10") == "AWAY by INACTIVITY at 09:32"
    assert life.told("09:40")[1:] == ["09:32 AWAY by INACTIVITY"]


def test_an_engagement_resumes_nobody_but_holds_up_offline() -> None:
    life = Life(**BOTH)
    life.activity("09:00")
    life.engage("09:20")
    assert life.shown("09:59") == "AWAY by INACTIVITY since 09:10"
    assert life.ahead("09:59") == "OFFLINE by INACTIVITY at 10:50"


def test_the_twenty_first_is_refused_unless_it_renews_or_another_has_ended() -> None:
    life = Life(**BOTH)
    life.activity("09:00")
    for number in range(20):
        life.engage("09:00", f"chat-{number}", ttl=HOUR + number * SECOND)
        life.keep("09:00", f"tab-{number}", ttl=HOUR + number * SECOND)
    with pytest.raises(LimitExceeded):
        life.engage("09:01", "one-more")
    with pytest.raises(LimitExceeded):
        life.keep("09:01", "one-more", active="09:01")
    assert life.record.last_activity == at("09:00")
    life.engage("09:01", "chat-0", ttl=2 * HOUR)
    life.keep("09:01", "tab-0", ttl=2 * HOUR)
    life.engage("10:00:01", "one-more")
    life.keep("10:00:01", "one-more")


# --- sessions -------------------------------------------------------------------------------------------------------


def at_work(**patch: object) -> Life:
    """Active and with a session at 08:59; the laptop is closed at 09:00."""
    life = Life(**(patch or GONE))
    life.keep("08:59", active="08:59")
    life.close("09:00")
    return life


def test_a_closed_laptop_is_offline_a_minute_later_and_not_a_millisecond_before() -> None:
    life = at_work()
    assert life.view("09:00").connected is False
    assert life.ahead("09:00") == "OFFLINE by DISCONNECT at 09:01"
    assert life.shown("09:00:59.999") == "ONLINE by ACTIVITY since 08:59"
    assert life.shown("09:01") == "OFFLINE by DISCONNECT since 09:01"
    assert not life.view("09:01").available


def test_what_is_underneath_goes_on() -> None:
    life = at_work()
    assert life.told("10:00") == [
        "08:59 ONLINE by ACTIVITY",
        "09:01 OFFLINE by DISCONNECT",
        "09:29 OFFLINE by INACTIVITY",
    ]
    assert life.shown("10:00") == "OFFLINE by INACTIVITY since 09:01"


def test_what_changes_underneath_is_kept_without_telling_anybody() -> None:
    life = at_work()
    life.sweep("09:01")
    decision = rules.settle(life.record, life.policy, at("09:09"))
    assert decision.switches == () and decision.durable
    assert decision.record is not life.record
    assert life.ahead("09:08") == "OFFLINE by INACTIVITY at 09:29"


def test_a_reload_does_not_flap() -> None:
    life = at_work()
    life.keep("09:00:03")
    assert life.told("09:02") == ["08:59 ONLINE by ACTIVITY"]


def test_a_session_that_is_not_renewed_runs_out() -> None:
    life = Life(**GONE)
    life.keep("09:00", active="09:00")
    assert life.view("09:02:29.999").connected
    assert not life.view("09:02:30").connected
    assert life.told("09:04")[1:] == ["09:03:30 OFFLINE by DISCONNECT"]


def test_a_browser_in_the_background_with_one_timer_a_minute_is_connected() -> None:
    life = Life(**{**GONE, "away_after_ms": HOUR, "offline_after_ms": None})
    life.keep("09:00", active="09:00")
    for minute in range(1, 30):
        life.keep(f"09:{minute:02}")
    assert life.told("09:29") == ["09:00 ONLINE by ACTIVITY"]


def test_one_of_two_browsers_is_enough() -> None:
    life = Life(**GONE)
    life.keep("09:00", "laptop", ttl=HOUR, active="09:00")
    life.keep("09:00", "phone", ttl=HOUR)
    life.close("09:01", "laptop")
    assert life.view("09:05").connected
    life.close("09:05", "phone")
    assert life.told("09:06")[1:] == ["09:06 OFFLINE by DISCONNECT"]


def test_a_session_kept_again_shows_what_is_underneath_and_resumes_nobody() -> None:
    life = at_work()
    life.keep("09:05")
    assert life.shown("09:05") == "ONLINE by ACTIVITY since 09:05"
    life = at_work()
    life.keep("09:15")
    assert life.shown("09:15") == "AWAY by INACTIVITY since 09:15"


def test_a_disconnection_over_an_away_set_by_hand_and_back() -> None:
    life = Life(**GONE)
    life.keep("09:00", active="09:00")
    life.set("09:00", "AWAY", reason="meeting")
    life.close("09:01")
    life.keep("09:05")
    view = life.view("09:05")
    assert (view.status, view.actor, view.reason) == (Status.AWAY, "ada", "meeting")
    assert life.history == [
        "09:00 ONLINE by ACTIVITY",
        "09:00 AWAY by MANUAL",
        "09:02 OFFLINE by DISCONNECT",
        "09:05 AWAY by MANUAL",
    ]


def test_a_disconnection_to_away_leaves_an_away_alone() -> None:
    life = Life(**GONE, disconnect_status=Status.AWAY)
    life.keep("09:00", active="09:00")
    life.set("09:00", "AWAY")
    life.close("09:01")
    assert life.shown("09:10") == "AWAY by MANUAL since 09:00"
    assert life.told("09:10") == ["09:00 ONLINE by ACTIVITY", "09:00 AWAY by MANUAL"]


def test_an_activity_or_a_setting_from_elsewhere_is_as_if_there_had_been_no_session() -> None:
    life = at_work()
    life.activity("09:02")
    assert life.shown("09:02") == "ONLINE by ACTIVITY since 09:02"
    assert life.layers == NO_LAYERS
    life = at_work()
    life.set("09:02", "ONLINE")
    assert life.told("09:11:59.999")[1:] == ["09:01 OFFLINE by DISCONNECT", "09:02 ONLINE by MANUAL"]


def test_an_activity_from_before_the_end_of_the_session_lifts_nothing() -> None:
    life = at_work()
    life.activity("09:02", of="08:59:59")
    assert life.shown("09:02") == "OFFLINE by DISCONNECT since 09:01"
    assert life.record.last_activity == at("08:59:59")


def test_a_stale_activity_lifts_nothing() -> None:
    life = at_work()
    life.activity("09:20", of="09:05")
    assert life.shown("09:20") == "OFFLINE by DISCONNECT since 09:01"


def test_who_never_had_a_session_is_never_disconnected() -> None:
    life = Life(enabled=True, disconnect_after_ms=MINUTE)
    life.activity("09:00")
    assert life.ahead("09:00") is None


def test_an_outage_over_live_sessions_is_not_a_disconnection() -> None:
    life = Life(**GONE)
    life.keep("09:00", active="09:00")
    life.outage("09:01", "09:06")
    assert life.ahead("09:06") == "OFFLINE by DISCONNECT at 09:07"
    life.keep("09:06:59")
    assert life.told("09:07") == ["09:00 ONLINE by ACTIVITY"]


def test_an_activity_from_within_an_outage_lifts_nothing() -> None:
    life = Life(**GONE)
    life.keep("09:00", active="09:00")
    life.outage("09:01", "09:06")
    life.sweep("09:07")
    life.activity("09:08", of="09:05")
    assert life.shown("09:08") == "OFFLINE by DISCONNECT since 09:07"


def test_an_end_and_a_period_due_at_the_same_millisecond() -> None:
    life = Life(**{**BOTH, "disconnect_after_ms": 10 * MINUTE})
    life.keep("09:00", active="09:00")
    life.close("09:00")
    assert life.ahead("09:00") == "OFFLINE by DISCONNECT at 09:10"
    assert life.told("09:10") == ["09:00 ONLINE by ACTIVITY", "09:10 OFFLINE by DISCONNECT"]
    assert life.record.state.name == "AWAY_BY_INACTIVITY"


def test_a_status_with_an_end_set_while_disconnected() -> None:
    life = at_work()
    life.set("09:05", "AWAY", until="09:30", then=Then.ONLINE)
    assert life.told("09:31")[1:] == [
        "09:01 OFFLINE by DISCONNECT",
        "09:05 AWAY by MANUAL until 09:30",
        "09:30 ONLINE by EXPIRY",
    ]


def test_an_end_is_shown_under_a_disconnection_and_passes_underneath_it() -> None:
    life = Life(**GONE)
    life.keep("09:00", active="09:00")
    life.set("09:00", "AWAY", until="09:30", then=Then.ONLINE)
    life.close("09:01")
    view = life.view("09:05")
    assert (view.status, view.expire_time, view.then) == (Status.OFFLINE, at("09:30"), Then.ONLINE)
    life.keep("09:35")
    assert life.history[2:] == ["09:02 OFFLINE by DISCONNECT", "09:35 ONLINE by EXPIRY"]


# --- the workflow ---------------------------------------------------------------------------------------------------


def test_a_disconnection_stays_when_the_workflow_is_switched_off_or_lengthened() -> None:
    life = at_work()
    life.configure("09:05", enabled=False)
    assert life.shown("20:00") == "OFFLINE by DISCONNECT since 09:01"
    life = at_work()
    life.configure("09:05", disconnect_after_ms=HOUR)
    assert life.shown("09:20") == "OFFLINE by DISCONNECT since 09:01"


def test_what_a_change_shortens_switches_at_the_change() -> None:
    life = Life(**{**GONE, "disconnect_after_ms": 20 * MINUTE})
    life.keep("09:00", active="09:00")
    life.close("09:01")
    life.configure("09:05", disconnect_after_ms=MINUTE)
    assert life.told("09:06")[1:] == ["09:05 OFFLINE by DISCONNECT"]


def test_a_lower_disconnect_status_lowers_who_is_gone_and_a_higher_one_lifts_nobody() -> None:
    life = at_work(**GONE, disconnect_status=Status.AWAY)
    life.configure("09:05", disconnect_status=Status.OFFLINE)
    life.configure("09:06", disconnect_status=Status.AWAY)
    assert life.told("09:07")[1:] == ["09:01 AWAY by DISCONNECT", "09:05 OFFLINE by DISCONNECT"]


def test_switching_on_disconnects_nobody_at_that_instant() -> None:
    life = at_work(**{**GONE, "enabled": False})
    life.configure("09:30", enabled=True)
    assert life.ahead("09:30") == "OFFLINE by DISCONNECT at 09:31"


def test_a_disconnection_alone_is_enough_and_never_to_online() -> None:
    assert revise(DEFAULT_WORKFLOW, {"enabled": True, "disconnect_after_ms": 1000}, now=1, actor="", revision=1).enabled
    for patch in (
        {"disconnect_status": Status.ONLINE},
        {"disconnect_after_ms": 999},
        {"disconnect_after_ms": 31 * 24 * HOUR},
    ):
        with pytest.raises(InvalidWorkflow):
            revise(DEFAULT_WORKFLOW, patch, now=1, actor="", revision=1)  # type: ignore[arg-type]


def test_a_dry_run_counts_who_is_gone() -> None:
    life = at_work(**BOTH)
    shorter = revise(life.policy.workflow, {"disconnect_after_ms": MINUTE}, now=at("09:05"), actor="", revision=9)
    found = rules.outlook(life.record, life.policy, shorter, at("09:05"), at("10:00"))
    assert found.at_once == (Status.ONLINE, Status.OFFLINE)
    assert found.ahead == []


def test_a_dry_run_takes_live_sessions_to_be_kept() -> None:
    life = Life(enabled=True, away_after_ms=40 * MINUTE)
    life.keep("09:00", active="09:00")
    longer = revise(life.policy.workflow, {"disconnect_after_ms": MINUTE}, now=at("09:01"), actor="", revision=9)
    found = rules.outlook(life.record, life.policy, longer, at("09:01"), at("10:01"))
    assert found.at_once is None
    assert [(due.state.name, due.effective_time) for due in found.ahead] == [("AWAY_BY_INACTIVITY", at("09:40"))]
