"""What the command line says when TLS does not fit: one line, which names the mistake and the mend."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from tests.access.authority import Authority, write
from tests.access.site import Site
from tests.cli.conftest import Onduty, Ran
from tests.fakes import FakeClock
from tests.servers import running

pytestmark = pytest.mark.slow  # a process of the command line for each mistake


@pytest.fixture
def site() -> Site:
    """The files of all mistakes, in the working directory."""
    Path("other.pem").write_bytes(Authority("another").pem)
    Path("junk.pem").write_bytes(b"nonsense")
    write(Path("stranger"), Authority("a stranger").issue("x", ["client.test"]))
    return Site(Path(), FakeClock())


CALL = ("available", "acme")
WATCH = ("watch", "acme", "--json", "--timeout", "3s")
CERTIFICATE = ("--client-certificate", "stranger.pem", "--client-key", "stranger.key")
UNTRUSTED = "(unable to get local issuer certificate)"


SPEAK_TLS = "requires TLS: give --server-ca FILE, or --tls for the usual authorities"


async def test_each_mistake_is_named(onduty: Onduty, site: Site) -> None:
    async def call(address: str, *options: str) -> Ran:
        return await asyncio.to_thread(onduty, *CALL, "--timeout", "400ms", "--server", address, *options)

    async def refused(said: str, address: str, *options: str) -> None:
        ran = await call(address, *options)
        assert (ran.code, ran.err) == (3, f"onduty: {said.format(address=address)}\n")

    async with site.serving():
        port = site.application.port
        # Of several addresses, gRPC tells of one; here it may be one at which nobody listens.
        for address in (f"127.0.0.1:{port}", f"localhost:{port}"):
            untrusted = f"the certificate of {address} is not signed by "
            await refused(f"{untrusted}the authority in other.pem {UNTRUSTED}", address, "--server-ca", "other.pem")
            await refused(
                f"{untrusted}one of the usual authorities {UNTRUSTED}: give --server-ca FILE", address, "--tls"
            )
            await refused(f"{address} {SPEAK_TLS}", address)
        await refused("junk.pem holds no certificate in PEM", f"127.0.0.1:{port}", "--server-ca", "junk.pem")
    async with site.serving(tls_client_ca="ca.pem"):
        address, ca = f"127.0.0.1:{site.application.port}", ("--server-ca", "ca.pem")
        await refused(f"{address} {SPEAK_TLS}", address)
        asking = "{address} requires a client certificate: give --client-certificate and --client-key"
        await refused(asking, address, *ca)
        await refused("{address} does not accept the client certificate stranger.pem", address, *ca, *CERTIFICATE)
        unfit = "stranger.pem and server.key are not a certificate and its key in PEM"
        await refused(unfit, address, *ca, *CERTIFICATE[:3], "server.key")
    for shown, said in (
        (site.authority.issue("x", ["onduty.test"]), "is not for the name 127.0.0.1"),
        (site.authority.server(days=(-5, -1)), "has expired"),
        (site.authority.server(days=(1, 5)), "is not valid yet"),
    ):
        write(Path("server"), shown)
        async with site.serving():
            address = f"127.0.0.1:{site.application.port}"
            await refused("the certificate of {address} " + said, address, *ca)
    async with running() as application:
        plain = "{address} does not speak TLS: leave --tls, --server-ca and --client-certificate out"
        await refused(plain, f"127.0.0.1:{application.port}", *ca)
    # What is no mistake of TLS is not taken for one.
    ran = await call("127.0.0.1:1", *ca)
    assert ran.code == 3 and ran.err.startswith("onduty: no answer from 127.0.0.1:1: connection refused")


@pytest.mark.parametrize("command", [CALL, WATCH], ids=["call", "stream"])
async def test_the_core_of_grpc_adds_nothing_of_its_own(site: Site, command: tuple[str, ...]) -> None:
    # A start of its own: the core writes to the file descriptor, and looks when it is imported whether it is to.
    async with site.serving():
        address = f"127.0.0.1:{site.application.port}"
        started = [sys.executable, "-m", "onduty_server", *command, "--server", address, "--server-ca", "other.pem"]
        ran = await asyncio.to_thread(subprocess.run, started, capture_output=True, text=True, timeout=60)
    said = f"onduty: the certificate of {address} is not signed by the authority in other.pem {UNTRUSTED}\n"
    assert (ran.returncode, ran.stderr) == (3, said)
