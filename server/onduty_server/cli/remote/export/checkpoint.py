"""Keeps how far an export has come, in a file that survives crashes of the program and of the machine.

Invariants: the file is replaced as a whole and is on disk before the place counts as kept; while an exporter runs, no
other can use its file; a file that cannot be read is never taken for a missing one.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from ...errors import Failure
from .events import Event, Kind

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """How far an export has come.

    Attributes:
        revision: every change up to it was delivered, or lies before the beginning.
        resume_token: with it a watch tells of every change after `revision`, and perhaps of earlier ones.
        replaying: the changes after `revision` are to be read from the history first, and the token is of no use.
        shown_anew: the watch began with a snapshot, so that users may have been erased of whom it no longer tells.
        unsure: the next change that a watch tells of may not be the next one, as the history does not list every kind.
        generation: counts the histories that the account has had (see `EventWriter`).
        listed: the last revision, up to `revision`, of a change that the history lists.
        commit_ms: when the server recorded that change, by which a history is known; None: unknown.
        until_ms: everything effective or recorded up to this time was delivered (ms UTC); None: unknown.
    """

    revision: int = 0
    resume_token: str = ""
    replaying: bool = False
    shown_anew: bool = False
    unsure: bool = False
    generation: int = 1
    listed: int = 0
    commit_ms: int | None = None
    until_ms: int | None = None

    def after(self, *events: Event) -> Place:
        """Return the place once the next events have been delivered, too."""
        place = self
        for event in events:
            if event.kind is Kind.MISSING:
                continue
            if event.is_listed:
                place = replace(place, listed=event.revision, commit_ms=event.commit_ms)
            until_ms = place.until_ms if event.commit_ms is None else max(place.until_ms or 0, event.commit_ms)
            place = replace(place, revision=event.revision, until_ms=until_ms)
        return place


class CheckpointFile:
    """The file of one export, which holds its lock from `open` to `close`."""

    def __init__(self, path: Path, account_id: str) -> None:
        self._path = Path(os.path.realpath(path))
        self._account_id = account_id
        self._lock: int | None = None

    def open(self) -> Place | None:
        """Take the lock and return the place that is kept; None if there is no file yet.

        Raises:
            Failure: another exporter uses the file, or it is not a checkpoint of this account.
            OSError: the file cannot be read, or its directory not be written.
        """
        # A file of its own, because the other one is replaced.
        lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Failure(f"{self._path} is in use by another exporter") from None
        self._lock = lock
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return self._parsed(text)

    def _parsed(self, text: bytes) -> Place:
        try:
            kept = json.loads(text)
            version, account_id = kept["version"], kept["account_id"]
            place = _place(kept["place"]) if version == _VERSION else None
        except (ValueError, KeyError, TypeError):
            raise Failure(
                f"{self._path} is not a checkpoint; name another file, or delete it to begin anew (see --from)"
            ) from None
        if place is None:
            raise Failure(f"{self._path} was written by another version of onduty (form {version})")
        if account_id != self._account_id:
            raise Failure(
                f"{self._path} is the checkpoint of account {account_id!r}; each account needs a file of its own"
            )
        return place

    def save(self, place: Place) -> None:
        """Put the place on disk. Raises OSError if that fails; then the one before is still there."""
        text = json.dumps({"version": _VERSION, "account_id": self._account_id, "place": asdict(place)}, indent=1)
        descriptor, draft = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(descriptor)
            os.replace(draft, self._path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft)
            raise
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def close(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _place(values: dict[str, Any]) -> Place:
    """Return the place that was kept as these values. Raises TypeError or ValueError if they are none."""
    place = Place(**values)
    for field in fields(Place):
        value, default = getattr(place, field.name), field.default
        expected = (int, type(None)) if default is None else type(default)
        if not isinstance(value, expected):
            raise ValueError(field.name)
    return place
