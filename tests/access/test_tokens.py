"""JSON Web Tokens: what is accepted, everything that is not, and the keys that change."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from grpc import aio
from hypothesis import example, given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm
from tests.access.authority import AUDIENCE, ISSUER, Issuer, claims_of, jwks
from tests.access.site import Site, Who
from tests.fakes import START
from tests.grpc.wire import ACCOUNT, refusal_of

from onduty.v1 import status_pb2 as pb
from onduty_server.access.authentication import TOKEN_MAX_BYTES
from onduty_server.access.jwts import (
    ALGORITHMS,
    LEEWAY_MS,
    BadToken,
    ExpiredToken,
    TokenClaims,
    TokenRules,
    UnknownKey,
    check_claims,
    parse_jwks,
    read_token,
)
from onduty_server.access.permissions import BUNDLES, Grant

RULES = TokenRules(ISSUER, AUDIENCE, ("ES256", "RS256", "EdDSA"), "onduty_roles", "onduty_accounts")
ISSUED = {algorithm: Issuer(algorithm, f"key {algorithm}") for algorithm in RULES.algorithms}
KEYS = parse_jwks(jwks(*ISSUED.values()), RULES.algorithms)
ISSUER_ES = ISSUED["ES256"]


def read(token: str, now: int = START) -> TokenClaims:
    return read_token(token, KEYS, RULES, BUNDLES, now)


def encoded(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# --- what is accepted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", RULES.algorithms)
def test_a_good_token_says_who_and_what(algorithm: str) -> None:
    said = read(
        ISSUED[algorithm].token("kim", onduty_roles=["router", "agent", "of another service"], onduty_accounts="acme")
    )
    assert (said.caller.name, said.caller.user_id, said.subject) == ("kim", "kim", "kim")
    assert said.caller.grants == (Grant(BUNDLES["router"], ("acme",)), Grant(BUNDLES["agent"], ("acme",)))
    assert said.expires_at == START // 1_000 * 1_000 + 3_600_000 + LEEWAY_MS


def test_a_token_without_a_key_name_is_taken_when_there_is_no_choice() -> None:
    issuer = Issuer(key_id=None)
    token = issuer.token()
    assert read_token(token, parse_jwks(jwks(issuer), RULES.algorithms), RULES, BUNDLES, START).subject == "kim"
    with pytest.raises(UnknownKey):
        read_token(token, parse_jwks(jwks(issuer, Issuer()), RULES.algorithms), RULES, BUNDLES, START)


def test_clocks_may_differ_a_little() -> None:
    at_s = START // 1_000
    assert read(ISSUER_ES.token(exp=at_s - LEEWAY_MS // 1_000 + 1))
    assert read(ISSUER_ES.token(nbf=at_s + LEEWAY_MS // 1_000))
    with pytest.raises(ExpiredToken):
        read(ISSUER_ES.token(exp=at_s - LEEWAY_MS // 1_000))
    with pytest.raises(BadToken, match="not valid yet"):
        read(ISSUER_ES.token(nbf=at_s + LEEWAY_MS // 1_000 + 1))


def test_roles_without_accounts_are_none_but_for_the_admin() -> None:
    said = read(ISSUER_ES.token(onduty_roles=["supervisor", "admin"]))
    assert said.caller.grants == (Grant(BUNDLES["admin"], ()),)
    assert not read(ISSUER_ES.token(roles=["admin"], role="admin")).caller.grants


# --- tampering -------------------------------------------------------------------------------------------------------

PUBLIC_PEM = ISSUED["RS256"].key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signed_with_public_key(algorithm: str = "HS256", secret: bytes = PUBLIC_PEM) -> str:
    head = encoded({"alg": algorithm, "typ": "JWT", "kid": "key RS256"})
    body = encoded(claims_of(onduty_roles=["admin"]))
    digest = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{encoded(digest)}"


def with_header(token: str, **changed: Any) -> str:
    head, body, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{encoded({**header, **changed})}.{body}.{signature}"


def with_claims(token: str, **changed: Any) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{encoded({**claims, **changed})}.{signature}"


def tampered() -> dict[str, str]:
    good, at_s = ISSUER_ES.token(), START // 1_000
    head, body, signature = good.split(".")
    stranger = Issuer(key_id=ISSUER_ES.key_id)
    return {
        "alg none, unsigned": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{body}.",
        "alg none with a key": f"{encoded({'alg': 'none', 'kid': ISSUER_ES.key_id})}.{body}.{signature}",
        "alg None in capitals": f"{encoded({'alg': 'NONE'})}.{body}.",
        "alg is a list": f"{encoded({'alg': ['ES256']})}.{body}.{signature}",
        "no alg": f"{encoded({'typ': 'JWT'})}.{body}.{signature}",
        "HS256 with the public key": signed_with_public_key(),
        "HS256 with the public key's numbers": signed_with_public_key(secret=json.dumps(ISSUED["RS256"].jwk).encode()),
        "HS256 said to be RS256": signed_with_public_key("RS256"),
        "an algorithm that is not pinned": with_header(ISSUED["RS256"].token(), alg="PS256"),
        "an algorithm of another key": with_header(good, kid="key RS256"),
        "the key of a stranger": stranger.token(),
        "a key that comes with the token": with_header(stranger.token(), kid=None, jwk=stranger.jwk),
        "a key that is elsewhere": with_header(stranger.token(), jku="https://evil.test/jwks"),
        "a critical extension": with_header(good, crit=["b64"], b64=False),
        "an unknown key": Issuer(key_id="unheard of").token(),
        "another subject": with_claims(good, sub="somebody else"),
        "more roles": with_claims(good, onduty_roles=["admin"]),
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{signature}",
        "expired": ISSUER_ES.token(exp=at_s - 3_600),
        "never expires": ISSUER_ES.token(exp=None),
        "expires at infinity": ISSUER_ES.token(exp=float("inf")),
        "expires at no number": ISSUER_ES.token(exp=float("nan")),
        "expires when it is true": ISSUER_ES.token(exp=True),
        "expires beyond time": ISSUER_ES.token(exp=10**30),
        "not yet valid": ISSUER_ES.token(nbf=at_s + 3_600),
        "another audience": ISSUER_ES.token(aud="billing"),
        "no audience": ISSUER_ES.token(aud=None),
        "another issuer": ISSUER_ES.token(iss="https://evil.test"),
        "no issuer": ISSUER_ES.token(iss=None),
        "no subject": ISSUER_ES.token(sub=None),
        "an empty subject": ISSUER_ES.token(sub=""),
        "a subject with control characters": ISSUER_ES.token(sub="kim\nroot"),
        "a subject that is too long": ISSUER_ES.token(sub="k" * 129),
        "accounts that are no text": ISSUER_ES.token(onduty_roles=["agent"], onduty_accounts=[1]),
        "too many accounts": ISSUER_ES.token(onduty_accounts=["a"] * 1_001),
        "roles that are a table": ISSUER_ES.token(onduty_roles={"admin": True}),
        "a header that is no JSON": f"{encoded(b'{')}.{body}.{signature}",
        "a header that is nested deeply": f"{encoded(b'[' * 1_500)}.{body}.{signature}",
        "a payload that is no JSON": jwt.PyJWS().encode(b"hello", ISSUER_ES.key, "ES256", {"kid": ISSUER_ES.key_id}),
        "a payload that is nested deeply": jwt.PyJWS().encode(
            b"[" * 4_000, ISSUER_ES.key, "ES256", {"kid": ISSUER_ES.key_id}
        ),
        "a payload that is a list": jwt.PyJWS().encode(b"[]", ISSUER_ES.key, "ES256", {"kid": ISSUER_ES.key_id}),
        "cut short": good[:-4],
        "text that is not ASCII": good[:-1] + "é",
    }


TAMPERED = tampered()


@pytest.mark.parametrize("token", TAMPERED.values(), ids=list(TAMPERED))
def test_a_token_that_is_not_good_is_refused(token: str) -> None:
    with pytest.raises(BadToken) as caught:
        read(token)
    assert token.split(".")[1][:20] not in str(caught.value)


async def test_over_the_wire_all_of_them_are_refused_and_none_is_shown(site: Site) -> None:
    site.jwks.write_bytes(jwks(*ISSUED.values()))
    good = ISSUER_ES.token(onduty_roles=["router"], onduty_accounts=ACCOUNT)
    sent = {**TAMPERED, "oversized": good + "x" * TOKEN_MAX_BYTES}
    async with site.serving(), site.connected() as wire:
        request = pb.GetWorkflowRequest(account_id=ACCOUNT)
        await wire.stub.GetWorkflow(request, metadata=Who(good).metadata)
        for name, token in sent.items():
            if not token.isascii() or len(token) > 16_000:
                continue  # gRPC itself does not carry it
            with pytest.raises(aio.AioRpcError) as caught:
                await wire.stub.GetWorkflow(request, metadata=Who(token).metadata)
            assert refusal_of(caught.value).reason == "CREDENTIAL_REQUIRED", name
            assert caught.value.details() in ("the credential is not valid", "the credential has expired"), name
    noted = json.dumps(site.audit)
    assert len(site.noted("refused")) >= 40
    for token in sent.values():
        assert all(part not in noted for part in token.split(".") if len(part) > 20)


@given(st.data())
def test_no_bit_of_a_token_can_be_changed(data: st.DataObject) -> None:
    token = ISSUED["EdDSA"].token(onduty_roles=["router"])
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."))
    changed = token[:at] + other + token[at + 1 :]
    # The last character of each part has bits that mean nothing.
    meant = [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]
    try:
        same = [base64.urlsafe_b64decode(part + "==") for part in changed.split(".")] == meant
    except ValueError:
        same = False
    if not same:
        with pytest.raises(BadToken):
            read(changed)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
claim_names = st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "onduty_roles", "onduty_accounts"]) | st.text()


@given(st.dictionaries(claim_names, json_values), st.booleans())
def test_claims_are_judged_or_refused_whatever_they_are(claims: dict[str, Any], mostly_good: bool) -> None:
    payload = json.dumps({**(claims_of() if mostly_good else {}), **claims}).encode()
    try:
        said = check_claims(payload, RULES, BUNDLES, START)
    except BadToken:
        return
    found = json.loads(payload)
    assert found["iss"] == ISSUER and AUDIENCE in found["aud"] and found["sub"] == said.caller.name
    assert said.expires_at > START
    roles = found.get("onduty_roles", [])
    assert len(said.caller.grants) <= len(roles)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_no_claims_and_no_keys(data: bytes) -> None:
    with pytest.raises(BadToken):
        check_claims(data, RULES, BUNDLES, START)
    with pytest.raises(ValueError, match=r"not JSON|not a JWKS"):
        parse_jwks(data, ALGORITHMS)


@given(st.text(max_size=300) | st.lists(st.text("abc.-_=", max_size=20), max_size=5).map(".".join))
def test_arbitrary_text_is_no_token(text: str) -> None:
    with pytest.raises(BadToken):
        read(text)


jwk_fields = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "kid", "k"])
jwk_values = (
    st.sampled_from(["RSA", "EC", "OKP", "oct", "P-256", "Ed25519", "AQAB", "sig", "ES256", "none"]) | json_values
)


@given(st.lists(st.dictionaries(jwk_fields, jwk_values) | json_values, max_size=4))
@example(entries=[{"d": None}])
def test_key_sets_are_read_or_refused_whatever_they_hold(entries: list[Any]) -> None:
    good = ISSUER_ES.jwk
    data = json.dumps({"keys": [*entries, good]}).encode()
    if any(isinstance(each, dict) and "d" in each and each.get("use", "sig") == "sig" for each in entries):
        with pytest.raises(ValueError, match="private key"):
            parse_jwks(data, RULES.algorithms)
        return
    keys = parse_jwks(data, RULES.algorithms)
    assert keys[-1].key_id == ISSUER_ES.key_id
    assert all({*key.algorithms} <= {*RULES.algorithms} for key in keys)


# --- key sets --------------------------------------------------------------------------------------------------------


def one(jwk: dict[str, Any], algorithms: tuple[str, ...] = ALGORITHMS) -> Any:
    return parse_jwks(json.dumps({"keys": [jwk]}).encode(), algorithms)


def test_symmetric_weak_foreign_and_unusable_keys_are_passed_over() -> None:
    weak = RSAAlgorithm.to_jwk(rsa.generate_private_key(65_537, 1_024).public_key(), as_dict=True)
    for jwk in (
        {"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        weak,
        {**ISSUER_ES.jwk, "use": "enc"},
        {**ISSUER_ES.jwk, "alg": "HS256"},
        {**ISSUER_ES.jwk, "alg": "RS256"},
        {**ISSUER_ES.jwk, "crv": "secp256k1"},
    ):
        with pytest.raises(ValueError, match="it has no key for"):
            one(jwk)
    with pytest.raises(ValueError, match="it has no key for"):
        one(ISSUER_ES.jwk, ("RS256",))


def test_a_private_key_does_not_belong_there() -> None:
    with pytest.raises(ValueError, match="private key"):
        one({**ISSUER_ES.jwk, "d": "AAAA"})


def test_a_key_is_for_its_own_algorithms_alone() -> None:
    assert one(ISSUER_ES.jwk)[0].algorithms == ("ES256",)
    assert one({**ISSUED["RS256"].jwk, "alg": "PS256"})[0].algorithms == ("PS256",)
    assert one(ISSUED["EdDSA"].jwk)[0].algorithms == ("EdDSA",)


def test_a_key_for_one_algorithm_verifies_no_other() -> None:
    issuer = ISSUED["RS256"]
    keys = one({**issuer.jwk, "alg": "PS256"})
    with pytest.raises(UnknownKey):
        read_token(issuer.token(), keys, RULES, BUNDLES, START)


def test_a_pem_of_a_private_key_is_no_key_set() -> None:
    pem = ISSUER_ES.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="not JSON"):
        parse_jwks(pem, ALGORITHMS)
