"""Checks of ids, texts and periods: those that requests carry, and those that are read from files."""

from __future__ import annotations

from ..domain.errors import InvalidField, quoted
from ..domain.periods import format_period
from ..text.times import from_ms, rfc3339
from .limits import ID_MAX_BYTES

_QUOTED_MAX = 40
"""Characters of a value that is too long to be shown whole."""


def check_id(field: str, value: str) -> None:
    """Raise InvalidField unless `value` is 1 to 128 bytes of UTF-8 without control characters."""
    if not value:
        raise InvalidField(field, "is required")
    check_text(field, value, ID_MAX_BYTES)


def check_ends(field: str, value: str) -> None:
    """Raise InvalidField when an id begins or ends with white space, since people could not tell it from another id.

    Only new ids are checked. A user that a store already has under such an id can still be read, and be set OFFLINE.
    """
    if value != value.strip():
        raise InvalidField(field, f"{quoted(value)} begins or ends with white space")


def check_actor(actor: str) -> None:
    """Raise InvalidField unless the actor that a caller names is empty or an id."""
    check_text("onduty-actor-bin", actor, ID_MAX_BYTES)


def check_text(field: str, value: str, max_bytes: int) -> None:
    """Raise InvalidField when a text is too long, holds control characters or is not Unicode text at all."""
    if value.isascii() and value.isprintable() and len(value) <= max_bytes:
        return
    try:
        size = len(value.encode("utf-8"))
    except UnicodeEncodeError:
        raise InvalidField(field, "is not valid UTF-8") from None
    if size > max_bytes:
        raise InvalidField(
            field, f"{quoted(value, _QUOTED_MAX)} is longer than {max_bytes} bytes of UTF-8: it has {size}"
        )
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in value):
        raise InvalidField(field, f"{quoted(value, _QUOTED_MAX)} contains control characters")


def check_period(field: str, period_ms: int, least_ms: int, most_ms: int) -> None:
    """Raise InvalidField unless a period (ms) is within its bounds."""
    if not least_ms <= period_ms <= most_ms:
        raise InvalidField(
            field,
            f"must be between {format_period(least_ms)} and {format_period(most_ms)}, got {format_period(period_ms)}",
        )


def shown_time(time_ms: int) -> str:
    """Return a time (ms UTC) for use in a message."""
    try:
        return rfc3339(from_ms(time_ms))
    except OverflowError:
        return f"{time_ms} ms"
