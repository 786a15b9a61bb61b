"""Translates errors of pydantic, which checks settings and the options of commands, into messages for people."""

from __future__ import annotations

from typing import Any, Final

_TYPES: Final = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
}
"""The type that a value must have, by the type of the error."""
_SHOWN_MAX: Final = 60
"""Characters of a value in a message."""


def in_words(error: Any, *, secret: bool = False) -> str:
    """Return the message for one of `ValidationError.errors()`. A `secret` value is not shown."""
    kind, context = error["type"], error.get("ctx", {})
    got = "" if secret else f", got {shown(error['input'])}"
    if kind in _TYPES:
        return f"must be {_TYPES[kind]}{got}"
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}{got}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}{got}"
    if kind == "literal_error":
        choices = context["expected"].replace(" or ", ", ").replace("'", "")
        return f"{shown(error['input'])} is not one of {choices}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def shown(value: object) -> str:
    """Return a value in the form for messages: text in quotes, numbers without, cut if it is long."""
    text = str(value)
    cut = text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}..."
    # Numbers come as text from flags and variables.
    return repr(cut) if isinstance(value, str) and not text.removeprefix("-").isdecimal() else cut
