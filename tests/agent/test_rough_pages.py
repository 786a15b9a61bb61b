"""Pages, browsers and callbacks that are not as kind as one could wish."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from tests.agent.desk import MINUTE, SECOND, Desk

pytestmark = pytest.mark.slow

GONE = {"away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE, "disconnect_after_ms": MINUTE}
LOCKS_REFUSED = """
  const request = () => Promise.reject(new DOMException("refused", "SecurityError"));
  Object.defineProperty(Navigator.prototype, "locks", { get: () => ({ request }) });
"""
CHANNELS_REFUSED = """
  globalThis.BroadcastChannel = class { constructor() { throw new DOMException("refused", "SecurityError"); } };
"""
NO_SECURE_CONTEXT = """
  Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
  Object.defineProperty(Crypto.prototype, "randomUUID", { value: undefined });
"""
NOTIFICATION_FAILS = """() => {
  globalThis.Notification = class {
    static permission = "granted";
    constructor() { throw new TypeError("Illegal constructor"); }
  };
  Object.defineProperty(document, "hidden", { get: () => true });
  desk.presence.options.notify = true;
}"""


@pytest.mark.parametrize("lacking", [LOCKS_REFUSED, CHANNELS_REFUSED, NO_SECURE_CONTEXT])
async def test_each_tab_speaks_for_itself_where_the_browser_refuses_what_tabs_need(desk: Desk, lacking: str) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    await profile.context.add_init_script(lacking)
    tabs = [await profile.open() for _ in range(2)]
    await tabs[0].touch()
    await desk.pass_time(4 * MINUTE)
    assert [await tab.is_leading() for tab in tabs] == [True, True]
    assert [await tab.shown() for tab in tabs] == ["ONLINE", "ONLINE"]


async def test_a_warning_is_taken_back_although_the_tab_that_led_was_closed(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    leading, other = [await profile.open() for _ in range(2)]
    await other.touch()
    await desk.pass_time(9 * MINUTE + 15 * SECOND)
    assert len(await other.said("warning")) == 1
    assert await leading.is_leading()
    await other.page.evaluate("() => desk.presence.stillHere()")
    await profile.close(leading)
    await desk.pass_time(5 * SECOND, SECOND)
    assert (await other.said("warning"))[1:] == [None]


async def test_a_notification_that_fails_does_not_end_the_session(desk: Desk) -> None:
    await desk.configure(**GONE)
    tab = await (await desk.profile()).open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    await tab.page.evaluate(NOTIFICATION_FAILS)
    await desk.pass_time(15 * MINUTE)
    assert len(await tab.said("warning")) == 2
    assert await desk.sessions()


async def test_a_tab_that_follows_fetches_a_new_token_to_set_a_status(desk: Desk) -> None:
    await desk.configure(**GONE)
    profile = await desk.profile()
    leading, other = [await profile.open(token="key") for _ in range(2)]
    await leading.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    desk.refused_token = "key-0"
    set_away = "() => desk.presence.setStatus('AWAY').then((set) => set.status, (error) => error.code)"
    assert await other.page.evaluate(set_away) == "AWAY"


async def test_a_presence_that_is_closed_renews_no_engagement(desk: Desk) -> None:
    await desk.configure(**GONE)
    tab = await (await desk.profile()).open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    await tab.page.evaluate("() => { desk.presence.engage('call-4711'); desk.presence.close(); }")
    await desk.pass_time(11 * MINUTE)
    assert (await desk.status()).engagements == 0


async def test_an_element_leaves_alone_a_presence_that_it_was_given_after_its_own(desk: Desk) -> None:
    await desk.configure(**GONE)
    tab = await (await desk.profile()).open()
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    await tab.page.evaluate(
        """() => {
          const element = document.createElement("onduty-status");
          element.setAttribute("account-id", "acme");
          element.setAttribute("user-id", "eve");
          document.body.append(element);
          element.remove();
          element.presence = desk.presence;
          document.body.append(element);
          element.remove();
        }"""
    )
    await desk.pass_time(5 * MINUTE)
    assert await desk.sessions()


async def test_an_element_shows_an_end_on_a_page_whose_language_is_no_tag_and_the_day_of_one_far_away(
    desk: Desk,
) -> None:
    await desk.configure(**GONE)
    tab = await (await desk.profile()).open(element=1, lang="de_DE")
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    await tab.page.evaluate("() => desk.presence.setStatus('AWAY', {for: '30m'})")
    await expect(
        tab.page.get_by_role("button", name=re.compile(r"^Mein Status: Abwesend bis \d\d:\d\d\."))
    ).to_be_visible()
    await tab.page.evaluate("() => desk.presence.setStatus('AWAY', {for: '3d'})")
    end = await tab.page.evaluate("() => desk.presence.status.end.at.getDate()")
    await expect(tab.page.get_by_role("button", name=f"Mein Status: Abwesend bis {end}.")).to_be_visible()
