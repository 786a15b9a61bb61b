"""What reports are answered with is encoded in parts, as protobuf would encode the whole, and lets others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.reports import Person
from onduty_server.app.summing import StatusCount, TimeBucket, Timeline, TimeSummary
from onduty_server.domain.intervals import Interval
from onduty_server.domain.record import Profile
from onduty_server.domain.status import STATES, Status
from onduty_server.domain.tallies import Key
from onduty_server.transport.report_bytes import answer_with_counts, answer_with_summaries, answer_with_timelines

TIMES = st.integers(-1, 10_000_000)
TEXTS = st.sampled_from(["", "ada", "ä" * 200])
PROFILES = st.builds(Profile, TEXTS, TEXTS)
CODES = [code for code, state in enumerate(STATES) if state.cause is not None]
BUCKETS = st.builds(
    TimeBucket,
    *(TIMES, TIMES, st.lists(st.tuples(st.sampled_from([STATES[code] for code in CODES]), TIMES), max_size=4)),
    *(TIMES, TIMES, TIMES, TIMES),
)
SUMMARIES = st.builds(TimeSummary, TEXTS, PROFILES, st.integers(0, 1 << 40), st.booleans(), st.lists(BUCKETS))
COUNTS = st.builds(
    StatusCount, TIMES, st.none() | st.fixed_dictionaries({status: st.integers(0, 1 << 40) for status in Status})
)
KEYS = st.none() | st.builds(Key, st.sampled_from(CODES), st.sampled_from(["", "day", "night"]))


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    bounds = draw(st.lists(TIMES, min_size=2, unique=True).map(sorted))
    pieces = [Interval(start, end, draw(KEYS)) for start, end in pairwise(bounds)]
    return Timeline(Person(1, draw(TEXTS), draw(PROFILES)), pieces)


def encoded(
    answer: Awaitable[bytes],
    message: type[pb.SummarizeTimeResponse | pb.CountByStatusResponse | pb.ListTimelinesResponse],
) -> object:
    """The message that was encoded, if its bytes are those that protobuf makes of it."""

    async def made() -> bytes:
        return await answer

    found = asyncio.run(made())
    parsed = message.FromString(found)
    assert parsed.SerializeToString(deterministic=True) == found
    return parsed


@given(st.lists(SUMMARIES, max_size=4), TEXTS)
def test_summaries_are_encoded_as_protobuf_does(summaries: list[TimeSummary], token: str) -> None:
    rest = pb.SummarizeTimeResponse(next_page_token=token, time_zone="UTC")
    told = encoded(answer_with_summaries(list(summaries), rest), pb.SummarizeTimeResponse)
    assert isinstance(told, pb.SummarizeTimeResponse)
    assert (told.next_page_token, told.time_zone) == (token, "UTC")
    for summary, message in zip(summaries, told.summaries, strict=True):
        shown = (message.user_id, message.display_name, message.team_id, message.people, message.erased)
        assert shown == (summary.user_id, *summary.profile, summary.people, summary.erased)
        for bucket, part in zip(summary.buckets, message.buckets, strict=True):
            assert (part.start_time.ToMilliseconds(), part.end_time.ToMilliseconds()) == (bucket.start, bucket.end)
            assert sum(time.duration.ToMilliseconds() for time in part.times) == sum(ms for _, ms in bucket.times)
            assert (part.unknown.ToMilliseconds(), part.elsewhere.ToMilliseconds()) == (
                bucket.unknown,
                bucket.elsewhere,
            )
            assert (part.connected.ToMilliseconds(), part.engaged.ToMilliseconds()) == (
                bucket.connected,
                bucket.engaged,
            )


@given(st.lists(COUNTS, max_size=250))
def test_counts_are_encoded_as_protobuf_does(counts: list[StatusCount]) -> None:
    told = encoded(
        answer_with_counts(list(counts), pb.CountByStatusResponse(time_zone="UTC")), pb.CountByStatusResponse
    )
    assert isinstance(told, pb.CountByStatusResponse)
    assert told.time_zone == "UTC"
    for count, message in zip(counts, told.counts, strict=True):
        assert message.time.ToMilliseconds() == count.time
        assert message.unknown == (count.counts is None)
        shown = {Status.ONLINE: message.online, Status.AWAY: message.away, Status.OFFLINE: message.offline}
        assert shown == (count.counts or dict.fromkeys(Status, 0))


@given(st.lists(timelines(), max_size=3), st.sampled_from(["", "day"]))
def test_timelines_are_encoded_as_protobuf_does(made: list[Timeline], team_id: str) -> None:
    rest = pb.ListTimelinesResponse(next_page_token="next")
    told = encoded(answer_with_timelines(list(made), team_id, rest), pb.ListTimelinesResponse)
    assert isinstance(told, pb.ListTimelinesResponse)
    assert told.next_page_token == "next"
    for timeline, message in zip(made, told.timelines, strict=True):
        assert (message.user_id, message.erased) == (timeline.person.user_id, not timeline.person.user_id)
        covered = [each.start for each in timeline.intervals]
        starts = [each.start_time.ToMilliseconds() for each in message.intervals]
        assert starts == [start for start in covered if start in starts]
        for before, after in pairwise(message.intervals):
            assert before.end_time == after.start_time
            looks = [(each.status, each.cause, each.elsewhere) for each in (before, after)]
            assert looks[0] != looks[1]
        for interval in timeline.intervals:
            (shown,) = [
                each
                for each in message.intervals
                if each.start_time.ToMilliseconds() <= interval.start < each.end_time.ToMilliseconds()
            ]
            is_other = interval.key is not None and team_id not in ("", interval.key.team_id)
            assert shown.elsewhere == is_other
            assert bool(shown.status) == (interval.key is not None and not is_other)


async def test_others_have_their_turns_while_a_long_answer_is_encoded_and_nothing_is_left() -> None:
    buckets = [TimeBucket(day, day + 1, [(STATES[CODES[0]], 1)]) for day in range(2_000)]
    summaries = [TimeSummary("ada", Profile(), 1, False, buckets)]
    intervals = [Interval(at, at + 1, Key(CODES[at % 2])) for at in range(2_000)]
    lines = [Timeline(Person(0, "ada"), intervals)]
    counts = [StatusCount(at, None) for at in range(2_000)]
    for answer, turns_least in (
        (answer_with_summaries(summaries, pb.SummarizeTimeResponse()), 50),
        (answer_with_timelines(lines, "", pb.ListTimelinesResponse()), 15),
        (answer_with_counts(counts, pb.CountByStatusResponse()), 15),
    ):
        encoding = asyncio.ensure_future(answer)
        turns = 0
        while not encoding.done():
            await asyncio.sleep(0)
            turns += 1
        assert len(encoding.result()) > 2_000
        assert turns > turns_least
    assert not summaries and not lines and not counts
