"""A trial: agents at work for a while, with random tabs, rests, sleeps and cuts of their networks.

At every step two things must hold. Nobody is shown ONLINE for longer than the lease and `disconnect_after` after the
last tab that could speak for them has died, fallen asleep or lost its network. Nobody is shown AWAY or OFFLINE within
the period after an input that could be delivered.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from tests.agent.desk import MINUTE, SECOND, Desk, Profile, Tab

from onduty_server.domain.errors import UserUnknown
from onduty_server.domain.status import Status

pytestmark = pytest.mark.slow

LEASE_MS = 150 * SECOND
DISCONNECT_MS = 30 * SECOND
AWAY_MS = 5 * MINUTE
STEP_MS = 10 * SECOND
DELIVERED_MS = 2 * STEP_MS
"""How long an input may take to be told: at once if it changes something, within a step of the trial's clock."""

TOLD_EVERY_MS = 30 * SECOND
"""How long an input may wait that changes nothing."""
WEIGHTS = (40, 40, 6, 5, 3, 4, 2, 1)
WHOLE = os.environ.get("ONDUTY_TEST_TRIAL") == "all"
AGENTS, DURATION_MS = (10, 60 * MINUTE) if WHOLE else (4, 15 * MINUTE)


class Agent:
    """Somebody at work, and what the server may say of them."""

    def __init__(self, desk: Desk, profile: Profile, rng: Random) -> None:
        self.desk = desk
        self.profile = profile
        self.rng = rng
        self.silent_since: int | None = desk.clock.now()
        self.input_at: int | None = None
        self.back_at = desk.clock.now()
        """Since when calls have been possible."""
        self.asleep_until = 0
        self.cut_until = 0
        self.log: list[str] = []

    @property
    def name(self) -> str:
        return self.profile.user_id

    @property
    def is_cut(self) -> bool:
        return self.cut_until > 0

    async def act(self) -> None:
        """Do something, or nothing."""
        now = self.desk.clock.now()
        if self.profile.slept is not None:
            if now < self.asleep_until:
                return
            await self.profile.wake_up()
            self.back_at = now
            self._note("awake")
        if self.is_cut and now >= self.cut_until:
            self.cut_until, self.back_at = 0, now
            self.profile.is_cut = False
            for tab in self.profile.tabs:
                await tab.page.evaluate("() => dispatchEvent(new Event('online'))")
            self._note("network back")
        match self.rng.choices(("key", "rest", "open", "close", "kill", "reload", "cut", "sleep"), WEIGHTS)[0]:
            case "key" if self.profile.tabs:
                await self._any().touch()
                if not self.is_cut:
                    self.input_at = now
                self._note("key")
            case "open" if len(self.profile.tabs) < 4 and not self.is_cut:
                await self.profile.open()
                self._note("open")
            case "close" if self.profile.tabs:
                await self.profile.close(self._any())
                self._note("close")
            case "kill" if self.profile.tabs:
                tab = self._any()
                self.profile.tabs.remove(tab)
                await tab.kill()
                self._note("kill")
            case "reload" if self.profile.tabs and not self.is_cut:
                tab = self._any()
                await tab.page.reload()
                await tab.settle()
                self._note("reload")
            case "cut" if not self.is_cut:
                self.cut_until = now + self.rng.randrange(1, 6) * MINUTE
                self.profile.is_cut = True
                self._note("cut")
            case "sleep":
                self.asleep_until = now + self.rng.randrange(1, 12) * MINUTE
                self.profile.fall_asleep()
                self._note("asleep")
        can_speak = bool(self.profile.tabs) and not self.is_cut and self.profile.slept is None
        if can_speak:
            self.silent_since = None
        elif self.silent_since is None:
            self.silent_since = now
            if self.input_at is not None and now - self.input_at <= TOLD_EVERY_MS + STEP_MS:
                self.input_at = None  # It may have waited to be told with what comes next.

    async def check(self) -> None:
        now = self.desk.clock.now()
        try:
            status = (await self.desk.status(self.name)).status
        except UserUnknown:
            assert self.input_at is None or now - self.input_at <= DELIVERED_MS, self.log
            return
        if self.silent_since is not None and now - self.silent_since > LEASE_MS + DISCONNECT_MS:
            assert status is not Status.ONLINE, "; ".join([self.name, status.name, *self.log[-20:]])
        could_be_told = self.silent_since is None and self.input_at is not None
        if could_be_told and self.input_at is not None:
            told_by = max(self.input_at, self.back_at) + DELIVERED_MS
            if told_by <= now < self.input_at + AWAY_MS:
                assert status is Status.ONLINE, "; ".join([self.name, status.name, *self.log[-20:]])

    def _any(self) -> Tab:
        return self.rng.choice(self.profile.tabs)

    def _note(self, what: str) -> None:
        self.log.append(f"{(self.desk.clock.now() - self.desk.began) // SECOND} s: {what}")


@pytest.mark.timeout(3000 if WHOLE else 240)
@pytest.mark.parametrize("seed", [1])
async def test_nobody_is_shown_as_there_who_is_not_nor_as_gone_who_is(desk: Desk, seed: int) -> None:
    await desk.configure(away_after_ms=AWAY_MS, disconnect_after_ms=DISCONNECT_MS)
    rng = Random(seed)
    agents = [Agent(desk, await desk.profile(f"agent-{number}"), Random(rng.random())) for number in range(AGENTS)]
    for agent in agents:
        await agent.profile.open()
    for _ in range(0, DURATION_MS, STEP_MS):
        for agent in agents:
            await agent.act()
        await desk.pass_time(STEP_MS, STEP_MS)
        for agent in agents:
            await agent.check()
    seen = {change for agent in agents for change in await desk.history(agent.name)}
    assert {"OFFLINE", "ONLINE"} <= {status for status, _, _ in seen}, "the trial has tried something"
