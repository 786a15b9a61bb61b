"""What the machine draws from: values at and beside every bound that the service knows."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.properties.harness import ACCOUNTS, USERS
from tests.properties.layers.events import DAY, HOUR, Resume, Status, Then
from tests.properties.world import QUARTER

from onduty_server.app.ports.statuses import AvailabilityOrder

# Most of what can go wrong goes wrong between several events of one user, so a few users get most of them.
accounts = st.sampled_from([ACCOUNTS[0]] * 5 + [ACCOUNTS[1]])
users = st.sampled_from([*USERS, *USERS[:2] * 4])
orders = st.sampled_from(AvailabilityOrder)
statuses = st.sampled_from(Status)
names = st.sampled_from(["", "", "grace", "hopper"])
pauses = st.sampled_from(
    [0, 1, 499, 500, 999, 1_000, 1_001, 1_500, 2_000, 3_000, 3_001, 4_000, 5_000, 9_999, 10_000, 10_001, 30_000, 45_000]
)
breaks = st.sampled_from([1, 500, 999, 1_000, 1_999, 2_000, 3_000])
stalls = st.sampled_from([0, 0, 0, 1, 2_999, 3_001, 5_000, 10_001, 45_000])
ages = st.one_of(
    st.none(),
    st.sampled_from(
        [
            *("delivered again", "away_after", "offline_after"),
            *("since the last session ended", "before the last session ended"),
        ]
    ),
    st.sampled_from([0, 0, 1, 500, 1_000, 1_999, 2_000, 5_000, 8_000, 60_000, HOUR - 1, HOUR, DAY, 30 * DAY]),
    st.sampled_from([-1, -4_999, -5_000, -5_001, -DAY, 30 * DAY + 1, 31 * DAY]),
)

ends = st.one_of(
    st.just((None, None)),
    st.tuples(st.sampled_from([1_000, 1_001, 1_500, 2_000, 3_000, 6_000, 10_000, HOUR, 30 * DAY]), st.none()),
    st.tuples(st.none(), st.sampled_from([1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 30_000, 30 * DAY])),
    st.sampled_from([(999, None), (-1, None), (30 * DAY + 1, None), (None, 999), (None, 30 * DAY + 1), (2_000, 2_000)]),
)
"""The end of a status, from now: as a time, as a period, neither, or what is refused."""
thens = st.sampled_from([None, None, None, *Then])

clients = st.sampled_from(["browser", "browser", "phone"])
session_ttls = st.sampled_from([30_000, 30_000, 30_001, 31_000, 45_000, 150_000, 4 * HOUR, 29_999, 4 * HOUR + 1])
idle_times = st.sampled_from(
    [None, None, None, 0, 0, 1, 500, 1_000, 1_999, 2_000, 8_000, HOUR, 30 * DAY, 30 * DAY + 1, -1]
)
calls = st.sampled_from(["call", "call", "chat"])
engagement_ttls = st.sampled_from([10_000, 10_000, 10_001, 11_000, 20_000, HOUR, 4 * HOUR, 9_999, 4 * HOUR + 1])

_periods = st.sampled_from([None, 999, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 9_000, 30_000, 2 * QUARTER, HOUR + 1])
_pairs = st.sampled_from(
    [
        *[(1_000, 2_000), (1_500, 6_000), (3_000, 4_000), (9_000, 30_000), (2_000, None)],
        *[(1_000, QUARTER), (QUARTER + 1, HOUR)],
    ]
)


@st.composite
def patches(draw: st.DrawFn) -> dict[str, object]:
    """Any change a supervisor may ask for, now and then one that is refused."""
    patch: dict[str, object] = {}
    if draw(st.booleans()):
        patch["away_after"], patch["offline_after"] = draw(_pairs)
        return patch
    if draw(st.booleans()):
        patch["enabled"] = draw(st.sampled_from([True, True, True, False]))
    for name in ("away_after", "offline_after", "disconnect_after"):
        if draw(st.booleans()):
            patch[name] = draw(_periods)
    if draw(st.integers(0, 3)) == 0:
        patch["resume"] = draw(st.sampled_from(Resume))
    if draw(st.integers(0, 3)) == 0:
        patch["keep_manual_away"] = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        patch["disconnect_status"] = draw(st.sampled_from([*Status, Status.AWAY, Status.OFFLINE]))
    return patch
