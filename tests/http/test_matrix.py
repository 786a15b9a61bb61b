"""The permission matrix through the HTTP door: what each role may do is what it may do by gRPC."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from tests.access.site import Site, Who
from tests.access.test_matrix import (
    BAD,
    CLERK,
    HELD,
    ME,
    METHODS,
    NOWHERE,
    OTHER,
    OWN,
    OWN_USER_ONLY,
    SOMEBODY,
    expected,
    request_for,
)
from tests.http.doors import Connect, Door, GrpcWeb, connect_error, headers_of
from tests.http.web import SERVICE, Web, envelope, envelopes, web

from onduty_server.transport.http.server import HttpListen

HTTP = HttpListen("127.0.0.1:0", by_any_name=True)
# The method that streams both ways can only be called over gRPC.
CALLED = [method for method in METHODS if method != "RecordActivities"]


@pytest.fixture
def open_site(site: Site) -> Site:
    site.access.write_text(CLERK)
    return site


async def code_of(http: Web, method: str, request: Any, who: Who, *, grpc_web: bool) -> str:
    metadata = dict(who.metadata)
    if method == "WatchStatuses":
        return await code_of_watch(http, request, metadata)
    door: Door = GrpcWeb(http, as_text=False) if grpc_web else Connect(http, as_json=True)
    return (await door.call(method, request, metadata)).code


async def code_of_watch(http: Web, request: Any, metadata: Any) -> str:
    """Return how a watch begins. The connection is not used again."""
    headers = {"content-type": "application/connect+json", **headers_of(metadata)}
    body = envelope(json.dumps(MessageToDict(request)).encode())
    http.request("POST", SERVICE + "WatchStatuses", headers, body)
    assert (await http.head())[0] == 200
    flags, data = envelopes(await http.chunk())[0]
    if flags != 2:
        return "OK"
    assert await http.chunk() == b""
    return connect_error(json.loads(data)["error"]).code


@pytest.mark.parametrize("grpc_web", [False, True], ids=["Connect", "gRPC-Web"])
@pytest.mark.parametrize("role", HELD)
async def test_the_matrix(role: str, grpc_web: bool, open_site: Site) -> None:
    user = ME if role in OWN_USER_ONLY else ""
    who = Who(open_site.add_key(ME, [role], [OWN], user))
    async with open_site.serving_plaintext(http=HTTP):
        for method, account, asked in product(CALLED, (OWN, OTHER, NOWHERE), (ME, SOMEBODY)):
            async with web(open_site.application.http_port) as http:
                code = await code_of(http, method, request_for(method, account, asked), who, grpc_web=grpc_web)
            allowed = expected(role, method, account, asked)
            assert (code != "PERMISSION_DENIED") == allowed, (method, account, asked, code)
            assert code != "UNAUTHENTICATED"


@pytest.mark.parametrize("metadata", [sent for _, sent in BAD], ids=[name for name, _ in BAD])
async def test_without_a_good_credential_no_method_does_anything(
    metadata: tuple[tuple[str, str], ...], open_site: Site
) -> None:
    async with open_site.serving_plaintext(http=HTTP):
        for method in CALLED:
            async with web(open_site.application.http_port) as http:
                if method == "WatchStatuses" or len(metadata) < 2:
                    code = await code_of(http, method, request_for(method, OWN, ME), Who(raw=metadata), grpc_web=False)
                    assert code == "UNAUTHENTICATED", method
                else:
                    # The same header twice, which a mapping cannot hold.
                    body = json.dumps(MessageToDict(request_for(method, OWN, ME))).encode()
                    lines = "".join(f"{name}: {value}\r\n" for name, value in metadata)
                    http.send(
                        f"POST {SERVICE}{method} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{lines}"
                        f"content-length: {len(body)}\r\n\r\n".encode()
                        + body
                    )
                    assert (await http.response()).status == 401
        store = open_site.application.store
        assert await store.get(OWN, (ME,)) == [None]
    sent = [value.removeprefix("Bearer ") for _, value in metadata if len(value) > 20]
    assert all(secret not in str(open_site.audit) for secret in sent)
