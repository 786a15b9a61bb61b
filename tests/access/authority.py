"""Certificates and tokens made at test time: authorities, servers, clients, and an issuer of JWTs.

Certificates are of the real time, because it is gRPC that judges them; tokens are of the clock that a test gives.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from tests.fakes import START

from onduty_server.process.clock import wall_clock_ms

ISSUER, AUDIENCE = "https://issuer.test", "onduty"


class Issued(NamedTuple):
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Issues certificates."""

    def __init__(self, name: str = "a test authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        built = self._builder(self._name, self._key, days=(-10, 10)).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.pem = built.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[int, int]
    ) -> x509.CertificateBuilder:
        now = dt.datetime.fromtimestamp(wall_clock_ms() / 1_000, dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=days[0]))
            .not_valid_after(now + dt.timedelta(days=days[1]))
        )

    def issue(
        self, common_name: str, names: Sequence[str] = (), *, uri: str = "", days: tuple[int, int] = (-5, 5)
    ) -> Issued:
        """A certificate that is good from `days[0]` to `days[1]` days from now; `localhost` is for servers."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]), key, days)
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        if "localhost" in names:
            alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        if uri:
            alternatives.append(x509.UniformResourceIdentifier(uri))
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Issued(
            certificate.public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )

    def server(self, days: tuple[int, int] = (-5, 5)) -> Issued:
        """A certificate for 127.0.0.1."""
        return self.issue("onduty", ["localhost"], days=days)

    def trusted(self, client: Issued | None = None) -> grpc.ChannelCredentials:
        """What a client needs that trusts this authority, with a certificate of its own if it has one."""
        if client is None:
            return grpc.ssl_channel_credentials(self.pem)
        return grpc.ssl_channel_credentials(self.pem, client.key, client.certificate)


def write(path: Path, issued: Issued) -> tuple[Path, Path]:
    """Certificate and key as files: `path`.pem and `path`.key."""
    certificate, key = path.with_suffix(".pem"), path.with_suffix(".key")
    certificate.write_bytes(issued.certificate)
    key.write_bytes(issued.key)
    return certificate, key


class Issuer:
    """Signs JWTs with one key at a time."""

    def __init__(self, algorithm: str = "ES256", key_id: str | None = "one") -> None:
        self.algorithm = algorithm
        self.key_id = key_id
        self.key: Any
        if algorithm == "EdDSA":
            self.key = ed25519.Ed25519PrivateKey.generate()
            jwk = OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        elif algorithm.startswith("ES"):
            self.key = ec.generate_private_key(ec.SECP256R1())
            jwk = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        else:
            self.key = rsa.generate_private_key(65_537, 2_048)
            jwk = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.jwk: dict[str, Any] = {**jwk, "use": "sig"}
        if key_id is not None:
            self.jwk["kid"] = key_id

    def token(self, subject: str = "kim", *, now: int = START, **claims: Any) -> str:
        """A token that is good for an hour from `now`; `claims` add to it or replace, None leaves one out."""
        return self.signed(claims_of(subject, now=now, **claims))

    def signed(self, claims: dict[str, Any]) -> str:
        """A token of these claims."""
        headers = None if self.key_id is None else {"kid": self.key_id}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=headers)


def claims_of(subject: str = "kim", *, now: int = START, **claims: Any) -> dict[str, Any]:
    """What a good token says."""
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": now // 1_000 + 3_600, **claims}
    return {name: value for name, value in said.items() if value is not None}


def jwks(*issuers: Issuer) -> bytes:
    """The public keys of issuers."""
    return json.dumps({"keys": [issuer.jwk for issuer in issuers]}).encode()
