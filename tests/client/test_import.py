"""What importing the client brings in, and what it shows."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import onduty_client

LISTING = """
import json, sys
before = set(sys.modules)
import onduty_client
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""

CALLING = """
import sys
from contextlib import suppress
from onduty_client import Client, OndutyError
client = Client(sys.argv[1], timeout=1)
before = set(sys.modules)
with suppress(OndutyError):
    client.record_activity("acme", "ann")
print(sorted(set(sys.modules) - before))
"""


def test_importing_the_client_loads_grpcio_and_protobuf_and_nothing_of_the_server() -> None:
    listing = subprocess.run([sys.executable, "-c", LISTING], check=True, capture_output=True, timeout=30, text=True)
    brought_in = set(json.loads(listing.stdout)) - sys.stdlib_module_names
    ours = {"onduty", "onduty_client"}
    libraries = {"grpc", "google"}
    # grpcio needs typing_extensions, leaves two names of Cython, and loads its sister packages where they are there.
    theirs = {"typing_extensions", "cython_runtime", "grpc_health", "grpc_reflection", "grpc_tools"}
    assert {name for name in brought_in if not name.startswith("_cython_")} <= ours | libraries | theirs


@pytest.mark.parametrize("target", ["127.0.0.1:1", "http://127.0.0.1:1"])
def test_the_first_call_imports_nothing_that_a_child_forked_meanwhile_would_wait_for(target: str) -> None:
    calling = subprocess.run(
        [sys.executable, "-c", CALLING, target], check=True, capture_output=True, timeout=30, text=True
    )
    assert calling.stdout == "[]\n"


def test_all_is_what_the_package_shows_and_nothing_private() -> None:
    # `testing` is a module of its own, which shows once somebody has imported it.
    public = {name for name in vars(onduty_client) if not name.startswith("_")} - {"testing"}
    assert set(onduty_client.__all__) == public


def test_it_says_which_version_it_is() -> None:
    assert onduty_client.__version__ == version("onduty")
    with pytest.raises(AttributeError, match="module 'onduty_client' has no attribute 'nonsense'"):
        getattr(onduty_client, "nonsense")  # noqa: B009 - What a type checker would refuse.


def test_benchmarks_use_its_public_names_only() -> None:
    # The command line is held to them by import-linter.
    files = sorted((Path(__file__).parents[2] / "benchmarks").rglob("*.py"))
    assert files
    assert [file.name for file in files if "onduty_client._" in file.read_text()] == []
