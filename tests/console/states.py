"""Every page of the console in every state that it can be in, for those who check what it looks like."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from playwright.async_api import Page, Route, expect
from tests.console.care_team import COLLEAGUE, MIDNIGHT, NEW_TEAM, NOW, PEOPLE, STAYS, TEAM, Deed, Team
from tests.grpc.wire import MINUTE, period

from onduty.v1 import status_pb2 as pb

HOSTILE = (
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    "\u0639\u0628\u062f \u0627\u0644\u0644\u0647",
    "x" * 128,
    "\u957f" * 42,
    "a/b?c#d%2F",
)
_SERVICE = "**/onduty.v1.StatusService/"


class Visit(NamedTuple):
    """A page that has been opened at the address of a state, and the server behind it."""

    page: Page
    team: Team
    key: str

    def button(self, words: str) -> Any:
        """The button with these words, which are a regular expression."""
        return self.page.get_by_role("button", name=re.compile(words)).first


Prepare = Callable[[Visit], Awaitable[None]]
Meddle = Callable[[Page], Awaitable[None]]


class State(NamedTuple):
    """A state: its address, what is done before the page is opened and after, and what then is to be seen."""

    name: str
    address: str
    shows: str
    """A selector of what is there once the state is reached."""
    prepare: Prepare | None = None
    meddle: Meddle | None = None
    role: str = ""
    """The role of the caller on a server that asks for a key; without one the server asks for none."""


def _answer(method: str, answer: Callable[[Route], Awaitable[None]]) -> Meddle:
    async def meddle(page: Page) -> None:
        await page.route(f"{_SERVICE}{method}", answer)

    return meddle


_held: list[Route] = []


async def _never(route: Route) -> None:
    """Leave the call without an answer, until `let_go`."""
    _held.append(route)


async def let_go() -> None:
    """End the calls that were left without an answer."""
    while _held:
        await _held.pop().abort()


async def _unreachable(route: Route) -> None:
    await route.abort("connectionrefused")


async def _store_is_away(route: Route) -> None:
    detail = {"type": "google.rpc.ErrorInfo", "value": "", "debug": {"reason": "STORE_UNAVAILABLE"}}
    await route.fulfill(status=503, body=json.dumps({"code": "unavailable", "message": "no", "details": [detail]}))


# --- the board -------------------------------------------------------------------------------------------------------


async def _selected(visit: Visit) -> None:
    for name in ("Anna Kowalska", "Ben Hartmann", "Cleo Vasseur"):
        await visit.page.get_by_role("checkbox", name=re.compile(name)).check()


async def _set_one(visit: Visit) -> None:
    await visit.page.get_by_role("button", name=re.compile("(Set status of|Status von) Anna Kowalska")).click()
    await visit.page.locator("dialog input:not([type=radio])").last.fill("lunch")


async def _set_until(visit: Visit) -> None:
    await _set_one(visit)
    await visit.page.locator("dialog select").first.select_option(index=6)
    await visit.page.locator("dialog input[type=time]").fill("15:30")
    await visit.page.locator("dialog select").last.select_option(index=1)


async def _set_several(visit: Visit) -> None:
    await _selected(visit)
    await visit.page.locator(".selection button").first.click()


async def _filtered(visit: Visit) -> None:
    await visit.page.locator(".chip").nth(2).click()


async def _sorted(visit: Visit) -> None:
    await visit.page.locator(".sorter").last.click()


async def _no_match(visit: Visit) -> None:
    await visit.page.get_by_role("searchbox").fill("nobody of that name")


async def _scrolled(visit: Visit) -> None:
    await visit.page.locator(".rows").evaluate("e => e.scrollTo(0, 1e6)")


async def _cut_off(visit: Visit) -> None:
    await expect(visit.page.locator(".link.live")).to_be_visible()
    await visit.page.evaluate("cutOff()")


async def _hostile(visit: Visit) -> None:
    for name in HOSTILE:
        await visit.team.do(Deed(NOW, name, pb.STATUS_AWAY, f"{name} {name}", name), "harbour-travel")
    # The same name twice, names that are long or turn, and one that somebody else has as an id.
    names = (HOSTILE[0], "ada.lindqvist", HOSTILE[2], "Long Name " * 24 + "End", HOSTILE[1], "ada.lindqvist")
    for number, (user, name) in enumerate(zip(HOSTILE, names, strict=True)):
        await visit.team.introduce(user, name, HOSTILE[number - 1][:40], "harbour-travel")


async def _answers(visit: Visit) -> None:
    await _set_several(visit)
    await visit.page.locator("dialog button[type=submit]").click()


async def _answered_for_each(route: Route) -> None:
    request = pb.BatchSetStatusRequest.FromString(route.request.post_data_buffer or b"")
    error = pb.SetStatusError(message="the account has as many people as it may have")
    results = [pb.SetStatusResult(error=error) for _ in request.requests[:1]]
    results += [pb.SetStatusResult(user_status=pb.UserStatus()) for _ in request.requests[1:]]
    answer = pb.BatchSetStatusResponse(results=results).SerializeToString()
    await route.fulfill(status=200, content_type="application/proto", body=answer)


async def _edited(visit: Visit) -> None:
    await visit.button("Name and team|Name und Team").click()


async def _erase(visit: Visit) -> None:
    await visit.button("Erase|Löschen").click()
    await visit.page.locator("dialog input").fill("marek.wo")


async def _erased(visit: Visit) -> None:
    await _erase(visit)
    await visit.page.locator("dialog input").fill("marek.wojcik")
    await visit.page.locator("dialog button[type=submit]").click()


async def _erase_account(visit: Visit) -> None:
    await visit.page.locator(".account-list button").nth(1).click()


async def _create_account(visit: Visit) -> None:
    await visit.page.locator(".creation summary").click()


# --- settings --------------------------------------------------------------------------------------------------------


async def _offline_field(visit: Visit, value: str) -> None:
    await visit.page.locator(".field .short").nth(1).fill(value)


async def _preview(visit: Visit) -> None:
    await visit.page.locator(".field .short").first.fill("5")


async def _invalid(visit: Visit) -> None:
    await _offline_field(visit, "8")


async def _asks(visit: Visit) -> None:
    await visit.page.locator(".field .short").first.fill("2")
    await expect(visit.page.locator(".preview .switches")).to_be_visible()
    await visit.page.locator("button.primary[type=submit]").click()


async def _conflict(visit: Visit) -> None:
    await _preview(visit)
    await visit.team.configure(COLLEAGUE, away_after=period(12 * MINUTE))


async def _gone(visit: Visit) -> None:
    await visit.page.locator(".add-disconnectAfter").click()
    await expect(visit.page.locator(".preview .effect")).to_be_visible()


async def _advanced(visit: Visit) -> None:
    await visit.page.locator("details").first.evaluate("e => (e.open = true)")


async def _switched_on(visit: Visit) -> None:
    await visit.page.get_by_role("switch").click()


async def _saved(visit: Visit) -> None:
    await visit.page.locator(".field .short").first.fill("11")
    await visit.page.locator("button.primary[type=submit]").click()


async def _no_period(visit: Visit) -> None:
    await visit.page.get_by_role("switch").click()
    await visit.page.locator(".field-row button").first.click()


async def _restored(visit: Visit) -> None:
    await visit.page.locator(".settings-history td button").nth(1).click()


async def _started(visit: Visit) -> None:
    await visit.page.locator(".following button").click()


async def _follows_again(visit: Visit) -> None:
    await visit.page.locator(".own button").click()
    await expect(visit.page.locator("dialog .effect")).to_be_visible()


# --- reports ---------------------------------------------------------------------------------------------------------


async def _choose(visit: Visit, value: str) -> None:
    """Choose what has this value, whatever it is called in the language of the page."""
    await visit.page.locator(f"select:has(option[value={value}])").last.select_option(value)


async def _yesterday(visit: Visit) -> None:
    await _choose(visit, "yesterday")


async def _as_table(visit: Visit) -> None:
    await _choose(visit, "table")


async def _by_day(visit: Visit) -> None:
    await _choose(visit, "day")


async def _no_days(visit: Visit) -> None:
    await _choose(visit, "days")
    await visit.page.locator("input[type=date]").first.fill("2031-01-02")


async def _day_opened(visit: Visit) -> None:
    await _choose(visit, "yesterday")
    await visit.page.locator(".row-button").nth(2).click()


# --- what if, history, start -----------------------------------------------------------------------------------------


def activity_log() -> bytes:
    """A day of activities, some with gaps that are just longer than a period."""
    lines = ["activity_time,user_id"]
    for number, user in enumerate(PEOPLE):
        at = MIDNIGHT - 15 * 60 * MINUTE + number * 4 * MINUTE
        for step in range(70):
            at += round(
                (1.5 + (number * 7 + step * 13) % 11 * 0.55 + (9.5 if (number + step) % 17 == 0 else 0)) * MINUTE
            )
            lines.append(f"{datetime.fromtimestamp(at // 1_000, UTC):%Y-%m-%dT%H:%M:%SZ},{user}")
    return "\n".join((lines[0], *sorted(lines[1:]), "")).encode()


async def _log_chosen(visit: Visit, log: bytes = b"") -> None:
    file: Any = {"name": "activities-2026-11-25.csv", "mimeType": "text/csv", "buffer": log or activity_log()}
    await visit.page.locator("input[type=file]").set_input_files(file)


async def _simulated(visit: Visit) -> None:
    await _log_chosen(visit)
    await _choose(visit, "other")
    await visit.page.locator("button[type=submit]").click()


async def _bad_log(visit: Visit) -> None:
    await _log_chosen(visit, b"this is,no log\n1,2\n")


async def _history_of_nobody(visit: Visit) -> None:
    await visit.page.locator(".tools input").first.fill("nobody of that name")


async def _by_hand(visit: Visit) -> None:
    await visit.page.locator(".tools select").nth(1).select_option(index=1)


async def _no_account(visit: Visit) -> None:
    await visit.page.locator(".token-form button").click()


async def _wrong_key(visit: Visit) -> None:
    await visit.page.locator("#token").fill("onduty_wrong")
    await visit.page.locator("button[type=submit]").click()


async def _signed_in(visit: Visit) -> None:
    await visit.page.locator("#token").fill(visit.key)
    await visit.page.locator("button[type=submit]").click()


LIVE = ".link.live"
STATES = (
    # The order matters where a state changes what the server holds: those come last.
    State("starting", f"{TEAM}/board", ".boot", meddle=_answer("GetCaller", _never)),
    State("unreachable", f"{TEAM}/board", ".card", meddle=_answer("GetCaller", _unreachable)),
    State("start", "", ".account-list"),
    State("start-create", "", ".creation[open]", _create_account),
    State("start-erase", "", "dialog[open]", _erase_account),
    State("start-refused", "", ".problem", _no_account),
    State("no-page", f"{TEAM}/elsewhere", ".empty"),
    State("board", f"{TEAM}/board", LIVE),
    State("board-filtered", f"{TEAM}/board", LIVE, _filtered),
    State("board-sorted", f"{TEAM}/board", LIVE, _sorted),
    State("board-end", f"{TEAM}/board", LIVE, _scrolled),
    State("board-no-match", f"{TEAM}/board", ".empty", _no_match),
    State("board-selected", f"{TEAM}/board", ".selection", _selected),
    State("board-set-one", f"{TEAM}/board", "dialog[open]", _set_one),
    State("board-set-until", f"{TEAM}/board", "dialog[open]", _set_until),
    State("board-set-several", f"{TEAM}/board", "dialog[open]", _set_several),
    State("board-answers", f"{TEAM}/board", "dialog .answers", _answers, _answer("BatchSetStatus", _answered_for_each)),
    State("board-team", f"{TEAM}/board?team=evening", LIVE),
    State("board-empty", f"{NEW_TEAM}/board", ".empty"),
    State("board-connecting", f"{TEAM}/board", ".skeleton", meddle=_answer("WatchStatuses", _never)),
    State("board-never-connected", f"{TEAM}/board", ".lost-banner", meddle=_answer("WatchStatuses", _unreachable)),
    State("board-cut-off", f"{TEAM}/board", ".lost-banner", _cut_off),
    State("person", f"{TEAM}/person/marek.wojcik", ".timeline"),
    State("person-long-name", f"{TEAM}/person/maximiliane.oberhuber-lindenthal", ".timeline"),
    State("board-stays", f"{STAYS}/board", LIVE),
    State("person-until", f"{STAYS}/person/ben.hartmann", ".timeline"),
    State("person-gone", f"{STAYS}/person/ines.moreira", ".timeline"),
    State("person-on-calls", f"{STAYS}/person/hugo.lefevre", ".timeline"),
    State("person-edit", f"{TEAM}/person/marek.wojcik", "dialog[open]", _edited),
    State("person-erase", f"{TEAM}/person/marek.wojcik", "dialog[open]", _erase),
    State("person-unknown", f"{TEAM}/person/nobody", ".empty"),
    State("person-cut-off", f"{TEAM}/person/marek.wojcik", ".lost-banner", _cut_off),
    State("history", f"{TEAM}/history", ".rows"),
    State("history-by-hand", f"{TEAM}/history", ".rows", _by_hand),
    State("history-team", f"{TEAM}/history?team=day", ".rows"),
    State("history-stays", f"{STAYS}/history", ".rows"),
    State("history-nobody", f"{TEAM}/history", ".empty", _history_of_nobody),
    State("history-empty", f"{NEW_TEAM}/history", ".empty"),
    State("history-loading", f"{TEAM}/history", ".skeleton", meddle=_answer("ListStatusChanges", _never)),
    State("history-failed", f"{TEAM}/history", ".notice.error", meddle=_answer("ListStatusChanges", _store_is_away)),
    State("reports", f"{TEAM}/reports", ".day-bar"),
    State("reports-team", f"{TEAM}/reports/timeline?team=day", ".day-bar", _yesterday),
    State("reports-day", f"{TEAM}/reports/timeline", "dialog[open] .day-bar", _day_opened),
    State("reports-table", f"{TEAM}/reports/timeline", ".rows .parts", _as_table),
    State("reports-time", f"{TEAM}/reports/time", ".day-bar"),
    State("reports-time-days", f"{TEAM}/reports/time", ".by-day .day-bar", _by_day),
    State("reports-time-table", f"{TEAM}/reports/time?team=evening", ".rows .tabled", _as_table),
    State("reports-coverage", f"{TEAM}/reports/coverage", ".curve"),
    State("reports-coverage-table", f"{TEAM}/reports/coverage", ".rows .counts", _as_table),
    State("reports-empty", f"{NEW_TEAM}/reports/time", ".empty"),
    State("reports-no-days", f"{TEAM}/reports/time", ".notice.warn", _no_days),
    State("reports-loading", f"{TEAM}/reports", ".skeleton", meddle=_answer("ListTimelines", _never)),
    State("reports-failed", f"{TEAM}/reports/time", ".notice.error", meddle=_answer("SummarizeTime", _store_is_away)),
    State("what-if", f"{TEAM}/what-if", "form"),
    State("what-if-computing", f"{TEAM}/what-if", "progress", _simulated, _answer("Simulate", _never)),
    State("what-if-result", f"{TEAM}/what-if", ".compared", _simulated),
    State("what-if-bad-log", f"{TEAM}/what-if", "form .problem", _bad_log),
    State("workflows-off", f"{NEW_TEAM}/workflows", ".switch"),
    State("workflows-switched-on", f"{NEW_TEAM}/workflows", ".preview", _switched_on),
    State("workflows-no-period", f"{NEW_TEAM}/workflows", ".problem", _no_period),
    State("workflows", f"{TEAM}/workflows", ".settings-history"),
    State("workflows-loading", f"{TEAM}/workflows", ".skeleton", meddle=_answer("GetWorkflow", _never)),
    State("workflows-failed", f"{TEAM}/workflows", ".notice.error", meddle=_answer("GetWorkflow", _store_is_away)),
    State("workflows-advanced", f"{TEAM}/workflows", "details[open]", _advanced),
    State("workflows-gone", f"{TEAM}/workflows", ".field.disconnectAfter", _gone),
    State("workflows-invalid", f"{TEAM}/workflows", ".problem", _invalid),
    State("workflows-preview", f"{TEAM}/workflows", ".preview .switches", _preview),
    State("workflows-asks", f"{TEAM}/workflows", "dialog[open]", _asks),
    State("workflows-follows", f"{TEAM}/workflows?team=day", ".following"),
    State("workflows-followed", f"{TEAM}/workflows?team=evening", ".settings-history"),
    State("workflows-begun", f"{TEAM}/workflows?team=day", ".own", _started),
    State("workflows-own", f"{TEAM}/workflows?team=back-office", ".own"),
    State("workflows-follows-again", f"{TEAM}/workflows?team=back-office", "dialog[open]", _follows_again),
    State("workflows-restored", f"{TEAM}/workflows", ".preview", _restored),
    State("workflows-conflict", f"{TEAM}/workflows", ".notice.warn", _conflict),
    State("workflows-saved", f"{TEAM}/workflows", ".saved", _saved),
    State("person-erased", f"{TEAM}/person/marek.wojcik", ".empty", _erased),
    State("board-hostile", "harbour-travel/board", LIVE, _hostile),
    State("sign-in", "", "#token", role="router"),
    State("sign-in-refused", "", ".notice", _wrong_key, role="router"),
    State("start-signed-in", "", ".account-list", _signed_in, role="router"),
    State("board-read-only", f"{TEAM}/board", LIVE, _signed_in, role="router"),
    State("workflows-read-only", f"{TEAM}/workflows", ".settings-history", _signed_in, role="router"),
    State("denied", f"{TEAM}/board", ".empty", _signed_in, role="agent"),
)
