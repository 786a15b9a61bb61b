"""Opens the console in each of its states, with time standing still."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect
from tests.console.care_team import NOW, SUPERVISOR, Team, care_team
from tests.console.console import LONG_MS, Watched
from tests.console.states import State, Visit, let_go

_EXPECTED = re.compile("Failed to load resource|ERR_")
"""The states in which something is refused or cut off are brought about by just that."""
_BEFORE = f"""
  localStorage.setItem("onduty.name", "{SUPERVISOR}");
  const [fetched, cable] = [window.fetch, new AbortController()];
  window.fetch = (url, options) => {{
    const signals = [cable.signal, options?.signal].filter(Boolean);
    return fetched(url, {{ ...options, signal: AbortSignal.any(signals) }});
  }};
  window.cutOff = () => cable.abort(new TypeError("Failed to fetch"));
  window.shifts = [];
  new PerformanceObserver((list) => {{
    for (const each of list.getEntries()) {{
      if (each.hadRecentInput) continue;
      const what = each.sources.map(({{ node }}) => (node?.className ? node : node?.parentElement)?.className);
      window.shifts.push(`${{each.value.toFixed(4)}} by ${{what}}`);
    }}
  }}).observe({{ type: "layout-shift", buffered: true }});
"""


@asynccontextmanager
async def visited(browser: Browser, team: Team, key: str, state: State, **options: Any) -> AsyncIterator[Page]:
    """A page in a state."""
    watched = Watched(browser)
    watched.expected = _EXPECTED
    try:
        page = await watched.blank(**options)
        await page.add_init_script(_BEFORE)
        await page.clock.set_fixed_time(datetime.fromtimestamp(NOW / 1_000, UTC))
        if state.meddle:
            await state.meddle(page)
        await page.goto(f"{team.url}#/{state.address}")
        if state.address and not state.meddle and not key:
            await expect(page.locator(".link.live")).to_be_visible(timeout=LONG_MS)
        if state.prepare:
            await state.prepare(Visit(page, team, key))
        await expect(page.locator(state.shows).first).to_be_visible(timeout=LONG_MS)
        await settled(page)
        yield page
    finally:
        await let_go()
        await watched.close()


async def settled(page: Page) -> None:
    """Wait until nothing has changed for a moment. The pages read again every four seconds."""
    await page.evaluate(
        """() => new Promise((resolve) => {
          const settled = () => (observer.disconnect(), requestAnimationFrame(() => resolve()));
          let timer = setTimeout(settled, 500);
          const observer = new MutationObserver(() => (clearTimeout(timer), (timer = setTimeout(settled, 500))));
          observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
          setTimeout(settled, 5000);
        })"""
    )


async def gallery(
    browser: Browser, directory: Path, states: Iterable[State], **options: Any
) -> AsyncIterator[tuple[State, Page]]:
    """Yield a page for each state. States of one role that follow each other share a server."""
    for number, (role, group) in enumerate(groupby(states, lambda each: each.role)):
        home = directory / str(number)
        home.mkdir()
        async with care_team(home, role=role) as (team, key):
            for state in group:
                async with visited(browser, team, key, state, **options) as page:
                    yield state, page
