"""Names calls, so that a caller and the operator can tell that they mean the same one.

A caller names a call by `x-request-id`; a call that needs a name and has none gets one. Invariant: a name is at most
128 printable ASCII characters without a space, so that it can be sent back and logged as it is.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

REQUEST_ID_KEY: Final = "x-request-id"
"""Metadata, or the header, in which the name is sent, in both directions."""

TRACE_KEYS: Final = ("traceparent", "tracestate")
"""Metadata, or the headers, in which W3C Trace Context names the caller's span."""

_USABLE: Final = re.compile(r"[!-~]{1,128}")
_NEW_BYTES: Final = 8


def given_id(value: object) -> str:
    """Return a caller's name for its call; empty if there is none that can be used."""
    return value if isinstance(value, str) and _USABLE.fullmatch(value) else ""


def request_id(value: object) -> str:
    """Return a caller's name for its call, or a new one."""
    return given_id(value) or secrets.token_hex(_NEW_BYTES)
