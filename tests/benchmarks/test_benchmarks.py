"""The benchmarks run: each at a scale that shows nothing but that it works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import beside, figures
from benchmarks.__main__ import BENCHMARKS, main, run_one
from benchmarks.context import Context
from benchmarks.population import by_due_time
from benchmarks.processes import ROOT
from benchmarks.scale import TINY
from tests.tools import need_chromium, need_h2load

# A comparison starts a dozen processes, one after the other; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("name", list(BENCHMARKS))
def test_runs_and_finds_figures(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "overload":
        need_h2load()
    if name == "board":
        need_chromium()
    outcome = run_one(name, Context(TINY, tmp_path))
    assert outcome.figures and all(figure.value > 0 for figure in outcome.figures)
    shown = capsys.readouterr().out
    assert all(figure.name in shown for figure in outcome.figures)


def test_compares_with_another_checkout_and_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert beside.main([str(ROOT), "--tiny", "--directory", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("RecordActivity, CPU", "GetStatus, CPU", "restart with 2,000 users, CPU"))
    assert not list(tmp_path.iterdir())


def test_says_what_it_measures_and_what_it_leaves_out() -> None:
    assert all("Left out" in benchmark.method for benchmark in BENCHMARKS.values())


def test_names_the_machine_and_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory", "--tiny", "--directory", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert all(f"- {name}: " in shown for name in ("CPU", "cores", "memory", "kernel", "Python", "grpcio", "SQLite"))
    assert str(tmp_path) not in shown
    assert not list(tmp_path.iterdir())


def test_refuses_a_name_that_is_none() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["throughput"])


def test_a_run_is_kept_as_a_page_and_as_data() -> None:
    found = [figures.Figure("speed", 12_345.6, "/s", figures.at_least(20_000), "of three")]
    outcome = figures.Outcome("rates", "Rates", "How.", 1.0, found)
    page = figures.markdown([outcome], {"CPU": "one"}, scale="full", when="today", seconds=1.0)
    assert "12,346 /s" in page and "at least 20,000 /s" in page and "missed" in page and "- CPU: one" in page
    data = figures.as_json([outcome], {"CPU": "one"}, scale="full", when="today", seconds=1.0)
    assert json.loads(json.dumps(data))["outcomes"][0]["figures"][0]["verdict"] == "missed"


@pytest.mark.parametrize("users", [1, 2, 97, 2_000])
def test_everybody_falls_due_once(users: int) -> None:
    assert sorted(by_due_time(users)) == list(range(users))
