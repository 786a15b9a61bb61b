"""The console's board in a browser: what it makes of frames and memory, while people come and go.

A real server with SQLite on disk, an account of many people, and Chromium without a window, whose page shows the
board. A process of its own sets 200 people's statuses each second by hand, over gRPC. Shown is: the time from opening
the page until all people are shown, and until it is live, for which the first bookmark has to come; and for each phase
the longest task of the page's main thread in CPU time (a frame waits for it), the time between frames
(`requestAnimationFrame`), and the CPU time of the main thread. The phases: nothing changes; changes, in the order of
names; changes, newest first; the same while somebody types a search; the same while somebody scrolls. Then the
JavaScript heap and the DOM nodes, after garbage collection, at the start and the end of a longer time.

Left out: the time the browser needs to paint on a screen. On a machine that does other work, frames are late for that
reason, too: compare with the phase in which nothing changes. `python -m benchmarks.board` is the process that makes
changes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
from playwright.async_api import CDPSession, Page, async_playwright

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from . import feeding
from .caller import percentile
from .context import Context
from .figures import Figure, at_least, at_most
from .population import ACCOUNT, user_id
from .processes import Server, child, serving
from .scale import Scale

TITLE = "The board in a browser"
CHANGES_PER_S = 200
_FRAME_MAX_MS = 50
_PATIENCE_MS = 120_000
_WINDOW = {"width": 1_440, "height": 900}
_COUNT_FRAMES = """() => {
    globalThis.frames_ = [];
    let before = performance.now();
    const next = (now) => { frames_.push(now - before); before = now; requestAnimationFrame(next); };
    requestAnimationFrame(next);
}"""


def run(context: Context) -> Sequence[Figure]:
    """Open the board and look at it."""
    with context.folder("board") as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS, "--http-listen", "127.0.0.1:0") as server:
            feeding.record_now(server.port, [user_id(index) for index in range(context.scale.board_people)])
            return asyncio.run(_look(server, context.scale))


async def _look(server: Server, scale: Scale) -> Sequence[Figure]:
    figures = []
    async with _chromium_page() as (page, session):
        await _start_tracing(page)
        started = time.perf_counter()
        await page.goto(f"http://127.0.0.1:{server.http_port}/console/#/{ACCOUNT}/board")
        await page.locator(".rows-all .row").first.wait_for()
        figures.append(Figure("From opening until people are shown", time.perf_counter() - started, "s", at_most(2)))
        await page.get_by_text("Live", exact=True).wait_for()
        figures.append(Figure("From opening until live", time.perf_counter() - started, "s"))
        figures.append(Figure("opening: longest task", await _longest_task_ms(page), "ms", at_most(_FRAME_MAX_MS)))
        await page.evaluate(_COUNT_FRAMES)
        phase = _Phase(page, session, scale.board_phase_s)
        figures += await phase.measure("nothing changes")
        with child("benchmarks.board", "--port", str(server.port), "--people", str(scale.board_people)) as changes:
            changes.line()
            before, started = _revision(server.port), time.perf_counter()
            figures += await phase.measure("by name")
            await page.get_by_role("button", name="Since").click()
            figures += await phase.measure("newest first")
            figures += await phase.measure("newest first, typing", _type)
            await page.get_by_role("searchbox").fill("")
            figures += await phase.measure("newest first, scrolling", _scroll)
            figures += await _memory(session, scale.board_memory_s)
            rate = (_revision(server.port) - before) / (time.perf_counter() - started)
            figures.append(Figure("Changes, all the time", rate, "/s", at_least(0.9 * CHANGES_PER_S)))
    return figures


def _revision(port: int) -> int:
    """How many changes the account has seen, with the one that this makes."""
    # The reason makes it a change, whatever the user's status is.
    reason = f"counted at {time.perf_counter_ns()}"
    request = pb.SetStatusRequest(account_id=ACCOUNT, user_id=user_id(0), status=pb.STATUS_AWAY, reason=reason)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        return pb_grpc.StatusServiceStub(channel).SetStatus(request).user_status.revision


@asynccontextmanager
async def _chromium_page() -> AsyncIterator[tuple[Page, CDPSession]]:
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("chromium is not installed (Debian: chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path)
        page = await browser.new_page(viewport=_WINDOW, locale="en")  # type: ignore[arg-type]
        page.set_default_timeout(_PATIENCE_MS)
        session = await page.context.new_cdp_session(page)
        # The CPU time of the main thread, not the time that passes.
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        try:
            yield page, session
        finally:
            await browser.close()


class _Phase:
    """Measures what a page does for some seconds."""

    def __init__(self, page: Page, session: CDPSession, seconds: float) -> None:
        self._page = page
        self._session = session
        self._seconds = seconds

    async def measure(self, name: str, act: Any = None) -> list[Figure]:
        """Look for some seconds, while `act` does something again and again."""
        await self._page.evaluate("frames_.length = 0")
        await _start_tracing(self._page)
        before, started = await _metrics(self._session), time.perf_counter()
        while (left := started + self._seconds - time.perf_counter()) > 0:
            await (act(self._page) if act else asyncio.sleep(left))
        after, passed = await _metrics(self._session), time.perf_counter() - started
        task = await _longest_task_ms(self._page)
        frames = sorted(await self._page.evaluate("frames_"))
        long = sum(frame > _FRAME_MAX_MS for frame in frames)
        busy = after["TaskDuration"] - before["TaskDuration"]
        late = f"longest {frames[-1]:.0f} ms; {long} of {len(frames)} longer than {_FRAME_MAX_MS} ms"
        return [
            Figure(f"{name}: longest task", task, "ms", at_most(_FRAME_MAX_MS)),
            Figure(f"{name}: frames, 99 % within", percentile(frames, 0.99), "ms", at_most(_FRAME_MAX_MS), late),
            Figure(f"{name}: CPU of the main thread", busy / passed * 1_000, "ms/s"),
        ]


async def _start_tracing(page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    await browser.start_tracing(page=page, categories=["toplevel", "__metadata"])


async def _longest_task_ms(page: Page) -> float:
    """The longest task of the page's main thread since tracing was started, in CPU time. Ends tracing."""
    browser = page.context.browser
    assert browser is not None
    events = json.loads(await browser.stop_tracing())["traceEvents"]
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    return max(
        (each["tdur"] / 1_000 for each in events if (each["pid"], each["tid"]) in mains and "tdur" in each), default=0.0
    )


