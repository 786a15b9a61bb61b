"""Clients that prove who they are, mirrors and reporters included, and keep their secrets."""

from __future__ import annotations

import asyncio
import pickle
from pathlib import Path

import pytest
from tests.access.site import Site
from tests.fakes import FakeClock
from tests.grpc.wire import ACCOUNT

from onduty_client import (
    AsyncActivityReporter,
    AsyncAvailabilityMirror,
    AsyncClient,
    Client,
    CredentialRequired,
    PermissionRequired,
    Security,
    Status,
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, FakeClock())


async def test_every_client_takes_it(site: Site) -> None:
    secret = site.add_key("web", ["backend"], [ACCOUNT])
    async with site.serving():
        target = f"127.0.0.1:{site.application.port}"
        security = Security(ca=site.ca, token=secret)
        async with AsyncClient(target, security=security, actor="kim") as client:
            assert (await client.set_status(ACCOUNT, "ada", Status.ONLINE)).actor == "kim"
            with pytest.raises(PermissionRequired):
                await client.get_status("zeta", "ada")
        async with AsyncAvailabilityMirror(target, ACCOUNT, security=security) as mirror:
            ready = asyncio.create_task(mirror.wait_ready(timeout=20))
            while not ready.done():
                # Bookmarks are of the server's clock.
                site.clock.advance(1_000)
                await asyncio.wait([ready], timeout=0.02)
            await ready
            assert mirror.is_available("ada")
        async with AsyncActivityReporter(target, security=security, interval=0.01) as reporter:
            reporter.record(ACCOUNT, "ben")
            assert await reporter.flush(timeout=10)

        def blocking() -> bool:
            with Client(target, security=security) as client:
                return client.get_status(ACCOUNT, "ben").available

        assert await asyncio.to_thread(blocking)
        async with AsyncClient(target, security=Security(ca=site.ca)) as client:
            with pytest.raises(CredentialRequired):
                await client.get_status(ACCOUNT, "ada")


async def test_a_token_is_asked_for_anew_for_every_call(site: Site) -> None:
    first, second = (site.add_key(name, ["router"]) for name in ("one", "two"))
    path = site.directory / "token"
    path.write_text(f"{first}\n")
    tokens = iter([first, "wrong", second])
    async with site.serving():
        target = f"127.0.0.1:{site.application.port}"
        async with AsyncClient(target, security=Security(ca=site.ca, token=lambda: next(tokens))) as client:
            await client.get_workflow(ACCOUNT)
            with pytest.raises(CredentialRequired):
                await client.get_workflow(ACCOUNT)
            await client.get_workflow(ACCOUNT)
        async with AsyncClient(target, security=Security(ca=site.ca, token_file=path)) as client:
            await client.get_workflow(ACCOUNT)
            site.remove_key(first)
            await site.polled()
            with pytest.raises(CredentialRequired):
                await client.get_workflow(ACCOUNT)
            path.write_text(second)
            await client.get_workflow(ACCOUNT)


SECRET = "S" * 40


@pytest.mark.parametrize("security", [Security(token=SECRET), Security(token=lambda: SECRET)], ids=["text", "function"])
def test_a_token_is_not_shown(security: Security) -> None:
    assert SECRET not in repr(security) + str(security) + repr(security.metadata())


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "is empty"),
        ("two words", "must be one word on one line, without white space"),
        ("line\nbreak", "must be one word on one line, without white space"),
        ("\u00e9", "holds characters that no token holds; only printable ASCII may be sent"),
        ("x\x00", "holds characters that no token holds; only printable ASCII may be sent"),
        ("x" * 8_000, "is longer than 7168 bytes"),
    ],
)
def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted(token: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        Security(token=token)
    assert str(caught.value) == f"the token {said}"
    provider = Security(token=lambda: token).metadata()
    assert provider is not None
    with pytest.raises(ValueError, match=f"the token {said}"):
        provider()
    (tmp_path / "token").write_text(token)
    provider = Security(token_file=tmp_path / "token").metadata()
    assert provider is not None
    if "\u00e9" not in token:
        with pytest.raises(ValueError, match="token") as caught:
            provider()
        assert str(caught.value) == f"the token in {tmp_path / 'token'} {said}"


def test_a_token_is_text() -> None:
    with pytest.raises(TypeError, match="the token must be a str, got bytes"):
        list(Security(token=lambda: b"x").metadata()())  # type: ignore[arg-type, return-value, misc]


@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.1:1",
        "localhost:50250",
        "[::1]:1",
        "dns:///localhost:1",
        "ipv4:127.0.0.1:1",
        "ipv6:[::1]:1",
        "unix:/a/b",
    ],
)
def test_a_token_may_stay_on_this_machine_in_plain_text(target: str) -> None:
    Security(token="x").check(target)


@pytest.mark.parametrize(
    "target",
    [
        *("onduty.test:50250", "10.0.0.1:1", "[2001:db8::1]:1", "dns:///onduty.test:1", "ipv4:127.0.0.1:1,10.0.0.1:1"),
        *(
            "localhost.evil.test:1",
            "127.0.0.1.evil.test:1",
            "dns://127.0.0.1/onduty.test:1",
            "xds:///localhost",
        ),
        # gRPC goes to what stands before these signs.
        *(f"dns:///onduty.test:1{sign}/127.0.0.1:1" for sign in "?#%"),
        *("dns:////127.0.0.1:1", "dns:///onduty.test/127.0.0.1:1", "ipv4:10.0.0.1:1#,127.0.0.1:1"),
    ],
)
def test_a_token_does_not_go_elsewhere_in_plain_text(target: str) -> None:
    with pytest.raises(ValueError, match="in plain text"):
        Client(target, security=Security(token="x"))
    Security(token="x", tls=True).check(target)
    Security(token="x", allow_plaintext=True).check(target)
    Security().check(target)


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="certificate needs key as well"):
        Security(certificate="a")
    with pytest.raises(ValueError, match="key needs certificate as well"):
        Security(key="a")
    with pytest.raises(ValueError, match="either token or token_file"):
        Security(token="a", token_file="b")
    with pytest.raises(ValueError, match="ONDUTY_TLS must be true or false"):
        Security.from_environment({"ONDUTY_TLS": "maybe"})
    with pytest.raises(FileNotFoundError):
        Client("127.0.0.1:1", security=Security(ca="no such file"))


def test_the_environment_says_it_all() -> None:
    assert Security.from_environment({}) == Security()
    found = Security.from_environment(
        {
            "ONDUTY_SERVER_CA": "ca",
            "ONDUTY_CLIENT_CERTIFICATE": "c",
            "ONDUTY_CLIENT_KEY": "k",
            "ONDUTY_TOKEN": "t",
            "ONDUTY_TOKEN_FILE": "f",
            "ONDUTY_CLIENT_ALLOW_PLAINTEXT": "no",
        }
    )
    assert found == Security(ca="ca", certificate="c", key="k", token="t")
    assert Security.from_environment({"ONDUTY_TLS": "1"}).encrypts
    assert pickle.loads(pickle.dumps(found)) == found
