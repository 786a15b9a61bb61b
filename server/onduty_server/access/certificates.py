"""Checks that a certificate and its key belong together, and reads the names in a client's certificate.

Pure: PEM in, values out, ValueError if it cannot be used. Names and dates may be shown; keys never are.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

NAMES_MAX: Final = 100
"""How many names of a certificate are used; others are ignored."""
_NAME_MAX: Final = 128
_UNUSABLE: Final = (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


class Pair(NamedTuple):
    """A certificate chain and its key, as PEM, and the authorities of clients; empty for none."""

    chain: bytes
    key: bytes
    client_ca: bytes

    def __repr__(self) -> str:
        return "Pair(...)"


def check_pair(pair: Pair) -> dict[str, str]:
    """Return the public facts of a pair, for the log. Raises ValueError if the two do not belong together."""
    try:
        chain = x509.load_pem_x509_certificates(pair.chain)
    except ValueError:
        raise ValueError("the certificate is not in PEM format") from None
    try:
        key = load_pem_private_key(pair.key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("the key is not an unencrypted private key in PEM format") from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    try:
        same = chain[0].public_key().public_bytes(*form) == key.public_key().public_bytes(*form)
        names = _names(chain[0])
    except _UNUSABLE:
        raise ValueError("the certificate is of an unsupported kind") from None
    if not same:
        raise ValueError("the key does not belong to the certificate")
    if pair.client_ca:
        try:
            x509.load_pem_x509_certificates(pair.client_ca)
        except ValueError:
            raise ValueError("the certificate authority of clients is not in PEM format") from None
    return {
        "names": ", ".join(names[:5]),
        "serial": f"{chain[0].serial_number:x}",
        "expires": chain[0].not_valid_after_utc.isoformat(),
    }


def names_in(pem: bytes) -> tuple[list[str], int]:
    """Return the names of a client's certificate and its expiry (ms UTC). Raises ValueError if it has no name."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        names = _names(certificate)
    except _UNUSABLE:
        raise ValueError("not a certificate that can be read") from None
    if not names:
        raise ValueError("no name")
    return names, int(certificate.not_valid_after_utc.timestamp()) * 1_000


def _names(certificate: x509.Certificate) -> list[str]:
    """Return URIs and DNS names; the common name only where there is no alternative name, as RFC 6125 has it."""
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        found = [str(each.value) for each in common]
    else:
        found = [
            *alternative.get_values_for_type(x509.UniformResourceIdentifier),
            *alternative.get_values_for_type(x509.DNSName),
        ]
    return [name for name in found[:NAMES_MAX] if 0 < len(name.encode()) <= _NAME_MAX and name.isprintable()]
