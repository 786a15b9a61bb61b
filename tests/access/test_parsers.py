"""The parsers of what is not trusted: they answer or refuse, whatever they are given, and give nothing away."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.authority import Authority

from onduty_server.access.access_file import parse_access_file
from onduty_server.access.authentication import TOKEN_MAX_BYTES, Credential, CredentialRefused, bearer_token
from onduty_server.access.certificates import Pair, check_pair, names_in
from onduty_server.access.key_file import NEVER, ApiKey, parse_key_file, written_key
from onduty_server.access.keys import find_key, new_key
from onduty_server.access.permissions import BUNDLES, PERMISSIONS, Caller, Grant, Role


def complaint(parse: Callable[[], object]) -> str:
    """What is said of something that cannot be parsed; nothing if it can."""
    try:
        parse()
    except ValueError as error:
        return str(error)
    return ""


# --- the authorization header ----------------------------------------------------------------------------------------

tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200)


@given(tokens, st.sampled_from(["Bearer", "bearer", "BEARER"]))
def test_a_bearer_token_is_what_follows_the_scheme(token: str, scheme: str) -> None:
    assert bearer_token(f"{scheme} {token}") == token


@given(st.text(max_size=100) | st.builds("Bearer {}".format, st.text(max_size=100)))
def test_any_other_header_is_refused(header: str) -> None:
    try:
        token = bearer_token(header)
    except CredentialRefused as error:
        said = error.message + error.why
    else:
        said = ""
        assert header.lower() == f"bearer {token.lower()}" and token and " " not in token and token.isascii()
    assert len(header) < 8 or header not in said


def test_a_token_has_a_greatest_length() -> None:
    assert bearer_token("Bearer " + "x" * TOKEN_MAX_BYTES)
    with pytest.raises(CredentialRefused):
        bearer_token("Bearer " + "x" * (TOKEN_MAX_BYTES + 1))


# --- the key file ----------------------------------------------------------------------------------------------------

names = st.text(min_size=1, max_size=20).filter(
    lambda text: (
        len(text.encode("utf-8", "replace")) <= 128
        and not any(c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in text)
    )
)


@given(
    name=names,
    accounts=st.lists(names, min_size=1, max_size=4),
    user_id=names,
    roles=st.lists(st.sampled_from(sorted(BUNDLES)), min_size=1, max_size=3),
    expires_s=st.none() | st.integers(1, 4_000_000_000),
)
def test_what_is_written_is_read(
    name: str, accounts: list[str], user_id: str, roles: list[str], expires_s: int | None
) -> None:
    key = new_key()
    expires_at = NEVER if expires_s is None else expires_s * 1_000
    line = written_key(
        key_id=key.key_id, digest=key.digest, name=name, roles=roles, accounts=accounts, user_id=user_id,
        created_at=0, expires_at=expires_at,
    )  # fmt: skip
    read = parse_key_file(f"# a comment\n\n{line}\n".encode(), BUNDLES)
    found = find_key(key.secret, read)
    assert found is not None and found.expires_at == expires_at
    grants = tuple(Grant(BUNDLES[role], tuple(accounts)) for role in roles)
    assert found.caller == Caller(name, user_id, f"key {key.key_id}", grants)
    assert key.secret not in line and repr(key) == f"NewKey({key.key_id})"


fields = st.sampled_from(["id", "sha256", "name", "roles", "accounts", "user", "created", "expires", "other"])
values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["agent", "*", "0" * 12, "f" * 64]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
GOOD = {"id": "0" * 12, "sha256": "f" * 64, "name": "x", "roles": ["router"], "accounts": ["*"]}


@given(st.dictionaries(fields, values, max_size=5), st.booleans())
def test_an_entry_is_read_or_refused_in_one_line(changed: dict[str, Any], mostly_good: bool) -> None:
    entry = {**(GOOD if mostly_good else {}), **changed}
    said = complaint(lambda: parse_key_file(json.dumps(entry).encode(), BUNDLES))
    assert "\n" not in said and "f" * 64 not in said
    if not said:
        (key,) = parse_key_file(json.dumps(entry).encode(), BUNDLES).values()
        assert key.digest.hex() == entry["sha256"] and key.caller.name == entry["name"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_arbitrary_bytes_are_no_key_file_and_no_access_file(data: bytes) -> None:
    said = complaint(lambda: parse_key_file(data, BUNDLES))
    assert "\n" not in said
    assert said or not parse_key_file(data, BUNDLES)  # nothing but comments and blank lines
    assert complaint(lambda: parse_access_file(data)) or not parse_access_file(data).by_subject


@given(st.text(max_size=100) | st.from_regex(r"onduty_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", fullmatch=True))
def test_only_the_key_itself_is_found(presented: str) -> None:
    key = new_key()
    caller = Caller("x", "", "key", ())
    keys = {key.key_id: ApiKey(key.key_id, key.digest, caller, NEVER)}
    assert find_key(key.secret, keys) is not None
    assert find_key(presented, keys) is None
    assert find_key(key.secret[:-1] + ("A" if key.secret[-1] != "A" else "B"), keys) is None
    assert hashlib.sha256(key.secret.encode()).digest() == key.digest


def test_two_keys_do_not_share_an_id() -> None:
    with pytest.raises(ValueError, match="line 2: id 000000000000 appears twice"):
        parse_key_file("\n".join([json.dumps(GOOD)] * 2).encode(), BUNDLES)


# --- the access file -------------------------------------------------------------------------------------------------


def test_an_access_file_names_roles_and_callers() -> None:
    named = parse_access_file(
        b"""
