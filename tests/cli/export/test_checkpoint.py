"""The file that keeps how far an export has come."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.export.scripted import COMMIT_MS, event

from onduty_server.cli.errors import Failure
from onduty_server.cli.remote.export.checkpoint import CheckpointFile, Place
from onduty_server.cli.remote.export.events import EventWriter, Why

PLACE = Place(7, "token", replaying=True, generation=2, listed=6, commit_ms=5, until_ms=None)


def test_a_place_is_read_as_it_was_kept(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "a.json", "acme")
    assert file.open() is None
    file.save(Place())
    file.save(PLACE)
    file.close()
    assert CheckpointFile(tmp_path / "a.json", "acme").open() == PLACE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.json.lock"], "no drafts"


def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "data" / "real.json")
    file = CheckpointFile(tmp_path / "link.json", "acme")
    file.open()
    file.save(PLACE)
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "data" / "real.json").read_text())["place"]["revision"] == 7
    file.close()


def test_two_exporters_cannot_use_one_file(tmp_path: Path) -> None:
    first = CheckpointFile(tmp_path / "a.json", "acme")
    first.open()
    with pytest.raises(Failure, match="in use by another exporter"):
        CheckpointFile(tmp_path / "a.json", "acme").open()
    first.close()
    second = CheckpointFile(tmp_path / "a.json", "acme")
    assert second.open() is None
    second.close()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a checkpoint"),
        ('{"version": 1, "account_id": "acme", "place": {"revis', "is not a checkpoint"),
        ('{"version": 1, "account_id": "acme", "place": {"revision": "7"}}', "is not a checkpoint"),
        ('{"version": 1, "account_id": "acme", "place": {"where": 7}}', "is not a checkpoint"),
        ('{"version": 2, "account_id": "acme", "place": {}}', "another version of onduty"),
        ('{"version": 1, "account_id": "other", "place": {}}', "checkpoint of account 'other'"),
    ],
)
def test_what_is_no_checkpoint_is_refused_and_never_taken_for_a_missing_one(
    tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "a.json").write_text(text)
    file = CheckpointFile(tmp_path / "a.json", "acme")
    with pytest.raises(Failure, match=why):
        file.open()
    file.close()


def test_a_place_moves_with_events_but_not_with_the_note_that_some_are_missing() -> None:
    place = Place(7, "token", commit_ms=5, until_ms=COMMIT_MS + 100)
    moved = place.after(event(9))
    assert (moved.revision, moved.commit_ms, moved.until_ms) == (9, COMMIT_MS + 9, COMMIT_MS + 100)
    assert moved.resume_token == "token"
    unlisted = replace(event(11), is_listed=False)
    moved = place.after(event(9), event(10), unlisted)
    assert (moved.revision, moved.listed, moved.commit_ms) == (11, 10, COMMIT_MS + 10), "it knows a history by the last"
    assert place.after(EventWriter("acme", "/x").missing(Why.EXPIRED, 7, 12, 1)) == place
