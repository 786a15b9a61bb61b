"""Third-party clients, through the HTTP door: connectrpc's Python client, `buf curl` and `curl`.

connect-es is in `tests/node`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from connectrpc.client import ConnectClient
from connectrpc.code import Code
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.errors import ConnectError
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.protocol import ProtocolType
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from tests.grpc.wire import ACCOUNT
from tests.servers import running
from tests.tools import leave_out

from onduty.v1 import status_pb2 as pb
from onduty_server.process.application import Application
from onduty_server.transport.http.server import HttpListen

ROOT = Path(__file__).parents[2]
SERVICE = pb.DESCRIPTOR.services_by_name["StatusService"]


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with running(http=HttpListen("127.0.0.1:0")) as application:
        yield application


def method(name: str) -> MethodInfo[Any, Any]:
    descriptor = SERVICE.methods_by_name[name]
    reads = name.startswith(("Get", "List", "BatchGet"))
    return MethodInfo(
        name=name,
        service_name=SERVICE.full_name,
        input=GetMessageClass(descriptor.input_type),
        output=GetMessageClass(descriptor.output_type),
        idempotency_level=IdempotencyLevel.NO_SIDE_EFFECTS if reads else IdempotencyLevel.UNKNOWN,
        stream_type=StreamType.SERVER_STREAM if descriptor.server_streaming else StreamType.UNARY,
    )


@pytest.mark.parametrize(
    ("protocol", "codec"),
    [
        (ProtocolType.CONNECT, google_protobuf_binary_codec),
        (ProtocolType.CONNECT, google_protobuf_json_codec),
        (ProtocolType.GRPC_WEB, google_protobuf_binary_codec),
    ],
)
async def test_connectrpc_calls_streams_and_reads_errors(
    protocol: ProtocolType, codec: Any, application: Application
) -> None:
    address = f"http://127.0.0.1:{application.http_port}"
    # It compresses requests by default.
    async with ConnectClient(address, codec=codec(), protocol=protocol) as client:
        ann = pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ann")
        recorded = await client.execute_unary(request=ann, method=method("RecordActivity"))
        assert recorded.user_status.available
        asked = pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann")
        for use_get in (False, True):
            if use_get and protocol is not ProtocolType.CONNECT:
                continue
            got = await client.execute_unary(request=asked, method=method("GetStatus"), use_get=use_get)
            assert got.user_status == recorded.user_status
        asked.user_id = "nobody"
        with pytest.raises(ConnectError) as caught:
            await client.execute_unary(request=asked, method=method("GetStatus"))
        assert caught.value.code is Code.NOT_FOUND
        assert caught.value.message == 'user "nobody" not found in account "acme"'
        [detail] = caught.value.details
        assert detail.type_name == "google.rpc.ErrorInfo"
        assert error_details_pb2.ErrorInfo.FromString(detail.message_bytes).reason == "USER_UNKNOWN"
        watch = client.execute_server_stream(
            request=pb.WatchStatusesRequest(account_id=ACCOUNT), method=method("WatchStatuses")
        )
        async for message in watch:
            assert [each.user_id for each in message.snapshot.user_statuses] == ["ann"]
            break


async def output_of(*command: str) -> tuple[int | None, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out, err


@pytest.mark.parametrize("protocol", ["connect", "grpcweb", "grpc"])
async def test_buf_curl_calls_and_reads_errors(protocol: str, application: Application) -> None:
    buf = ROOT / "node_modules/.bin/buf"
    if not buf.exists():
        leave_out("buf is not installed; run `make node-tools`")
    grpc = protocol == "grpc"
    port = application.port if grpc else application.http_port
    options = ("--protocol", protocol, "--schema", "proto", *(("--http2-prior-knowledge",) if grpc else ()))
    url = f"http://127.0.0.1:{port}/onduty.v1.StatusService/"

    async def call(method: str, request: object) -> tuple[int | None, bytes, bytes]:
        return await output_of(str(buf), "curl", *options, "--data", json.dumps(request), url + method)

    ann = {"accountId": ACCOUNT, "userId": "ann"}
    status, out, err = await call("RecordActivity", ann)
    assert (status, json.loads(out)["userStatus"]["available"]) == (0, True), err
    status, out, err = await call("GetStatus", {**ann, "userId": "nobody"})
    assert status and json.loads(err)["code"] == "not_found"
    assert json.loads(err)["message"] == 'user "nobody" not found in account "acme"'
    assert json.loads(err)["details"][0]["type"] == "google.rpc.ErrorInfo"


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_buf_curl_learns_the_contract_from_the_server(version: str, application: Application) -> None:
    buf = ROOT / "node_modules/.bin/buf"
    if not buf.exists():
        leave_out("buf is not installed; run `make node-tools`")
    options = ("--protocol", "grpc", "--http2-prior-knowledge", "--reflect-protocol", f"grpc-{version}")
    url = f"http://127.0.0.1:{application.port}"
    status, out, err = await output_of(str(buf), "curl", *options, "--list-methods", url)
    assert status == 0, err
    assert b"onduty.v1.StatusService/GetStatus" in out and b"grpc.reflection.v1.ServerReflection" in out
    data = json.dumps({"accountId": ACCOUNT, "userId": "ann"})
    status, out, err = await output_of(
        str(buf), "curl", *options, "--data", data, f"{url}/onduty.v1.StatusService/RecordActivity"
    )
    assert (status, json.loads(out)["userStatus"]["available"]) == (0, True), err


async def test_curl_calls(application: Application) -> None:
    if shutil.which("curl") is None:
        leave_out("curl is not installed")
    url = f"http://127.0.0.1:{application.http_port}/onduty.v1.StatusService/"
    ann = json.dumps({"accountId": ACCOUNT, "userId": "ann"})
    status, out, _ = await output_of("curl", "-sS", "--json", ann, url + "RecordActivity")
    assert (status, json.loads(out)["userStatus"]["status"]) == (0, "STATUS_ONLINE")
    get = ("--get", "--data-urlencode", f"message={ann}", "--data", "encoding=json", "--compressed")
    status, got, _ = await output_of("curl", "-sS", *get, url + "GetStatus")
    assert (status, json.loads(got)) == (0, json.loads(out))
    status, out, _ = await output_of("curl", "-sS", "--fail-with-body", "--json", "{}", url + "GetStatus")
    assert (status, json.loads(out)["code"]) == (22, "invalid_argument")
