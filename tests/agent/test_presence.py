"""What the server says of an agent whose browser has the package, at exact times."""

from __future__ import annotations

import pytest
from tests.agent.desk import MINUTE, SECOND, Desk

from onduty_server.domain.status import Cause, Status

pytestmark = pytest.mark.slow

GONE = {"away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE, "disconnect_after_ms": MINUTE}


async def test_the_first_key_makes_an_agent_online_and_a_rest_away(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open()
    assert await tab.said("problem") == ["not_found"]
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    assert await tab.shown() == "ONLINE"
    await desk.pass_time(11 * MINUTE)
    assert await tab.shown() == "AWAY"
    view = await desk.status()
    assert (view.status, view.cause, view.connected) == (Status.AWAY, Cause.INACTIVITY, True)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE", "AWAY"]


async def test_what_a_script_dispatches_is_no_input(desk: Desk) -> None:
    await desk.configure(**GONE)
    tab = await (await desk.profile()).open()
    await tab.page.evaluate(
        """() => {
          const kinds = ["keydown", "pointerdown", "pointermove", "wheel", "focus"];
          for (const kind of kinds) dispatchEvent(new Event(kind));
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await desk.pass_time(2 * MINUTE)
    assert await tab.said("status") == []


async def test_a_pointer_that_rests_is_no_input_and_one_that_moves_is(desk: Desk) -> None:
    await desk.configure(**GONE)
    tab = await (await desk.profile()).open()
    await tab.page.mouse.move(10, 10)
    await tab.page.evaluate("() => document.body.append(document.createElement('hr'))")
    await desk.pass_time(5 * SECOND)
    assert await tab.said("status") == []
    await tab.page.mouse.move(30, 30)
    await desk.pass_time(5 * SECOND)
    assert await tab.shown() == "ONLINE"


async def test_five_tabs_have_one_session_and_input_in_any_of_them_counts(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    for _ in range(5):
        await profile.open()
    leader = await profile.leader()
    other = next(tab for tab in profile.tabs if tab is not leader)
    for _ in range(4):
        await other.touch()
        await desk.pass_time(5 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]
    assert len(set(desk.kept)) == 1
    assert {await tab.shown() for tab in profile.tabs} == {"ONLINE"}


async def test_when_the_tab_that_leads_is_closed_another_goes_on_without_a_flap(desk: Desk) -> None:
    await desk.configure(**{**GONE, "disconnect_after_ms": SECOND})
    profile = await desk.profile()
    for _ in range(2):
        await profile.open()
    await profile.tabs[1].touch()
    await desk.pass_time(2 * SECOND, SECOND)
    await profile.close(await profile.leader())
    await desk.pass_time(5 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]
    assert await desk.sessions()


async def test_when_the_last_tab_is_closed_the_agent_is_offline_after_disconnect_after(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(10 * SECOND)
    await tab.page.goto("about:blank")
    await desk.ended()
    assert not await desk.sessions()
    await desk.forward(59 * SECOND)
    assert (await desk.status()).status is Status.ONLINE
    await desk.forward(SECOND)
    view = await desk.status()
    assert (view.status, view.cause) == (Status.OFFLINE, Cause.DISCONNECT)


async def test_a_reload_does_not_flap(desk: Desk) -> None:
    await desk.configure(**{**GONE, "disconnect_after_ms": SECOND})
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    for _ in range(3):
        await tab.page.reload()
        await tab.settle()
        await desk.pass_time(2 * SECOND, SECOND)
    await desk.pass_time(2 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]
    assert len(set(desk.kept)) == 4


async def test_a_tab_that_is_killed_is_replaced_before_the_lease_has_run_out(desk: Desk) -> None:
    await desk.configure(**{**GONE, "disconnect_after_ms": SECOND})
    profile = await desk.profile()
    for _ in range(2):
        await profile.open()
    await profile.tabs[0].touch()
    await desk.pass_time(10 * SECOND)
    leader = await profile.leader()
    profile.tabs.remove(leader)
    await leader.kill()
    await desk.pass_time(5 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]
    assert await profile.tabs[0].is_leading()


async def test_a_browser_that_is_killed_is_gone_after_the_lease_and_disconnect_after(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    profile.tabs.remove(tab)
    await tab.kill()
    await desk.forward(6 * MINUTE)
    history = await desk.history()
    assert [(status, cause) for status, cause, _ in history] == [("ONLINE", "ACTIVITY"), ("OFFLINE", "DISCONNECT")]
    assert history[-1][2] - history[0][2] <= 150 + 60 + 2


async def test_a_hidden_tab_with_one_timer_a_minute_keeps_its_session(desk: Desk) -> None:
    await desk.configure(disconnect_after_ms=SECOND)
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    for _ in range(30):
        desk.clock.advance(MINUTE)
        await profile.context.clock.fast_forward(MINUTE)
        await tab.settle()
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]


async def test_after_sleep_the_truth_is_shown_first(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    before = len(await tab.said("status"))
    profile.fall_asleep()
    await desk.pass_time(20 * MINUTE, MINUTE)
    await profile.wake_up()
    await desk.pass_time(10 * SECOND, SECOND)
    shown = [(said["status"], said["cause"]) for said in (await tab.said("status"))[before:]]
    assert shown[0] == ("OFFLINE", "DISCONNECT")
    assert shown[1] == ("AWAY", "INACTIVITY")
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    assert await tab.shown() == "ONLINE"


async def test_a_network_that_was_cut_is_found_again_and_nothing_has_piled_up(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    desk.is_reachable = False
    for _ in range(20):
        await tab.touch()
        await desk.pass_time(15 * SECOND)
    problems = await tab.said("problem")
    assert set(problems) == {"not_found", "unavailable"}
    assert len(problems) <= 30
    assert (await desk.status()).status is Status.OFFLINE
    desk.is_reachable = True
    before = len(desk.kept)
    await tab.page.evaluate("() => dispatchEvent(new Event('online'))")
    await desk.pass_time(6 * SECOND, SECOND)
    assert await tab.shown() == "ONLINE"
    assert len(desk.kept) - before <= 2


async def test_two_browsers_are_two_sessions_and_one_is_enough(desk: Desk) -> None:
    await desk.configure(disconnect_after_ms=MINUTE)
    profiles = [await desk.profile(), await desk.profile()]
    tabs = [await profile.open() for profile in profiles]
    await tabs[0].touch()
    await desk.pass_time(10 * SECOND)
    await tabs[1].touch()
    await desk.pass_time(10 * SECOND)
    assert len(set(desk.kept)) == 2
    await profiles[0].close(tabs[0])
    await desk.pass_time(10 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]


async def test_one_tab_of_all_is_told_a_minute_before_a_switch_and_input_anywhere_dismisses_it(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    for _ in range(3):
        await profile.open()
    await profile.tabs[1].touch()
    await desk.pass_time(8 * MINUTE)
    assert [await tab.said("warning") for tab in profile.tabs] == [[], [], []]
    await desk.pass_time(75 * SECOND)
    warned = [len(await tab.said("warning")) for tab in profile.tabs]
    assert warned == [0, 1, 0]
    (warning,) = await profile.tabs[1].said("warning")
    assert (warning["status"], warning["cause"]) == ("AWAY", "INACTIVITY")
    await profile.tabs[2].touch()
    await desk.pass_time(3 * SECOND, SECOND)
    assert (await profile.tabs[1].said("warning"))[1:] == [None]
    await desk.pass_time(5 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]


async def test_an_engagement_keeps_an_agent_from_being_idle(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    await tab.page.evaluate("() => { desk.call = desk.presence.engage('call-4711'); }")
    await desk.pass_time(25 * MINUTE)
    assert (await desk.status()).engagements == 1
    await tab.page.evaluate("() => desk.call.end()")
    await desk.pass_time(5 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]
    assert (await desk.status()).engagements == 0


async def test_a_status_is_set_with_an_end_and_every_tab_shows_it(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    for _ in range(2):
        await profile.open()
    await profile.tabs[0].touch()
    await desk.pass_time(2 * SECOND, SECOND)
    for tab in profile.tabs:
        await tab.page.evaluate("() => desk.presence.setStatus('AWAY', {for: '30m', reason: 'lunch'})")
        await desk.settle()
        assert [await each.shown() for each in profile.tabs] == ["AWAY", "AWAY"]
    await desk.pass_time(31 * MINUTE)
    assert (await desk.status()).cause is Cause.EXPIRY
    assert [(await each.said("status"))[-1]["cause"] for each in profile.tabs] == ["EXPIRY", "EXPIRY"]
    assert [(await each.said("status"))[-1]["end"] for each in profile.tabs] == [None, None]


async def test_a_token_that_is_no_longer_accepted_is_fetched_anew_at_once(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    tab = await profile.open(token="key")
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    desk.refused_token = "key-0"
    await desk.pass_time(80 * SECOND)
    assert (await tab.said("problem"))[1:] == ["unauthenticated"]
    assert sum(await tab.page.evaluate("() => desk.tokens")) == 1
    await tab.touch()
    await desk.pass_time(10 * MINUTE - 30 * SECOND)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]


async def test_a_page_that_is_frozen_lets_another_lead_and_follows_when_it_is_thawed(desk: Desk) -> None:
    await desk.configure(**{**GONE, "disconnect_after_ms": SECOND})
    profile = await desk.profile()
    for _ in range(2):
        await profile.open()
    await profile.tabs[0].touch()
    await desk.pass_time(2 * SECOND, SECOND)
    leader = await profile.leader()
    (other,) = [tab for tab in profile.tabs if tab is not leader]
    await leader.page.evaluate("() => document.dispatchEvent(new Event('freeze'))")
    await other.settle()
    await desk.pass_time(2 * MINUTE)
    assert await other.is_leading()
    assert not await leader.is_leading()
    await leader.page.evaluate("() => document.dispatchEvent(new Event('resume'))")
    await desk.pass_time(2 * MINUTE)
    assert await (await profile.leader()).shown() == "ONLINE"
    assert await leader.shown() == "ONLINE"
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]