[roles.auditor]
permissions = ["status.read", "workflow.read"]
[roles.bot]
permissions = ["status.write"]
acts_for_others = true
[[callers]]
certificate = "a.test"
roles = ["auditor", "bot"]
accounts = ["acme", "zeta"]
[[callers]]
subject = "kim"
name = "Kim"
roles = ["admin"]
"""
    )
    auditor = Role(PERMISSIONS["status.read"] | PERMISSIONS["workflow.read"])
    assert named.roles["auditor"] == auditor and {*BUNDLES} < {*named.roles}
    bot = Role(PERMISSIONS["status.write"], acts_for_others=True)
    grants = (Grant(auditor, ("acme", "zeta")), Grant(bot, ("acme", "zeta")))
    assert named.by_certificate["a.test"] == Caller("a.test", "", "certificate", grants)
    assert named.by_subject["kim"].name == "Kim"
    assert named.by_subject["kim"].may(31, "anywhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[roles.admin]\npermissions = ["status.read"]', "is built in"),
        ('[roles."King 1"]\npermissions = []', "is built in, or not a name"),
        ('[roles.x]\npermissions = ["status.delete"]', "roles.x: permissions: must be a list of activity.write"),
        ('[roles.x]\npermission = ["status.read"]', "'permission' is not one of"),
        ("[roles.x]\npermissions = []\nown_user_only = 1", "own_user_only: must be true or false"),
        ('[[callers]]\nroles = ["router"]\naccounts = ["*"]', "needs a certificate or a subject"),
        ('[[callers]]\nsubject = "a"\ncertificate = "b"\nroles = ["router"]', "needs a certificate or a subject"),
        ('[[callers]]\nsubject = "a"\nroles = ["router"]', 'name some, or "*" for all'),
        ('[[callers]]\nsubject = "a"\nroles = ["agent"]\naccounts = ["x"]', "needs a user"),
        ('[[callers]]\nsubject = "a"\nroles = "admin"', "roles: must be a list of names"),
        ('[[callers]]\nsubject = "a\\n"\nroles = ["admin"]', "control characters"),
        ('[callers]\nsubject = "a"', "write [[callers]]"),
        ("[server]", "'server' is not one of roles, callers"),
        ("[[callers", "not TOML"),
    ],
)
def test_an_access_file_that_is_not_says_where(text: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        parse_access_file(text.encode())
    assert said in str(caught.value)


@given(st.dictionaries(st.sampled_from(["roles", "callers", "x"]), values, max_size=3))
def test_an_access_file_of_any_shape_is_read_or_refused(content: dict[str, Any]) -> None:
    # JSON of these shapes, written inline, is TOML but for null.
    text = "\n".join(f"{name} = {json.dumps(value).replace(': ', ' = ')}" for name, value in content.items())
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeError):
        return
    assert "\n" not in complaint(lambda: parse_access_file(text.encode("utf-8", "replace")))


# --- permissions -----------------------------------------------------------------------------------------------------

grants = st.lists(
    st.builds(
        Grant,
        st.sampled_from(list(BUNDLES.values()))
        | st.builds(Role, st.sampled_from(list(PERMISSIONS.values())), st.booleans()),
        st.lists(st.sampled_from(["acme", "zeta", "*"]), max_size=2).map(tuple),
    ),
    max_size=4,
).map(tuple)


@given(
    grants,
    st.sampled_from(["", "ada"]),
    st.sampled_from(list(PERMISSIONS.values())),
    st.sampled_from(["acme", "zeta", "nowhere"]),
    st.lists(st.sampled_from(["ada", "ben"]), max_size=2),
)
def test_a_caller_may_do_what_one_of_the_grants_allows(
    given_to: tuple[Grant, ...], own: str, permission: Any, account: str, users: list[str]
) -> None:
    caller = Caller("x", own, "key", given_to)
    allowed = any(
        permission in grant.role.permissions
        and (grant.role.everywhere or "*" in grant.accounts or account in grant.accounts)
        and (not grant.role.own_user_only or (own and users and set(users) == {own}))
        for grant in given_to
    )
    assert caller.may_for(int(permission), account, users) == allowed
    if allowed:
        assert caller.may_somewhere(int(permission))


# --- certificates ----------------------------------------------------------------------------------------------------


@given(
    st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"-----BEGIN CERTIFICATE-----\n{text}".encode())
)
def test_arbitrary_bytes_are_no_certificate(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        names_in(data)
    with pytest.raises(ValueError, match="is not in PEM format"):
        check_pair(Pair(data, data, b""))


def test_a_certificate_gives_its_names() -> None:
    authority = Authority()
    issued = authority.issue("common", ["a.test", "b.test"], uri="spiffe://test/x")
    assert names_in(issued.certificate)[0] == ["spiffe://test/x", "a.test", "b.test"]
    assert names_in(authority.issue("common").certificate)[0] == ["common"]
    with pytest.raises(ValueError, match="no name"):
        names_in(authority.issue("not\tprintable").certificate)


def test_nothing_secret_is_shown() -> None:
    pair = Pair(b"chain", b"a private key", b"")
    assert "private" not in repr(pair) and "onduty_" not in repr(Credential("Bearer onduty_"))
