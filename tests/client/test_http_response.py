"""The reader of HTTP responses: what it takes however the bytes arrive, and what it refuses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onduty_client._http.response import HEAD_MAX_BYTES, BadResponse, ResponseReader

GOOD = {
    "a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhello", b"hello", True),
    "no body": (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b"", True),
    "no words": (b"HTTP/1.1 204\r\n\r\n", b"", True),
    "chunks": (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;x=y\r\nhe\r\n3 \r\nllo\r\n0\r\nx-trailer: 1\r\n\r\n",
        b"hello",
        True,
    ),
    "it will be closed": (b"HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 2\r\n\r\nhi", b"hi", False),
    "an old server": (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi", b"hi", False),
    "not yet": (
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
        b"hi",
        True,
    ),
}


def read(*parts: bytes) -> ResponseReader:
    response = ResponseReader()
    for part in parts:
        response.feed(part)
    return response


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
def test_a_response_is_the_same_however_it_arrives(name: str, data: st.DataObject) -> None:
    wire, body, keeps_alive = GOOD[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    response = read(*(wire[start:end] for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True)))
    assert response.complete and response.status in (200, 204)
    assert (response.take(), response.keeps_alive) == (body, keeps_alive)
    if name == "a length":
        assert response.headers["x-a"] == "1, 2"


def test_without_a_length_the_end_of_the_connection_is_the_end() -> None:
    response = read(b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo")
    response.feed_end()
    assert (response.complete, response.take(), response.keeps_alive) == (True, b"hello", False)


def test_what_follows_a_response_makes_the_connection_useless() -> None:
    assert not read(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 200").keeps_alive


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (b"\0\0\x12\4\0\0\0\0\0", "does not speak HTTP/1.1"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "does not speak HTTP/1.1"),
        (b"HTTP/2.0 200 OK\r\n\r\n", "does not speak HTTP/1.1"),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", "does not speak HTTP/1.1"),
        (b"HTTP/1.1 20\r\n\r\n", "does not speak HTTP/1.1"),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", "switches to another protocol"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header is malformed"),
        (b"HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n", "a header is malformed"),
        (b"HTTP/1.1 200 OK\r\nname : b\r\n\r\n", "a header is malformed"),
        (b"HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n", "a header is malformed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n", "ambiguous"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n", "ambiguous"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: \xb2\r\n\r\n", "ambiguous"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n", "ambiguous"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n", "ambiguous"),
        (b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "ambiguous"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x2\r\nhi\r\n", "a chunk is malformed"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-2\r\nhi\r\n", "a chunk is malformed"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi!\r\n", "a chunk is malformed"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"2" * 5_000, "too long"),
        (b"HTTP/1.1 200 OK\r\na: " + b"x" * HEAD_MAX_BYTES, "too long"),
    ],
)
def test_what_is_ambiguous_or_endless_is_refused(wire: bytes, said: str) -> None:
    with pytest.raises(BadResponse, match=said):
        read(wire)


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n",
    ],
)
def test_a_response_that_was_cut_is_refused(wire: bytes) -> None:
    response = read(wire)
    with pytest.raises(BadResponse, match="closed in the middle"):
        response.feed_end()


@given(st.binary(max_size=300))
def test_no_bytes_are_more_than_refused(wire: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"):
        with suppress(BadResponse):
            read(start, wire).feed_end()
