"""TLS: who is let in by certificate, and certificates that change while connections stay."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from structlog.testing import capture_logs
from tests.access.authority import Authority, Issued, write
from tests.access.site import ALONE, Site, Who, next_of
from tests.grpc.wire import ACCOUNT, Wire, refusal_of

from onduty.v1 import status_pb2 as pb
from onduty_server.access.files import UnusableFile, WatchedFiles

GET = pb.GetWorkflowRequest(account_id=ACCOUNT)


async def code_of(wire: Wire, who: Who) -> grpc.StatusCode:
    try:
        await wire.stub.GetWorkflow(GET, metadata=who.metadata, timeout=5)
    except aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def shown_serial(site: Site, authority: Authority) -> int:
    """Connects, and says which certificate the server shows. Raises ssl.SSLError when it is not of the authority."""
    from cryptography import x509

    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", site.application.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        shown = connection.getpeercert(binary_form=True)
        assert shown is not None
        return x509.load_der_x509_certificate(shown).serial_number


# --- certificates of clients -----------------------------------------------------------------------------------------

NAMED = """
[[callers]]
certificate = "router.test"
roles = ["router"]
accounts = ["acme"]

[[callers]]
certificate = "spiffe://test/supervisor"
name = "sue"
roles = ["supervisor"]
accounts = ["acme"]

