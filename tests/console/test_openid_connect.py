"""Signing in at a real OpenID Connect provider: there and back, renewal, the end of a session, and what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, Route, expect
from tests.access.authority import Authority, write
from tests.console.console import Watched, served
from tests.console.provider import NOISE, fill_in, provider, quiet, sign_in, signing_in

pytestmark = pytest.mark.timeout(180)

SWITCH = "Automated status switch"
TTL_S = 2
ENDED_MS = 30_000
"""The longest time until a token of `TTL_S` has expired, with the leeway for clocks."""


async def tokens_of(page: Page) -> list[str]:
    """The tokens that the tab keeps."""
    kept: list[str] = await page.evaluate("Object.values(sessionStorage).filter(each => each.startsWith('ey'))")
    return kept


async def test_people_sign_in_at_their_provider_and_come_back_to_the_page(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path) as (server, there):
        page = await watched.open(f"{server.url}#/acme/workflows")
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_role("switch", name=SWITCH)).to_be_enabled()
        assert page.url == f"{server.url}#/acme/workflows"
        await expect(page.get_by_text("supervisor-kim")).to_be_visible()
        (token,) = await tokens_of(page)
        assert all(token not in each for each in watched.requested)
        assert not any("code=" in each for each in watched.requested if each.startswith(server.url))
        assert await page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
        await page.reload()
        await expect(page.get_by_role("switch", name=SWITCH)).to_be_enabled()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page).to_have_url(re.compile(re.escape(there.issuer)))
        assert "ey" not in page.url
        await page.get_by_role("button", name=re.compile("yes", re.IGNORECASE)).click()
        await expect(page.get_by_role("button", name="Sign in at")).to_be_visible()
        assert page.url == server.url
        assert await tokens_of(page) == []
        await page.get_by_role("button", name="Sign in at").click()
        await expect(page.get_by_placeholder("Enter any login")).to_be_visible()
        await watched.leave()


@pytest.mark.parametrize("mode", ["fragment", "query"])
async def test_the_code_is_not_in_the_history(watched: Watched, tmp_path: Path, mode: str) -> None:
    watched.expected = NOISE

    async def by_query_only(route: Route) -> None:
        response = await route.fetch()
        await route.fulfill(response=response, json={**await response.json(), "response_modes_supported": ["query"]})

    async with signing_in(tmp_path) as (server, _):
        page = await watched.open(f"{server.url}#/acme/board")
        if mode == "query":
            await page.route("**/.well-known/openid-configuration", by_query_only)
        addresses: list[str] = []
        page.on("framenavigated", lambda frame: addresses.append(frame.url))
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        assert page.url == f"{server.url}#/acme/board"
        # It was there, before anything of the page ran.
        assert any(f"{'?' if mode == 'query' else '#'}code=" in each for each in addresses)
        browser = await page.context.new_cdp_session(page)
        history = await browser.send("Page.getNavigationHistory")
        assert len(history["entries"]) > 1
        assert not any("code=" in each["url"] for each in history["entries"])
        await watched.leave()


async def test_a_board_goes_on_while_its_token_is_renewed(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path, token_ttl_s=TTL_S, refresh=True) as (server, _):
        page = await watched.open(f"{server.url}#/acme/board")
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        search = page.get_by_label("Search people", exact=True)
        await search.fill("somebody")
        (first,) = await tokens_of(page)
        await page.evaluate(
            """() => { window.lost = 0; new MutationObserver(() => {
              if (document.querySelector('.lost-banner, .skeleton, form')) window.lost++;
            }).observe(document.body, {childList: true, subtree: true}); }"""
        )
        # The stream that was opened with the first token ends with it, for good 10 s after the issuer's time.
        async with page.expect_request("**/WatchStatuses", timeout=ENDED_MS) as again:
            pass
        assert first not in await tokens_of(page)
        assert first not in (await (await again.value).all_headers())["authorization"]
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        (token,) = await tokens_of(page)
        server.call_as(token, "SetStatus", accountId="acme", userId="somebody", status="STATUS_AWAY")
        await expect(page.get_by_text("somebody")).to_be_visible()
        assert (await page.evaluate("window.lost"), await search.input_value()) == (0, "somebody")
        await watched.leave()


async def test_a_session_that_the_provider_still_knows_goes_on_without_a_word(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path, token_ttl_s=TTL_S) as (server, there):
        page = await watched.open(f"{server.url}#/acme/workflows")
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_role("switch", name=SWITCH)).to_be_enabled()
        (first,) = await tokens_of(page)
        async with page.expect_request(
            lambda request: request.url.startswith(f"{there.issuer}/auth"), timeout=ENDED_MS
        ) as leaving:
            pass
        assert "prompt=none" in (await leaving.value).url
        await expect(page.get_by_role("switch", name=SWITCH)).to_be_enabled()
        assert page.url == f"{server.url}#/acme/workflows"
        assert first not in await tokens_of(page)
        await watched.leave()


async def test_a_session_that_the_provider_has_ended_is_begun_again_by_hand(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path, token_ttl_s=TTL_S) as (server, _):
        page = await watched.open(f"{server.url}#/acme/board")
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await page.context.clear_cookies()
        await expect(page.get_by_text("Your session has ended. Sign in again.")).to_be_visible(timeout=ENDED_MS)
        await expect(page.get_by_text("Live", exact=True)).to_have_count(0)
        await page.get_by_role("button", name="Sign in at").click()
        await fill_in(page, "supervisor-lee")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        assert page.url == f"{server.url}#/acme/board"
        await expect(page.get_by_text("supervisor-lee")).to_be_visible()
        await watched.leave()


async def test_whoever_does_not_agree_is_told_so(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path) as (server, _):
        page = await watched.open(f"{server.url}#/acme/board")
        await quiet(page)
        await page.get_by_role("button", name="Sign in at").click()
        await page.get_by_role("link", name="Cancel").click()
        await expect(page.get_by_text("did not let you in, or you did not agree")).to_be_visible()
        await expect(page.get_by_text("access_denied")).to_be_visible()
        assert page.url == f"{server.url}#/acme/board"
        await page.get_by_role("button", name="Sign in at").click()
        await fill_in(page, "supervisor-kim")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await watched.leave()


async def test_a_client_that_the_provider_does_not_know(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile(f"{NOISE.pattern}|400")
    async with provider() as there, served(tmp_path, *there.settings(client_id="other")) as server:
        page = await watched.open(server.url)
        await quiet(page)
        await page.get_by_role("button", name="Sign in at").click()
        await expect(page.get_by_text("invalid_client")).to_be_visible()
        # The provider must not send anybody back to a page that it does not know. The way back is the browser's.
        await page.go_back()
        await expect(page.get_by_role("button", name="Sign in at")).to_be_enabled()
        await watched.leave()


async def test_a_provider_that_is_down_and_comes_back(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile(f"{NOISE.pattern}|ERR_CONNECTION_REFUSED|503")
    async with signing_in(tmp_path) as (server, there):
        page = await watched.open(f"{server.url}#/acme/board")
        await quiet(page)
        await expect(page.get_by_role("button", name="Sign in at")).to_be_visible()
        await there.stop()
        await page.get_by_role("button", name="Sign in at").click()
        await expect(page.get_by_text("cannot be reached, or does not let this page call it")).to_be_visible()
        await there.start()
        await page.get_by_role("button", name="Sign in at").click()
        await page.get_by_placeholder("Enter any login").fill("supervisor-kim")
        await page.get_by_placeholder("and password").fill("any")
        await page.get_by_role("button", name="Sign-in").click()
        await expect(page.get_by_role("button", name="Continue")).to_be_visible()

        async def cut(route: Route) -> None:
            await route.abort("connectionrefused")

        await page.context.route(f"{there.issuer}/token", cut)
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("cannot be reached, or does not let this page call it")).to_be_visible()
        assert "code=" not in page.url
        await watched.leave()


async def test_access_tokens_that_nobody_can_verify_are_named(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path, by="off") as (server, _):
        page = await watched.open(server.url)
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("are not JWTs, so onduty cannot verify them")).to_be_visible()
        assert await page.evaluate("sessionStorage.getItem('onduty.token')") is None
        await watched.leave()


async def test_tokens_that_the_server_does_not_accept_are_named(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path, "--jwt-algorithms", "ES256") as (server, _):
        page = await watched.open(server.url)
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("does not accept its token")).to_be_visible()
        await watched.leave()


async def test_an_answer_that_this_tab_did_not_ask_for_is_not_used(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path) as (server, there):
        for form in ("?", "#"):
            page = await watched.open(f"{server.url}{form}code=abc&state=def&iss={there.issuer}")
            await expect(page.get_by_text("This sign-in is an old one")).to_be_visible()
            assert page.url == server.url
            page = await watched.open(f"{server.url}{form}error=<img src=x>&error_description=<script>&state=def")
            await expect(page.get_by_text("This sign-in is an old one")).to_be_visible()
        assert not any(each.startswith(f"{there.issuer}/token") for each in watched.requested)
        await watched.leave()


async def test_a_device_whose_clock_is_wrong(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path) as (server, _):
        for minutes in (-90, 90):
            page = await watched.open("about:blank")
            await page.context.add_init_script(f"const now = Date.now; Date.now = () => now() + {minutes} * 60000;")
            await page.goto(f"{server.url}#/acme/board")
            await sign_in(page, "supervisor-kim")
            await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await watched.leave()


async def test_the_provider_is_asked_as_the_standard_says(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    seen: list[Request] = []
    async with signing_in(tmp_path) as (server, there):
        page = await watched.open(server.url)
        page.on("request", lambda request: seen.append(request))
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        (authorization,) = [each.url for each in seen if each.url.startswith(f"{there.issuer}/auth?")]
        for wanted in (
            "response_type=code",
            "code_challenge_method=S256",
            "state=",
            "nonce=",
            "response_mode=fragment",
        ):
            assert wanted in authorization
        (token,) = [each for each in seen if each.url == f"{there.issuer}/token" and each.method == "POST"]
        assert "code_verifier=" in (token.post_data or "")
        assert "client_secret" not in (token.post_data or "")
        assert "referer" not in await token.all_headers()
        await watched.leave()


async def test_whoever_signs_out_at_the_provider_is_signed_out_in_every_tab(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path) as (server, _):
        first = await watched.open(f"{server.url}#/acme/board")
        await sign_in(first, "supervisor-kim")
        await expect(first.get_by_text("Live", exact=True)).to_be_visible()
        second = await first.context.new_page()
        await second.goto(f"{server.url}#/acme/history")
        await second.get_by_role("button", name="Sign in at").click()
        await expect(second.get_by_role("heading", name="History")).to_be_visible()
        await first.get_by_role("button", name="Sign out").click()
        await expect(second.get_by_role("button", name="Sign in at")).to_be_visible()
        assert await tokens_of(second) == []
        await watched.leave()


async def test_it_works_over_tls(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    certificate, key = write(tmp_path / "server", Authority().issue("localhost"))
    tls = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    async with signing_in(tmp_path, *tls) as (server, _):
        assert server.url.startswith("https://")
        page = await watched.open(f"{server.url}#/acme/board", ignore_https_errors=True)
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await watched.leave()
