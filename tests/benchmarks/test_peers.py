"""The comparisons with peers run, at a scale that shows nothing else; what they would install is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks.peers import environments, plot, profiling
from benchmarks.peers.__main__ import COMPARISONS, main
from benchmarks.peers.page import Section, Table, page
from benchmarks.peers.workload import AWAY, AWAY_AFTER_MS, OFFLINE, OFFLINE_AFTER_MS, START_MS, Peer, drive

# A comparison starts a dozen processes, one after the other; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("name", list(COMPARISONS))
def test_runs_without_installing_anything_and_writes_its_page(name: str, tmp_path: Path) -> None:
    target = tmp_path / "docs" / "page.md"
    assert main([name, "--tiny", "--no-install", "--page", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    section = text[text.index("\n## ") :]
    assert "Left out" in section and "failed" not in section and str(tmp_path) not in text
    assert all(f"- {what}: " in text for what in ("CPU", "cores", "memory", "kernel", "Python", "grpcio"))
    plots = sorted((target.parent / "benchmarks").glob("*.svg"))
    assert plots and all(f"](benchmarks/{path.name})" in section for path in plots)
    for path in plots:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_a_peer_that_is_left_out_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reads", "--tiny", "--no-install"]) == 0
    assert "- Synapse get_state: nothing was to be installed" in capsys.readouterr().out


def test_what_cannot_be_installed_is_missing_with_a_reason_that_names_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "_FOLDER", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(environments.Missing) as missing:
        environments.environment("nobody", ["onduty-has-no-such-peer"])
    assert str(missing.value) and "/" not in str(missing.value)
    assert not (tmp_path / "nobody" / "requirements").exists()


class _Forgetful(Peer):
    """Switches the first user rightly, the second too early as well, the third never to OFFLINE."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self._last = last
        self.told: list[str] = []

    def active(self, users: Sequence[str]) -> None:
        self.told += users

    def advance(self, now: int) -> None:
        if now == START_MS + 10_000:
            self.switched("two", AWAY)
        if now == self._last + AWAY_AFTER_MS:
            for user in ("one", "two", "three"):
                self.switched(user, AWAY)
        if now == self._last + OFFLINE_AFTER_MS:
            self.switched("one", OFFLINE)
        if now == self._last + OFFLINE_AFTER_MS + 5_000:
            self.switched("two", OFFLINE)

    def entries(self) -> int:
        return len(set(self.told))


def test_counts_switches_that_are_late_early_or_lost() -> None:
    # Three users are active at 3.3, 6.6 and 9.9 s of each round; the last of them is what the peer goes by.
    peer = _Forgetful(START_MS + 10_000 + 9_900)
    measured = drive(peer, ["one", "two", "three"], rounds=2)
    assert peer.told == ["one", "two", "three"] * 2
    assert (measured.users, measured.activities, measured.entries) == (3, 3, 3)
    assert (measured.expected, measured.seen, measured.lost, measured.early) == (6, 5, 1, 1)
    assert measured.late_ms[2] == 5_000 + 3_300
    assert not measured.real_time


def test_a_page_has_ratios_before_figures_and_says_what_is_missing() -> None:
    section = Section("timers", "Timers", "How. Left out: much.")
    section.figures.append(Table("Absolute.", ["peer", "B"], [["engine", "300"]]))
    section.ratios.append(Table("Relative.", ["peer", "x"], [["wheel", "8 x"]]))
    section.plots["a-plot.svg"] = plot.bars("A plot", "B", {"engine": 300, "wheel": 2_400})
    section.missing["a peer"] = "it could not be installed"
    section.versions["wheel"] = "1.2"
    text = page(
        [section], {"CPU": "one"}, command="make bench-peers", scale="full", when="today", seconds=60, folder="plots"
    )
    places = [text.index(part) for part in ("- CPU: one", "wheel 1.2", "Relative.", "plots/a-plot.svg", "Absolute.")]
    assert places == sorted(places)
    assert "- a peer: it could not be installed" in text


def test_plots_are_well_formed_whatever_they_are_given() -> None:
    for svg in (
        plot.bars("<&>", "us", {"a & b": 0.001, "c": 1_000_000, "none": 0}),
        plot.bars("one", "us", {"a": 5}),
        plot.curves("c", "users", "us", {"<flat>": [(1_000, 1), (1_000_000, 1)], "up": [(0, 0), (10, 5)]}),
        plot.curves("nothing", "users", "us", {}),
    ):
        assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_a_profile_is_of_the_main_thread_by_whose_frame_is_innermost() -> None:
    writer = "thread (2): onduty-writer;run (onduty_server/w.py:1)"
    loop = "thread (1): MainThread;serve (onduty_server/b.py:3);run (asyncio/runners.py:9)"
    raw = f"{loop};get (site/onduty_server/app/service.py:7) 30\n{loop};poll (grpc/x.py:1) 65\n"
    raw += f"{loop};get (site/onduty_server/app/service.py:7);c (enum.py:1) 5\n{writer} 900\n"
    found = profiling.read(raw, busy=0.5)
    assert found is not None
    assert (found.samples, found.under, found.own) == (100, 0.7, 0.6)
    assert found.by_function == [("service.py: get", 0.6)]
    assert profiling.read("", busy=0.5) is None


def test_refuses_a_name_that_is_none() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["elsewhere"])
