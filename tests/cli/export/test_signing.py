"""Signatures of Standard Webhooks, and the secrets that they are made with."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from onduty_server.cli.remote.export.signing import Secret, parse_secrets, signature_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def test_a_signature_is_that_of_the_reference_libraries() -> None:
    """The vector that the libraries of the specification are tested with."""
    headers = signature_headers(
        parse_secrets(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_secrets_are_rotated_each_signs() -> None:
    headers = signature_headers(parse_secrets(f"# new\n{OTHER}\n\n# old\n{SECRET}\n"), "acme:7", 1, "{}é".encode())
    signed = "acme:7.1.{}é".encode()
    expected = [
        "v1," + base64.b64encode(hmac.new(base64.b64decode(it[6:]), signed, hashlib.sha256).digest()).decode()
        for it in (OTHER, SECRET)
    ]
    assert headers["webhook-signature"].split(" ") == expected


def test_secrets_without_padding_are_read() -> None:
    key = bytes(range(32))
    text = base64.b64encode(key).decode()
    assert parse_secrets(f"whsec_{text} whsec_{text.rstrip('=')}") == (Secret(key), Secret(key))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no secret; make one with"),
        ("# whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "there is no secret"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret 1 does not begin with whsec_"),
        (f"{SECRET} whsec_%%%%", "secret 2 is not base64"),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), "secret 1 has 23 bytes; it needs 24 to 64"),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), "secret 1 has 65 bytes"),
        (" ".join([SECRET] * 6), "there are 6 secrets; keep at most 5"),
    ],
)
def test_other_secrets_are_refused_without_being_shown(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        parse_secrets(text)
    assert "MfKQ9r8" not in str(refused.value)


def test_a_secret_does_not_show_itself() -> None:
    assert "key" not in repr(parse_secrets(SECRET))
