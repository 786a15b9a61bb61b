"""Targets: which are refused before anything is sent, and that clients and the command line refuse the same ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import typer

from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    AsyncAvailabilityMirror,
    AsyncClient,
    AvailabilityMirror,
    Client,
    Security,
    Status,
)
from onduty_server.cli.options import parser
from onduty_server.cli.remote.options import _server

GOOD = [
    *("127.0.0.1:50250", "localhost:1", "[::1]:50250", "onduty.internal:65535", "dns:///onduty.internal:50250"),
    *("dns:onduty.internal", "ipv4:127.0.0.1:1,127.0.0.1:2", "ipv6:[::1]:1", "unix:/run/onduty.sock", "unix:onduty"),
]
BAD = {
    "": "'' is not a valid address; write HOST:PORT, like 127.0.0.1:50250 or [::1]:50250",
    "localhost": "'localhost' is not a valid address; write HOST:PORT, like 127.0.0.1:50250 or [::1]:50250",
    **dict.fromkeys(
        (
            ":50250",
            "localhost:",
            "localhost:port",
            "localhost:70000",
            "::1:50250",
            "[]:1",
            "host/path:1",
            "dns:",
            "unix:",
        ),
        "is not a valid address; write HOST:PORT",
    ),
    "grpc://127.0.0.1:50250": "is not a valid address; write HOST:PORT, without grpc://",
}
GOOD_URLS = [
    *("http://127.0.0.1:50251", "http://localhost", "https://onduty.internal", "HTTPS://onduty.internal:8443/"),
    *("http://[::1]:50251", "https://gateway.internal/teams/onduty"),
]
BAD_URLS = {
    **dict.fromkeys(
        (
            *("http://", "http://:50251", "http://host:port", "http://host:70000", "http://host:0", "http://host:"),
            *(
                "http://[::1",
                "http://ho st",
                "http://host/\r\nx: y",
                "http://host/a b",
                "http://host\n:1",
                "http://hóst",
            ),
            *("http://host//", "http://host/%0d"),
        ),
        "is not a valid address; write http://HOST:PORT or https://HOST:PORT",
    ),
    **dict.fromkeys(
        ("http://kim:secret@host", "http://host/?a=b", "http://host?", "http://host/#x"),
        "an http address may have only a host, a port and a path; leave out the user, query or fragment",
    ),
}
CLIENTS: list[Callable[..., Any]] = [
    Client,
    AsyncClient,
    ActivityReporter,
    AsyncActivityReporter,
    lambda target: AvailabilityMirror(target, "acme"),
    lambda target: AsyncAvailabilityMirror(target, "acme"),
]


@pytest.mark.parametrize("target", BAD)
async def test_a_target_that_can_be_none_is_refused_by_all(target: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        parser(_server)(target)
    assert BAD[target] in str(refused.value)
    for make in CLIENTS:
        with pytest.raises(ValueError, match="address") as caught:
            make(target)
        assert str(caught.value) == str(refused.value)


@pytest.mark.parametrize("target", GOOD)
def test_every_spelling_of_grpc_is_taken(target: str) -> None:
    assert _server(target) == target
    Client(target).close()


@pytest.mark.parametrize("target", GOOD_URLS)
def test_an_address_of_an_http_port_is_taken_by_clients(target: str) -> None:
    Client(target).close()


@pytest.mark.parametrize("target", BAD_URLS)
async def test_an_address_of_an_http_port_that_is_malformed_is_refused(target: str) -> None:
    for make in CLIENTS:
        with pytest.raises(ValueError, match="address") as caught:
            make(target)
        assert BAD_URLS[target] in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http://", "https://"])
def test_the_command_line_speaks_grpc_only(scheme: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        parser(_server)(f"{scheme}127.0.0.1:50250")
    assert f"is not a valid address; write HOST:PORT, without {scheme}" in str(refused.value)


async def test_a_target_is_text() -> None:
    for make in CLIENTS:
        with pytest.raises(TypeError, match="target must be a str, got int"):
            make(50250)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda client: client.record_activity("acme", 5), "user_id must be a str, got int"),
        (lambda client: client.record_activity(b"acme", "ada"), "account_id must be a str, got bytes"),
        (lambda client: client.set_status("acme", None, Status.AWAY), "user_id must be a str, got NoneType"),
        (lambda client: client.set_status("acme", "ada", Status.AWAY, actor=5), "actor must be a str, got int"),
        (lambda client: client.get_status("acme", 5), "user_id must be a str, got int"),
        (lambda client: client.batch_get_statuses("acme", ["ada", 5]), "user_id must be a str, got int"),
        (lambda client: client.batch_get_statuses("acme", "ada"), "user_ids must be several ids, got a str"),
        (lambda client: client.list_statuses(5), "account_id must be a str, got int"),
        (lambda client: client.list_statuses_page(5), "account_id must be a str, got int"),
        (lambda client: client.available_users(5), "account_id must be a str, got int"),
        (lambda client: client.get_workflow(5), "account_id must be a str, got int"),
        (lambda client: client.update_workflow(5), "account_id must be a str, got int"),
        (lambda client: client.list_status_changes("acme", user_id=5), "user_id must be a str, got int"),
        (lambda client: client.list_status_changes_page(5), "account_id must be a str, got int"),
        (lambda _: Client("127.0.0.1:1", actor=5), "actor must be a str, got int"),  # type: ignore[arg-type]
        (lambda _: AvailabilityMirror("127.0.0.1:1", 5), "account_id must be a str, got int"),  # type: ignore[arg-type]
        (lambda _: AvailabilityMirror("127.0.0.1:1", "a", user_ids="ada"), "user_ids must be several ids, got a str"),
        (lambda _: ActivityReporter("127.0.0.1:1").record("acme", 5), "user_id must be a str, got int"),  # type: ignore[arg-type]
        (lambda _: ActivityReporter("127.0.0.1:1").record(b"a", "b"), "account_id must be a str, got bytes"),  # type: ignore[arg-type]
    ],
)
def test_an_id_that_is_not_text_is_a_type_error_that_names_it(call: Callable[[Any], object], said: str) -> None:
    with Client("127.0.0.1:1") as client, pytest.raises(TypeError) as caught:
        call(client)
    assert str(caught.value) == said


async def test_a_repr_says_where_to_and_nothing_secret() -> None:
    security = Security(token="S" * 40)
    target = "127.0.0.1:1"
    client = Client(target, security=security)
    assert repr(client) == "<Client 127.0.0.1:1>"
    client.close()
    assert repr(client) == "<Client 127.0.0.1:1 (closed)>"
    async with AsyncClient(target, security=security) as other:
        assert repr(other) == "<AsyncClient 127.0.0.1:1>"
    reporter = ActivityReporter(target, security=security)
    assert repr(reporter) == "<ActivityReporter 127.0.0.1:1 (not started)>"
    async with AsyncAvailabilityMirror(target, "acme", security=security) as mirror:
        assert repr(mirror) == "<AsyncAvailabilityMirror of 'acme' at 127.0.0.1:1>"
    assert repr(mirror) == "<AsyncAvailabilityMirror of 'acme' at 127.0.0.1:1 (closed)>"
