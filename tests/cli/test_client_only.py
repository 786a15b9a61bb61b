"""An installation without the server's packages: the command line says in one line what to install."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("grpc", "google", "typing_extensions")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install onduty` puts into site-packages: our packages, grpcio and protobuf."""
    place = tmp_path_factory.mktemp("site-packages")
    for source in ("proto/onduty", "server/onduty_server", "client/onduty_client"):
        (place / Path(source).name).symlink_to(ROOT / source)
    installed = Path(str(importlib.metadata.distribution("grpcio").locate_file("")))
    for name in NEEDED:
        if (installed / name).exists():
            (place / name).symlink_to(installed / name)
    for dist_info in (*installed.glob("onduty-*.dist-info"), *installed.glob("grpcio-[0-9]*.dist-info")):
        (place / dist_info.name).symlink_to(dist_info)
    if (installed / "typing_extensions.py").exists():
        (place / "typing_extensions.py").symlink_to(installed / "typing_extensions.py")
    return place


def run(bare: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # -S leaves out the packages of the environment, -s those of the person, and the path is that of the installation.
    environment = {**os.environ, "PYTHONPATH": str(bare)}
    return subprocess.run([sys.executable, "-S", "-s", *arguments], capture_output=True, text=True, env=environment)


def entry_point() -> tuple[str, ...]:
    """What the script does that pip makes of the entry point."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["onduty"]
    (installed,) = (it for it in entry_points(group="console_scripts") if it.name == "onduty")
    assert installed.value == declared
    module, _, function = declared.partition(":")
    return "-c", f"import sys; from {module} import {function}; sys.exit({function}())"


@pytest.fixture(params=["module", "entry point"])
def program(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return entry_point() if request.param == "entry point" else ("-m", "onduty_server")


def test_the_version_is_shown(bare: Path, program: tuple[str, ...]) -> None:
    ran = run(bare, *program, "--version")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"onduty {version('onduty')}\n", "")


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("status", "list", "acme"), ("simulate", "a.csv")], ids=" ".join
)
def test_anything_else_says_what_to_install(bare: Path, program: tuple[str, ...], arguments: tuple[str, ...]) -> None:
    ran = run(bare, *program, *arguments)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "onduty: the package typer is not installed; the command line comes with: pip install 'onduty[cli]', "
        "or with the server: pip install 'onduty[server]'\n"
    )


def test_serve_says_how_to_get_the_server(bare: Path, program: tuple[str, ...]) -> None:
    ran = run(bare, *program, "serve")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "onduty: the package typer is not installed; the server comes with: pip install 'onduty[server]', "
        "or run: uvx --from 'onduty[server]' onduty serve\n"
    )


def test_the_client_itself_works(bare: Path) -> None:
    ran = run(bare, "-c", "import onduty_client; print(onduty_client.Client.__name__)")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "Client\n", "")


@pytest.mark.parametrize("missing", ["rich", "structlog", "pydantic_settings", "apsw"])
def test_so_does_an_installation_of_which_a_part_is_missing(missing: str) -> None:
    script = (
        f"import sys; sys.modules[{missing!r}] = None; from onduty_server.cli import main; "
        "sys.exit(main(['key', 'list', '--key-file', 'keys'] if sys.argv[1] == 'rich' else "
        "['serve', '--listen', '127.0.0.1:0', '--store', 'sqlite:a.db']))"
    )
    Path("keys").touch()
    ran = subprocess.run([sys.executable, "-c", script, missing], capture_output=True, text=True, timeout=30)
    assert ran.returncode == 1
    extra = "cli" if missing == "rich" else "server"
    assert f"the package {missing} is not installed" in ran.stderr
    assert f"pip install 'onduty[{extra}]'" in ran.stderr
    assert "Traceback" not in ran.stderr
