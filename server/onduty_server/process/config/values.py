"""Checks single values of settings, independently of other settings.

Each function returns the value in the form in which settings hold it, or raises ValueError, which says how to correct
it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from ...domain import periods
from ...stores.redis.wire.address import SCHEMES as REDIS_SCHEMES
from ...stores.redis.wire.address import parse_address
from ...text.addresses import check_origin
from .definitions import OFF, SETTINGS, plain
from .words import shown

_KEY_PREFIX: Final = re.compile(r"[\w.:-]{1,64}")
_SCOPE: Final = re.compile(r"[!#-\[\]-~]+")
"""A scope, as RFC 6749 defines it."""
_MILLISECOND: Final = timedelta(milliseconds=1)
_LEAST_CONNECTION_AGE: Final = timedelta(seconds=10)
"""Connections that are younger would cost more than their calls."""


def check_connection_age(value: timedelta) -> timedelta:
    """Check that an age is not so small that clients would do little else than connect."""
    if timedelta(0) < value < _LEAST_CONNECTION_AGE:
        raise ValueError(f"must be 0, or between 10s and 7d, got {plain(value)}")
    return value


def parse_period(value: object) -> timedelta:
    """Parse a period written as text, or a number of seconds, which may be text too: an environment holds only text."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return periods.parse_period(str(value)) * _MILLISECOND
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta):
        raise ValueError(f"{shown(value)} is not a duration; write it like 10s, or as a number of seconds")
    if not isinstance(value, timedelta):
        try:
            value = timedelta(seconds=value)
        except (OverflowError, ValueError):
            raise ValueError(f"{value} seconds is not a duration; write it like 10s") from None
    if value % _MILLISECOND:
        raise ValueError(f"{value.total_seconds():g} seconds is not a whole number of milliseconds; round it")
    return value


def check_text(value: str) -> str:
    """Accept text that names something, or `off`."""
    if not value or "\0" in value:
        raise ValueError("must not be empty; write off for none")
    return value


def check_jwt_keys(value: str) -> str:
    """Accept a file, or a URL that keys may be fetched from."""
    if "://" in value:
        from ...access.jwks_url import check_url

        check_url(value)
    return value


def check_jwt_algorithms(value: str) -> str:
    """Accept names of algorithms that a public key verifies, separated by commas."""
    from ...access.jwts import ALGORITHMS

    for name in value.split(","):
        if name not in ALGORITHMS:
            raise ValueError(f"{name!r} is not one of {', '.join(ALGORITHMS)}; separate several by commas")
    return value


def check_origins(value: str) -> str:
    """Accept origins of web pages, separated by commas, or `off`."""
    if value != OFF:
        for origin in value.split(","):
            check_origin(origin)
    return value


def check_scopes(value: str) -> str:
    """Accept scopes of OpenID Connect, separated by single spaces."""
    names = value.split(" ")
    for name in names:
        if not _SCOPE.fullmatch(name):
            raise ValueError(f"{shown(name)} is not a scope; separate several by one space")
    if "openid" not in names:
        raise ValueError(f"must contain openid, got {shown(value)}")
    return value


def check_key_prefix(value: str) -> str:
    """Accept a prefix of keys in Redis."""
    if not _KEY_PREFIX.fullmatch(value):
        raise ValueError(f"must be 1 to 64 letters, digits and characters of ._:-, got {shown(value)}")
    return value


def check_store(value: str) -> str:
    """Accept the address of a store, without a password."""
    scheme, separator, path = value.partition(":")
    if scheme == "sqlite" and path and path != ":memory:" and "\0" not in path:
        return value
    if scheme == "memory" and separator and not path:
        return value
    if scheme in REDIS_SCHEMES:
        if parse_address(value).password is not None:
            raise ValueError(
                "contains a password, which everybody who can list processes could read; "
                f"set {SETTINGS['store_password'].variable} instead"
            )
        return value
    raise ValueError(
        f"{value!r} is not a store; write sqlite:FILE, redis://HOST:PORT, redis+cluster://HOST:PORT,... or memory: "
        "(rediss for TLS)"
    )
