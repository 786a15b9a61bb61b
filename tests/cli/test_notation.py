"""Periods and addresses as people type them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onduty_server.domain.periods import format_optional_period, format_period, parse_optional_period, parse_period
from onduty_server.text.addresses import split_address
from onduty_server.text.escaping import json_text, visible


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("10m", 600_000),
        ("1h30m", 5_400_000),
        ("90s", 90_000),
        ("500ms", 500),
        ("2d", 172_800_000),
        ("1.5s", 1_500),
        ("0.001s", 1),
        ("1d2h3m4s5ms", 93_784_005),
        (" 1h 30m ", 5_400_000),
        ("10M", 600_000),
        ("0", 0),
        ("0s", 0),
        ("010s", 10_000),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, ms: int) -> None:
    assert parse_period(text) == ms


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' is not a duration; write it like 10m, 1h30m, 90s or 500ms"),
        ("10", "'10' has no unit; write 10s for seconds or 10m for minutes"),
        ("1.5", "'1.5' has no unit"),
        ("-5m", "'-5m' is not a duration"),
        ("5 minutes", "'5 minutes' is not a duration"),
        ("5mm", "'5mm' is not a duration"),
        ("m5", "'m5' is not a duration"),
        ("30m1h", "has its units out of order; write the largest first"),
        ("1m1m", "has its units out of order"),
        ("0.0005s", "is finer than a millisecond"),
        ("٣m", "is not a duration"),
        ("1e3s", "is not a duration"),
        ("nan", "is not a duration"),
        ("9" * 1_000 + "d", "is not a duration"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (its whole text is compared)
        parse_period(text)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.integers(0, 30 * 86_400).map(lambda seconds: seconds * 1_000))
def test_what_is_written_is_read_back(ms: int) -> None:
    assert parse_period(format_period(ms)) == ms


@pytest.mark.parametrize("text", ["off", "OFF", " none "])
def test_off_is_no_period_and_is_written_as_off(text: str) -> None:
    assert parse_optional_period(text) is None
    assert format_optional_period(None) == "off"


@pytest.mark.parametrize("text", ["10m", "0s", "1h30m"])
def test_any_other_text_is_the_period_that_it_names(text: str) -> None:
    assert parse_optional_period(text) == parse_period(text)
    assert format_optional_period(parse_optional_period(text)) == text


@given(st.integers(0, 60_000))
def test_milliseconds_are_read_back(ms: int) -> None:
    assert parse_period(format_period(ms)) == ms


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:50250", "127.0.0.1", 50250), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65_535)],
)
def test_an_address_is_host_and_port(text: str, host: str, port: int) -> None:
    assert split_address(text) == (host, port)


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", "127.0.0.1:", ":50250", "::1:50250", "a:b", "a:65536", "a:-1", "a:٣"]
)
def test_an_address_lacks_neither(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid address; write HOST:PORT"):
        split_address(text)


@pytest.mark.parametrize("scheme", ["http://", "https://", "grpc://"])
def test_an_address_is_not_one_of_a_web_page(scheme: str) -> None:
    with pytest.raises(ValueError, match=f"is not a valid address; write HOST:PORT, without {scheme}"):
        split_address(f"{scheme}127.0.0.1:50250")


UNSEEN = {
    "escape": "\x1b",
    "delete": "\x7f",
    "the C1 form of escape [": "\x9b",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right-to-left override": "\u202e",
    "left-to-right embedding": "\u202a",
    "isolate": "\u2066",
    "pop isolate": "\u2069",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "zero width space": "\u200b",
    "no-break space": "\u00a0",
    "byte order mark": "\ufeff",
    "Hangul filler": "\u3164",
    "variation selector": "\ufe0f",
    "a tag beyond 16 bits": "\U000e0041",
    "a selector beyond 16 bits": "\U000e0101",
    "half of a pair": "\ud800",
}


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_sees_or_a_terminal_obeys_is_escaped(unseen: str) -> None:
    shown = visible(f"a{unseen}b")
    assert shown.isascii() and shown.isprintable() and shown.startswith("a\\u") and shown.endswith("b")
    assert json.loads(f'"{shown}"') == f"a{unseen}b"


@pytest.mark.parametrize("text", ["", "ada", "a b", "Zoë", "Łukasz", "नमस्ते", "王", "עדה", "😀", 'a\\u202e"'])
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.recursive(st.text() | st.integers() | st.none(), lambda it: st.lists(it) | st.dictionaries(st.text(), it)))
def test_json_for_programs_stays_the_same_json_on_one_printable_line(value: object) -> None:
    written = json_text(value)
    assert written.isprintable() and written == visible(written)
    assert json.loads(written) == value
