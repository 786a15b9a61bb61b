"""Processes that fork while they use this package: what a child may use, and what says that it may not.

The programs are in forked.py. Each runs in a process of its own, against a real server.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from tests.client.scripted import Proxy
from tests.servers import running

from onduty_client import AsyncClient, Status
from onduty_client._forking import in_event_loop
from onduty_server.process.clock import SystemClock
from onduty_server.transport.http.server import HttpListen

ACCOUNT = "acme"
MEND = "fork earlier, or start the process by multiprocessing's 'spawn' or 'forkserver'"
IN_A_LOOP = (
    "RuntimeError: this process can't use gRPC: it was forked from one that was using gRPC in an event loop "
    f"(AsyncClient, another Async... class of onduty_client, or grpc.aio); {MEND}"
)

pytestmark = [
    pytest.mark.slow,  # programs of their own that fork again and again
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system knows no fork"),
]


ONLY_GRPC = pytest.mark.parametrize("site", ["gRPC"], indirect=True)


class Site:
    """A server, and programs that are run against it."""

    def __init__(self, port: int, target: str) -> None:
        self.port = port
        self.target = target

    async def start(
        self, program: str, *, target: str = "", environment: Mapping[str, str] | None = None
    ) -> asyncio.subprocess.Process:
        """A program of forked.py."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "faulthandler", "-W", "error::ResourceWarning"),
            *(str(Path(__file__).with_name("forked.py")), program, target or self.target),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**os.environ, "GRPC_VERBOSITY": "ERROR", **(environment or {})},
        )

    async def run(self, program: str, *, environment: Mapping[str, str] | None = None) -> list[str]:
        """The lines that a program printed, once it has ended well and complained of nothing."""
        process = await self.start(program, environment=environment)
        out, err = await process.communicate()
        assert (process.returncode, err.decode()) == (0, "")
        return out.decode().splitlines()

    async def online(self) -> set[str]:
        """Who was active."""
        async with AsyncClient(f"127.0.0.1:{self.port}") as client:
            return {each.user_id async for each in client.list_statuses(ACCOUNT, statuses=[Status.ONLINE])}