[[callers]]
certificate = "onlyacommonname"
roles = ["router"]
accounts = ["*"]
"""


async def test_a_client_is_who_its_certificate_says(site: Site) -> None:
    site.access.write_text(NAMED)
    authority = site.authority
    async with site.serving(tls_client_ca=str(site.ca)):
        async with site.connected(authority.issue("ignored", ["router.test"])) as wire:
            assert await code_of(wire, Who()) is grpc.StatusCode.OK
            request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ada", status=pb.STATUS_AWAY)
            with pytest.raises(aio.AioRpcError) as caught:
                await wire.stub.SetStatus(request)
            assert refusal_of(caught.value).reason == "PERMISSION_REQUIRED"
        async with site.connected(authority.issue("x", uri="spiffe://test/supervisor")) as wire:
            answer = await wire.stub.SetStatus(request)
            assert answer.user_status.actor == "sue"
        async with site.connected(authority.issue("onlyacommonname")) as wire:
            assert await code_of(wire, Who()) is grpc.StatusCode.OK
        # With alternative names, the common name is none.
        async with site.connected(authority.issue("onlyacommonname", ["other.test"])) as wire:
            assert await code_of(wire, Who()) is grpc.StatusCode.PERMISSION_DENIED
        # A token goes before the certificate, and a bad one is not made good by it.
        async with site.connected(authority.issue("x", ["router.test"])) as wire:
            assert await code_of(wire, Who("nonsense")) is grpc.StatusCode.UNAUTHENTICATED
            token = site.issuer.token(onduty_roles=["supervisor"], onduty_accounts="acme")
            answer = await wire.stub.SetStatus(request, metadata=Who(token).metadata)
            assert answer.user_status.actor == "kim"


@pytest.mark.parametrize("kind", ["another authority", "expired", "not yet valid", "none"])
async def test_a_certificate_that_is_not_good_gets_no_connection(kind: str, site: Site) -> None:
    site.access.write_text(NAMED)
    client: Issued | None = None
    if kind == "another authority":
        client = Authority().issue("x", ["router.test"])
    elif kind == "expired":
        client = site.authority.issue("x", ["router.test"], days=(-5, -1))
    elif kind == "not yet valid":
        client = site.authority.issue("x", ["router.test"], days=(1, 5))
    async with site.serving(tls_client_ca=str(site.ca)), site.connected(client) as wire:
        token = site.issuer.token(onduty_roles=["admin"])
        assert await code_of(wire, Who(token)) is grpc.StatusCode.UNAVAILABLE


async def test_health_answers_everybody_and_reflection_only_where_it_is_on(site: Site) -> None:
    for on in (True, False):
        async with site.serving(reflection=on), site.connected() as wire:
            health: Any = health_pb2_grpc.HealthStub(wire.channel)
            answer = await health.Check(health_pb2.HealthCheckRequest(service="onduty.v1.StatusService"))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
            asking: Any = reflection_pb2_grpc.ServerReflectionStub(wire.channel)  # type: ignore[arg-type] # Either kind will do.
            call = asking.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
            if on:
                listed = [each.name for each in (await call.read()).list_services_response.service]
                assert "onduty.v1.StatusService" in listed
            else:
                with pytest.raises(aio.AioRpcError) as caught:
                    await call.read()
                assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


# --- the server's ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["another authority", "expired"])
async def test_a_client_does_not_talk_to_a_server_that_it_cannot_trust(kind: str, site: Site) -> None:
    authority = Authority() if kind == "another authority" else site.authority
    if kind == "expired":
        write(site.directory / "server", site.authority.server(days=(-5, -1)))
    async with site.serving(), site.connected(authority=authority) as wire:
        assert await code_of(wire, Who()) is grpc.StatusCode.UNAVAILABLE


async def test_plain_text_gets_no_answer(site: Site) -> None:
    async with site.serving(), aio.insecure_channel(f"127.0.0.1:{site.application.port}", ALONE) as channel:
        assert await code_of(Wire(channel), Who()) is grpc.StatusCode.UNAVAILABLE


async def test_nothing_older_than_tls_1_2(site: Site) -> None:
    def speak(version: ssl.TLSVersion) -> str | None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.set_alpn_protocols(["h2"])
        context.minimum_version = context.maximum_version = version
        with (
            socket.create_connection(("127.0.0.1", site.application.port), timeout=10) as plain,
            context.wrap_socket(plain) as connection,
        ):
            return connection.version()

    async with site.serving():
        assert await asyncio.to_thread(speak, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert await asyncio.to_thread(speak, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        with pytest.warns(DeprecationWarning, match="TLSv1_1"), pytest.raises((ssl.SSLError, OSError)):
            await asyncio.to_thread(speak, ssl.TLSVersion.TLSv1_1)


async def test_a_new_certificate_is_shown_to_new_connections_and_ends_none(site: Site) -> None:
    who = Who(site.add_key("router", ["router"]))
    newer = Authority("a newer authority")
    async with site.serving(), site.connected() as wire:
        watch = wire.stub.WatchStatuses(pb.WatchStatusesRequest(account_id=ACCOUNT), metadata=who.metadata)
        assert (await next_of(watch)).snapshot.last
        before = await asyncio.to_thread(shown_serial, site, site.authority)
        write(site.directory / "server", newer.server())
        await site.polled()
        after = await asyncio.to_thread(shown_serial, site, newer)
        assert after != before
        with pytest.raises(ssl.SSLError):
            await asyncio.to_thread(shown_serial, site, site.authority)
        # The watch goes on, and so does the connection under it.
        assert await code_of(wire, who) is grpc.StatusCode.OK
        site.clock.advance(2_000)
        assert (await next_of(watch)).HasField("bookmark")
        (noted,) = site.noted("certificate_changed")
        assert noted["serial"] == f"{after:x}" and "localhost" in noted["names"]


async def test_a_broken_certificate_is_not_taken(site: Site) -> None:
    async with site.serving():
        before = await asyncio.to_thread(shown_serial, site, site.authority)
        with capture_logs() as logs:
            for broken in (b"", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", b"\xff" * 100):
                site.certificate.write_bytes(broken)
                await site.polled()
                assert await asyncio.to_thread(shown_serial, site, site.authority) == before
            # The key of another: as when only one of the two files has been replaced yet.
            write(site.directory / "other", site.authority.server())
            (site.directory / "other.pem").replace(site.certificate)
            await site.polled()
            assert await asyncio.to_thread(shown_serial, site, site.authority) == before
            site.certificate.unlink()
            await site.polled()
        said = [line["why"] for line in logs if line["log_level"] == "error"]
        assert len(said) == 5 and "does not belong" in said[3]
        assert "PRIVATE" not in str(logs)
        # Once they fit together, they are.
        write(site.directory / "server", site.authority.server())
        await site.polled()
        assert await asyncio.to_thread(shown_serial, site, site.authority) != before


async def test_a_server_does_not_start_with_files_that_it_cannot_use(site: Site) -> None:
    site.key.write_bytes(Authority().server().key)
    with pytest.raises(UnusableFile, match="does not belong"):
        async with site.serving():
            pass
    site.key.unlink()
    with pytest.raises(UnusableFile, match=r"^tls_key: .*server\.key: No such file"):
        async with site.serving():
            pass


async def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path, taken = tmp_path / "it", list[bytes]()
    path.write_bytes(b"one")
    files = WatchedFiles([path], lambda contents: taken.append(contents[0]))
    files.load()
    await files.reload()
    await files.reload()
    path.write_bytes(b"two")
    await files.reload()
    # Within a tick of the file system's clock, and of the same length.
    path.write_bytes(b"six")
    for _ in range(3):
        await files.reload()
    assert taken == [b"one", b"two", b"six"]
