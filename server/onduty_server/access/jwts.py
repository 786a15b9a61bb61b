"""Verifies JSON Web Tokens: reads the keys that sign them (a JWKS), and the claims of a token whose signature holds.

Pure: `now` and the keys are arguments. Invariants: the algorithm was configured and fits the key, so that neither
"none" nor a MAC made with a public key can pass; no payload is read before its signature was verified; a bad token
raises `BadToken` (`UnknownKey` if other keys might help), and a bad JWKS ValueError.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from ..app.fields import check_id
from ..domain.errors import InvalidField
from .file_entries import ACCOUNTS_MAX
from .permissions import Caller, Grant, Role

ALGORITHMS: Final = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA")
"""The accepted algorithms: only those with a public and a private key, on purpose."""

LEEWAY_MS: Final = 10_000
"""The largest difference between the clocks of issuer and server."""
KEYS_MAX: Final = 100
_HEADER_MAX_BYTES: Final = 2_048
_RSA_MIN_BITS: Final = 2_048
_TIME_MAX_S: Final = 253_402_300_799
_ROLES_MAX: Final = 100
_CURVES: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}

_SIGNATURES: Final = jwt.PyJWS(algorithms=list(ALGORITHMS))


class BadToken(Exception):
    """The token is not accepted; the message says why, for the operator, without quoting it."""


class ExpiredToken(BadToken):
    """The token has expired."""


class UnknownKey(BadToken):
    """The token names an unknown key, which a newer JWKS may contain."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """The claims that a token must have, and the names of those that grant roles and accounts."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    roles_claim: str
    accounts_claim: str


class VerificationKey(NamedTuple):
    """A public key of the issuer, with the algorithms that it may be used with."""

    key_id: str | None
    algorithms: tuple[str, ...]
    key: Any


class TokenClaims(NamedTuple):
    """The claims of a valid token. `caller` has no grants if the token names no roles. `expires_at` is ms UTC."""

    caller: Caller
    subject: str
    expires_at: int


def parse_jwks(data: bytes, algorithms: tuple[str, ...]) -> tuple[VerificationKey, ...]:
    """Return the usable keys of a JWKS. Raises ValueError if it is malformed or has no usable key."""
    jwks = _json(data)
    entries = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(entries, list) or len(entries) > KEYS_MAX:
        raise ValueError(f'not a JWKS: an object with at most {KEYS_MAX} "keys" is needed')
    keys = tuple(key for key in (_verification_key(entry, algorithms) for entry in entries) if key is not None)
    if not keys:
        raise ValueError(f"it has no key for {', '.join(algorithms)}")
    return keys


def _verification_key(entry: object, allowed: tuple[str, ...]) -> VerificationKey | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    if "d" in entry:
        raise ValueError("it has a private key; only public keys belong there")
    key_id = entry.get("kid")
    if key_id is not None and not isinstance(key_id, str):
        return None
    try:
        key, fitting = _public_key(entry)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm):
        return None
    if "alg" in entry:
        fitting = tuple(each for each in fitting if each == entry["alg"])
    fitting = tuple(each for each in fitting if each in allowed)
    return VerificationKey(key_id, fitting, key) if fitting else None


def _public_key(entry: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    match entry.get("kty"):
        case "RSA":
            key = RSAAlgorithm.from_jwk(entry)
            if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _RSA_MIN_BITS:
                return key, tuple(each for each in ALGORITHMS if each[0] in "RP")
        case "EC":
            point = ECAlgorithm.from_jwk(entry)
            if isinstance(point, ec.EllipticCurvePublicKey) and entry.get("crv") in _CURVES:
                return point, (_CURVES[entry["crv"]],)
        case "OKP":
            edwards = OKPAlgorithm.from_jwk(entry)
            if isinstance(edwards, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
                return edwards, ("EdDSA",)
    return None, ()


def read_token(
    token: str, keys: tuple[VerificationKey, ...], rules: TokenRules, roles: Mapping[str, Role], now: int
) -> TokenClaims:
    """Verify a token and return its claims. Raises BadToken if it is not accepted."""
    return check_claims(_verified(token, keys, rules.algorithms), rules, roles, now)


def _verified(token: str, keys: tuple[VerificationKey, ...], allowed: tuple[str, ...]) -> bytes:
    """Verify the signature of a token and return its payload."""
    head, dot, rest = token.partition(".")
    if not dot or rest.count(".") != 1 or not token.isascii() or len(head) > _HEADER_MAX_BYTES:
        raise BadToken("not a JWT")
    try:
        header = _json(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        raise BadToken("its header is malformed") from None
    if not isinstance(header, dict) or "crit" in header:
        raise BadToken("its header is malformed, or asks for what is not supported")
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in allowed:
        raise BadToken("its algorithm is not one that is allowed")
    fitting = [key for key in keys if algorithm in key.algorithms and (key_id is None or key.key_id == key_id)]
    # A token without a key id needs exactly one key that fits.
    if len(fitting) != 1:
        raise UnknownKey("it is signed by an unknown key")
    try:
        payload: bytes = _SIGNATURES.decode_complete(token, fitting[0].key, algorithms=[algorithm])["payload"]
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise BadToken("its signature is wrong") from None
    return payload


def check_claims(payload: bytes, rules: TokenRules, roles: Mapping[str, Role], now: int) -> TokenClaims:
    """Return the claims of a payload. Raises BadToken if it is malformed, for another audience, or not valid now."""
    try:
        claims = _json(payload)
    except ValueError:
        raise BadToken("its payload is not JSON") from None
    if not isinstance(claims, dict):
        raise BadToken("its payload is not an object")
    if claims.get("iss") != rules.issuer:
        raise BadToken("it is of another issuer")
    if rules.audience not in _texts(claims, "aud", ACCOUNTS_MAX):
        raise BadToken("it is for another audience")
    expires_at = _time(claims, "exp") + LEEWAY_MS
    if "nbf" in claims and _time(claims, "nbf") - LEEWAY_MS > now:
        raise BadToken("it is not valid yet")
    if expires_at <= now:
        raise ExpiredToken("it has expired")
    subject = claims.get("sub")
    accounts = _texts(claims, rules.accounts_claim, ACCOUNTS_MAX)
    try:
        if not isinstance(subject, str):
            raise BadToken("it names no subject")
        check_id("sub", subject)
        for account in accounts:
            check_id(rules.accounts_claim, account)
    except InvalidField:
        raise BadToken("its subject or an account is not a valid id") from None
    # An unknown role belongs to another service of the same issuer.
    granted = [roles[name] for name in _texts(claims, rules.roles_claim, _ROLES_MAX) if name in roles]
    grants = tuple(Grant(role, accounts) for role in granted if accounts or role.everywhere)
    return TokenClaims(Caller(subject, subject, "token", grants), subject, expires_at)


def _texts(claims: Mapping[str, object], name: str, most: int) -> tuple[str, ...]:
    """Return a claim that is a text or a list of texts; empty if it is missing."""
    value = claims.get(name, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or len(values) > most or not all(isinstance(each, str) for each in values):
        raise BadToken(f"its claim {name} is malformed")
    return tuple(values)


def _time(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _TIME_MAX_S:
        raise BadToken(f"its claim {name} is missing or not a time")
    return math.floor(value * 1_000)


def _json(data: bytes) -> object:
    """Parse JSON. Raises ValueError if it is malformed or nested too deeply."""
    try:
        value: object = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
