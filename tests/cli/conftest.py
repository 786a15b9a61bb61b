"""Commands run in this process, in an empty directory and an environment without ONDUTY variables."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from onduty_server.cli import main


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Onduty = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ONDUTY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def three_hours_ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's zone is called XST, three hours ahead of UTC."""
    monkeypatch.setenv("TZ", "XST-3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def onduty(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Onduty:
    """Runs a command: `onduty("status", "get", "acme", "anna")`. It never shows a traceback."""

    def run(*arguments: str, stdin: bytes | None = None) -> Ran:
        capsys.readouterr()
        if stdin is not None:
            raw = cast("io.RawIOBase", io.BytesIO(stdin))
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(raw)))
        code = main(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return run