@pytest.fixture(params=["gRPC", "HTTP"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    async with running(clock=SystemClock(), http=HttpListen("127.0.0.1:0")) as application:
        grpc, http = f"127.0.0.1:{application.port}", f"http://127.0.0.1:{application.http_port}"
        yield Site(application.port, grpc if request.param == "gRPC" else http)


def all_well(count: int) -> list[str]:
    return [str([0] * count)]


async def test_a_child_reports_after_everything_of_the_parent_was_closed(site: Site) -> None:
    assert await site.run("closed_before") == all_well(20)
    assert await site.online() == {"parent", "parent-afterwards", *(f"child-{number}" for number in range(20))}


async def test_a_child_reports_after_an_event_loop_of_the_parent_has_ended(site: Site) -> None:
    assert await site.run("after_an_event_loop") == all_well(10)
    assert await site.online() == {"parent", *(f"child-{number}" for number in range(10))}


async def test_a_fork_right_after_the_last_use_of_grpc_meets_no_shutdown(site: Site) -> None:
    assert await site.run("right_after_the_last_use") == ["{0}"]


async def test_a_watch_goes_on_over_forks(site: Site) -> None:
    assert await site.run("while_watching") == [*all_well(3), "['child-0', 'child-1', 'child-2']"]


async def test_an_event_loop_that_ends_without_a_close_spoils_no_fork(site: Site) -> None:
    assert await site.run("after_an_event_loop_that_nobody_left_in_order") == all_well(5)
    assert await site.online() == {"parent", *(f"child-{number}" for number in range(5))}


@ONLY_GRPC
@pytest.mark.parametrize("program", ["after_one_that_could_not_be_made", "while_one_is_made"])
async def test_one_that_is_only_half_made_does_not_spoil_a_fork_for_the_others(program: str, site: Site) -> None:
    assert await site.run(program) == all_well(2)
    assert await site.online() == {f"child-{number}-{index}" for number in range(2) for index in range(6)}


async def test_sessions_are_the_parents_to_keep_and_to_end(site: Site) -> None:
    assert await site.run("while_sessions_are_kept") == all_well(6)
    assert await site.online() == {"parent", *(f"child-{number}" for number in range(6))}


async def test_a_workers_inherited_helpers_start_by_themselves_and_are_flushed_at_its_exit(site: Site) -> None:
    assert await site.run("preloaded") == all_well(8)
    expected = {"parent", "parent-afterwards", "grandchild-0", "grandchild-4"}
    for number in range(8):
        expected |= {f"child-{number}", f"child-{number}-called", *(f"child-{number}-{again}" for again in range(3))}
    assert await site.online() == expected


async def test_what_was_recorded_before_the_start_waits_for_it_in_every_process(site: Site) -> None:
    assert await site.run("never_started") == all_well(5)
    assert await site.online() == {"early", *(f"child-{number}" for number in range(5))}


async def test_locks_that_other_threads_hold_at_the_fork_do_not_matter(site: Site) -> None:
    assert await site.run("while_threads_record") == all_well(20)
    expected = {f"child-{number}" for number in range(20)}
    assert expected <= await site.online()


async def test_calls_of_other_threads_end_before_a_fork(site: Site) -> None:
    assert await site.run("while_threads_call") == all_well(20)
    online = await site.online()
    assert {f"child-{number}" for number in range(20)} <= online
    assert {f"child-{number}-reported" for number in range(20)} <= online


async def test_the_parent_loses_nothing(site: Site) -> None:
    assert await site.run("while_followed") == ["[True]"]
    assert await site.online() == {f"parent-{number}" for number in range(30)}


async def test_a_child_of_multiprocessing_sends_what_is_pending_when_it_ends(site: Site) -> None:
    assert await site.run("in_multiprocessing") == all_well(5)
    assert await site.online() == {f"child-{number}" for number in range(5)}


async def test_an_inherited_mirror_does_not_answer_from_what_the_parent_knew(site: Site) -> None:
    assert await site.run("stale") == ["the mirror of 'acme' has not got its state yet", "[0]"]


@ONLY_GRPC
async def test_what_a_child_cannot_do_is_an_error_that_says_what_to_do(site: Site) -> None:
    assert await site.run("from_an_event_loop") == [IN_A_LOOP, "1"] * 8
    assert await site.online() == {"parent", "parent-afterwards"}


@ONLY_GRPC
async def test_a_fork_in_the_thread_that_streams_run_in_is_such_an_error(site: Site) -> None:
    assert await site.run("from_a_callback") == [IN_A_LOOP, "[1]"]


@ONLY_GRPC
async def test_a_call_that_does_not_end_in_time_is_such_an_error(site: Site) -> None:
    async with Proxy(site.port) as proxy:
        proxy.silent = True
        process = await site.start("during_a_call", target=proxy.target)
        assert process.stdin is not None and process.stdout is not None
        await asyncio.wait_for(proxy.froze.wait(), 20)
        process.stdin.write(b"\n")
        said = [(await process.stdout.readline()).decode() for _ in range(3)]
        assert said == [
            "RuntimeError: this process can't use gRPC: it was forked from one in which another thread was in a call "
            f"of a Client that did not end within 2 s; {MEND}\n",
            "[1]\n",
            "thaw\n",
        ]
        proxy.silent = False
        proxy.cut()
        _, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")


@ONLY_GRPC
async def test_an_environment_without_the_cores_support_is_such_an_error(site: Site) -> None:
    said = await site.run("without_the_cores_support", environment={"GRPC_ENABLE_FORK_SUPPORT": "0"})
    assert said == [
        "RuntimeError: this process can't use gRPC: it was forked from one that has a Client, while "
        "GRPC_ENABLE_FORK_SUPPORT in the environment forbids that; take it out of the environment, or make the Client "
        "after the fork",
        "[1]",
    ]


@pytest.mark.parametrize("site", ["HTTP"], indirect=True)
@pytest.mark.parametrize("program", ["from_a_callback", "without_the_cores_support"])
async def test_over_http_a_child_may_call_where_grpc_could_not(program: str, site: Site) -> None:
    assert await site.run(program, environment={"GRPC_ENABLE_FORK_SUPPORT": "0"}) == ["[0]"]


@ONLY_GRPC
async def test_what_grpcio_calls_its_thread_is_still_known(site: Site) -> None:
    # A version that renames it would have children crash again instead of being told.
    async with AsyncClient(f"127.0.0.1:{site.port}") as client:
        await client.get_workflow(ACCOUNT)
        assert in_event_loop()