async def _type(page: Page) -> None:
    search = page.get_by_role("searchbox")
    for text in ("", "a", "a1", "a1b", "a1", "a"):
        await search.fill(text)
        await asyncio.sleep(0.15)


async def _scroll(page: Page) -> None:
    await page.locator(".rows").evaluate(
        "(rows, to) => rows.scrollTo({ top: to * rows.scrollHeight, behavior: 'smooth' })", random.random()
    )
    await asyncio.sleep(0.4)


async def _memory(session: CDPSession, seconds: float) -> list[Figure]:
    first = await _collected(session)
    await asyncio.sleep(seconds)
    last = await _collected(session)
    heaps = [each["JSHeapUsedSize"] / 2**20 for each in (first, last)]
    nodes = [each["Nodes"] for each in (first, last)]
    detail = f"{heaps[0]:.1f} MiB before {seconds:.0f} s of changes"
    return [
        Figure("JavaScript heap", heaps[1], "MiB", at_most(heaps[0] * 1.2), detail),
        Figure("DOM nodes", nodes[1], "", at_most(nodes[0] * 1.2), f"{nodes[0]:.0f} before"),
    ]


async def _collected(session: CDPSession) -> dict[str, float]:
    for _ in range(2):
        await session.send("HeapProfiler.collectGarbage")
    return await _metrics(session)


async def _metrics(session: CDPSession) -> dict[str, float]:
    answer = await session.send("Performance.getMetrics")
    return {each["name"]: each["value"] for each in answer["metrics"]}


# --- the process that makes changes ----------------------------------------------------------------------------------


async def _change(port: int, people: int) -> None:
    chosen = random.Random(1)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        service = pb_grpc.StatusServiceStub(channel)
        under_way: set[asyncio.Task[object]] = set()
        started = time.perf_counter()
        number = 0
        while True:
            request = pb.SetStatusRequest(
                account_id=ACCOUNT,
                user_id=user_id(chosen.randrange(people)),
                status=chosen.choice((pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE)),
                reason=f"change {number}",
            )
            task: asyncio.Task[object] = asyncio.ensure_future(service.SetStatus(request))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            number += 1
            if number == CHANGES_PER_S:
                print("changing", flush=True)
            await asyncio.sleep(started + number / CHANGES_PER_S - time.perf_counter())


def main() -> None:
    """Change people's statuses until this process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(_change(options.port, options.people))


if __name__ == "__main__":
    main()
