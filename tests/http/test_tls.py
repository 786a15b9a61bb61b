"""TLS at the HTTP door: the same files as gRPC's, client certificates, and certificates that change."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from tests.access.authority import Authority, Issued, write
from tests.access.site import Site, Who
from tests.grpc.wire import ACCOUNT
from tests.http.web import Response, Web, web

NAMED = """
[[callers]]
certificate = "router.test"
roles = ["router"]
accounts = ["acme"]
"""


def trusting(authority: Authority, directory: Path, client: Issued | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.pem.decode())
    if client is not None:
        context.load_cert_chain(*write(directory / "client", client))
    return context


async def asked(port: int, context: ssl.SSLContext) -> bytes:
    """Return the bytes received; none if the connection is refused, which TLS 1.3 reports only after the handshake."""
    try:
        async with web(port, context) as http:
            http.request("GET", "/healthz")
            return await http.ended()
    except (ssl.SSLError, ConnectionError):
        return b""


async def workflow(http: Web, who: Who) -> Response:
    headers = {name: str(value) for name, value in who.metadata}
    return await http.post("GetWorkflow", {"accountId": ACCOUNT}, **headers)


async def test_a_bearer_is_let_in_over_tls(site: Site, tmp_path: Path) -> None:
    who = Who(site.add_key("kim", ["router"]))
    async with site.serving():
        port = site.application.http_port
        async with web(port, trusting(site.authority, tmp_path)) as http:
            assert (await workflow(http, who)).status == 200
            assert (await workflow(http, Who())).status == 401
        with pytest.raises(ssl.SSLError):
            async with web(port, trusting(Authority("another"), tmp_path)):
                pass
        async with web(port) as http:
            http.request("GET", "/healthz")
            assert b"200" not in await http.ended()


async def test_a_client_is_who_its_certificate_says(site: Site, tmp_path: Path) -> None:
    site.access.write_text(NAMED)
    async with site.serving(tls_client_ca=str(site.ca)):
        port = site.application.http_port
        client = site.authority.issue("ignored", ["router.test"])
        async with web(port, trusting(site.authority, tmp_path, client)) as http:
            assert (await workflow(http, Who())).status == 200
            refused = await http.post("SetStatus", {"accountId": ACCOUNT, "userId": "ada", "status": "STATUS_AWAY"})
            assert (refused.status, refused.json["code"]) == (403, "permission_denied")
            assert "router.test may not set statuses" in refused.json["message"]
        stranger = site.authority.issue("ignored", ["stranger.test"])
        async with web(port, trusting(site.authority, tmp_path, stranger)) as http:
            assert (await workflow(http, Who())).status == 403, "known, but nobody who may do anything"
        for not_ours in (None, Authority("another").issue("ignored", ["router.test"])):
            assert await asked(port, trusting(site.authority, tmp_path, not_ours)) == b""


async def test_a_new_certificate_is_shown_to_new_connections(site: Site, tmp_path: Path) -> None:
    who = Who(site.add_key("kim", ["router"]))

    def shown(http: Web) -> int:
        tls = http.writer.get_extra_info("ssl_object")
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True)).serial_number

    async with site.serving():
        port, trust = site.application.http_port, trusting(site.authority, tmp_path)
        async with web(port, trust) as old:
            first = shown(old)
            write(tmp_path / "server", site.authority.server())
            await site.polled()
            async with web(port, trust) as new:
                assert shown(new) != first
                assert (await workflow(new, who)).status == 200
            assert (await workflow(old, who)).status == 200
            another = Authority("the next")
            write(tmp_path / "server", another.server())
            await site.polled()
            async with web(port, trusting(another, tmp_path)) as newest:
                assert (await workflow(newest, who)).status == 200


async def test_old_versions_of_tls_are_refused(site: Site) -> None:
    async with site.serving():
        tls = site.application.access.http_tls
        assert tls is not None and tls.context.minimum_version is ssl.TLSVersion.TLSv1_2
