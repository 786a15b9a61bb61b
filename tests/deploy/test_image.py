"""The image is built, and its server runs as in a container: without rights, and with nothing to write but a volume."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deploy.building import ROOT, Image, built, run
from tests.faults.process import Servers
from tests.tools import need_image_builder

from onduty_client import AsyncClient, Security, Status
from onduty_server.process.port_reservation import reserved

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    need_image_builder()
    memory = Path("/dev/shm")
    # Storage without layers copies the whole image again and again.
    room = memory.is_dir() and shutil.disk_usage(memory).free > 4_000_000_000
    place = tempfile.TemporaryDirectory(prefix="onduty-image-", dir=memory if room else None)
    with place as directory, built(Path(directory)) as image:
        yield image


def test_it_says_what_it_is_and_how_it_is_to_be_run(image: Image) -> None:
    assert image.config["User"] == "65532:65532"
    assert image.config["Entrypoint"] == ["onduty"] and image.config["Cmd"] == ["serve"]
    assert image.health["Test"] == ["CMD", "onduty", "health"]
    labels = image.config["Labels"]
    assert labels["org.opencontainers.image.title"] == "onduty"
    assert labels["org.opencontainers.image.revision"] == "tested"


def test_it_lists_what_is_in_it_and_holds_what_is_locked_and_no_installer(image: Image) -> None:
    bill = json.loads((image.files / "opt/onduty/sbom.cdx.json").read_text())
    listed = {
        each["name"].lower().replace("_", "-"): each["version"]
        for each in bill["components"]
        if each["purl" if "purl" in each else "bom-ref"].startswith("pkg:pypi/")
    }
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)(?= )", (ROOT / "requirements/server.txt").read_text(), re.MULTILINE))
    assert bill["metadata"]["component"]["name"] == "onduty"
    assert listed.items() <= locked.items() and {"grpcio", "apsw", "redis", "uvloop"} <= listed.keys()
    assert any(each["purl"].startswith("pkg:deb/debian/python3") for each in bill["components"] if "purl" in each)


async def test_its_server_answers_calls_with_a_read_only_root_and_stops_in_order(image: Image, tmp_path: Path) -> None:
    # The mounts of a command vanish with it, so what the volume holds is made by the one that uses it.
    script = "onduty key create desk --role admin --account acme --key-file keys >&2 && exec onduty serve"
    with reserved("127.0.0.1:0", shared=False) as port:
        pass
    health = {"ONDUTY_HTTP_LISTEN": f"0.0.0.0:{port}"}
    command = image.command(
        *("sh", "-c", script),
        ONDUTY_LISTEN="0.0.0.0:0",
        ONDUTY_METRICS_LISTEN="off",
        ONDUTY_KEY_FILE="keys",
        ONDUTY_ALLOW_PLAINTEXT="true",
        ONDUTY_LOG_FORMAT="json",
        **health,
    )
    async with Servers(tmp_path) as servers:
        server = await servers.run(*command)
        await server.serving()
        token = next(str(line["text"]) for line in server.log if str(line.get("text", "")).startswith("onduty_"))
        address = f"127.0.0.1:{server.address.rpartition(':')[2]}"
        async with AsyncClient(address, security=Security(token=token), actor="ann") as client:
            await client.set_status("acme", "ann", Status.ONLINE)
            assert (await client.get_status("acme", "ann")).status is Status.ONLINE
        assert await asyncio.to_thread(run, *image.command(*image.health["Test"][1:], **health)) == "ok\n"
        assert os.stat(f"/proc/{server.pid}").st_uid == 65532
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0, server.text()


async def test_without_credentials_it_refuses_to_start_and_says_what_to_set(image: Image, tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*image.command("onduty", "serve", ONDUTY_LISTEN="0.0.0.0:0"))
        assert await server.ended() != 0
        assert "tls_certificate" in server.text() and "Traceback" not in server.text()
