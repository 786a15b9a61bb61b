"""What a status looks like on the wire is what protobuf makes of it, byte for byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onduty.v1 import status_pb2 as pb
from onduty_server.domain.record import NO_PROFILE, Profile, StatusView
from onduty_server.domain.status import Cause, Status, Then
from onduty_server.transport.status_bytes import (
    answer_with,
    answer_with_all,
    encode_account_id,
    encode_frame,
    encode_user_status,
    fill_user_status,
    frame_of,
    varint,
)

texts = st.text(st.characters(codec="utf-8"), max_size=140)
times = st.integers(-62_135_596_800_000, 253_402_300_799_999)
numbers = st.one_of(st.integers(0, 200), st.integers(0, (1 << 63) - 1))


@st.composite
def views(draw: st.DrawFn) -> StatusView:
    """Any view, also one that no rule makes."""
    has_next, has_end = draw(st.booleans()), draw(st.booleans())
    return StatusView(
        user_id=draw(texts),
        status=draw(st.sampled_from(Status)),
        cause=draw(st.sampled_from(Cause)),
        status_since=draw(times),
        last_activity=draw(st.none() | times),
        next_status=draw(st.sampled_from(Status)) if has_next else None,
        next_status_time=draw(times) if has_next else None,
        actor=draw(texts),
        reason=draw(texts),
        revision=draw(numbers),
        next_cause=draw(st.sampled_from(Cause)) if has_next else None,
        expire_time=draw(times) if has_end else None,
        then=draw(st.sampled_from(Then)) if has_end else None,
        connected=draw(st.booleans()),
        engagements=draw(st.integers(0, 20)),
        profile=draw(st.just(NO_PROFILE) | st.builds(Profile, texts, texts)),
    )


def filled(account_id: str, view: StatusView) -> pb.UserStatus:
    """The message, field by field, as the proto describes them."""
    message = pb.UserStatus(
        account_id=account_id,
        user_id=view.user_id,
        status=pb.Status.Value(f"STATUS_{view.status.name}"),
        available=view.available,
        cause=pb.Cause.Value(f"CAUSE_{view.cause.name}"),
        actor=view.actor,
        reason=view.reason,
        revision=view.revision,
        connected=view.connected,
        engagements=view.engagements,
        display_name=view.profile.display_name,
        team_id=view.profile.team_id,
    )
    message.status_since.FromMilliseconds(view.status_since)
    if view.last_activity is not None:
        message.last_activity_time.FromMilliseconds(view.last_activity)
    if view.next_status_time is not None:
        assert view.next_status is not None
        assert view.next_cause is not None
        message.next_status = pb.Status.Value(f"STATUS_{view.next_status.name}")
        message.next_cause = pb.Cause.Value(f"CAUSE_{view.next_cause.name}")
        message.next_status_time.FromMilliseconds(view.next_status_time)
    if view.expire_time is not None:
        assert view.then is not None
        message.expire_time.FromMilliseconds(view.expire_time)
        message.then = pb.Then.Value(f"THEN_{view.then.name}")
    return message


@given(texts, views())
def test_a_status_has_the_bytes_that_protobuf_makes(account_id: str, view: StatusView) -> None:
    message = filled(account_id, view)
    assert encode_user_status(encode_account_id(account_id), view) == message.SerializeToString()
    assert answer_with(account_id, view) == pb.GetStatusResponse(user_status=message).SerializeToString()
    framed = encode_frame(frame_of(account_id, view), view.last_activity, view.next_status_time)
    assert framed == message.SerializeToString()
    into = pb.SetStatusResponse()
    fill_user_status(into.user_status, account_id, view)
    assert into == pb.SetStatusResponse(user_status=message)


@given(texts, st.lists(views(), max_size=4))
def test_the_bytes_of_an_element_of_a_list_are_those_of_a_single_answer(
    account_id: str, many: list[StatusView]
) -> None:
    response = pb.BatchGetStatusesResponse(user_statuses=[filled(account_id, view) for view in many])
    assert answer_with_all(account_id, many) == response.SerializeToString()


EDGES = [edge + by for bits in range(7, 64, 7) for edge in (1 << bits,) for by in (-1, 0, 1)]
"""Where a number takes a byte more, which examples by chance do not meet."""


def test_every_length_has_the_bytes_that_protobuf_makes() -> None:
    for length in (*range(450), *(edge + by for edge in (1 << 14, 1 << 21) for by in range(-40, 40))):
        view = StatusView("ada", Status.AWAY, Cause.MANUAL, 0, -1, None, None, "", "r" * length, EDGES[length % 24])
        answer = pb.GetStatusResponse(user_status=filled("acme", view))
        assert answer_with("acme", view) == answer.SerializeToString(), length


@given(st.one_of(st.sampled_from(EDGES[:-3]), numbers, st.integers(-(1 << 63), -1)))
def test_a_number_has_the_bytes_that_protobuf_makes(number: int) -> None:
    encoded = pb.ListAvailableUsersResponse(available_count=number).SerializeToString()
    assert encoded == (b"\x10" + varint(number) if number else b"")
