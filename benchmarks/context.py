"""The context of every benchmark: its scale, a directory for its files, and a database that several share."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .population import Population, prepare
from .scale import Scale

_FRESH_SHARE = 0.25


class Context:
    """The context of a run. `directory` is on the disk whose durability is measured, and removed after the run."""

    def __init__(self, scale: Scale, directory: Path) -> None:
        self.scale = scale
        self.directory = directory
        self._population: Population | None = None
        self._with_sessions: Population | None = None

    @contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        """An empty folder, removed at the end."""
        path = self.directory / name
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path)

    def population(self, *, fresh: bool = False) -> Population:
        """The database of many users, made when first asked for. `fresh`: of whom most are not due for long."""
        made = self._population
        if made is not None and fresh:
            age_ms = time.time() * 1_000 - made.first_due_ms
            if age_ms > _FRESH_SHARE * made.away_after_ms + made.seconds * 1_000:
                made.path.unlink()
                made = None
        if made is None:
            made = prepare(self.directory / "population.db", self.scale.users, round(self.scale.away_after_s * 1_000))
            self._population = made
        return made

    def population_with_sessions(self) -> Population:
        """The database of as many users who have, or had, a session each, made when first asked for."""
        if self._with_sessions is None:
            path, period_ms = self.directory / "sessions.db", round(self.scale.away_after_s * 1_000)
            self._with_sessions = prepare(path, self.scale.users, period_ms, sessions=True)
        return self._with_sessions

    def copy_of_population(self, into: Path, *, fresh: bool = False, sessions: bool = False) -> tuple[Path, Population]:
        """A copy of that database, or of the one with sessions, to do with as one likes."""
        population = self.population_with_sessions() if sessions else self.population(fresh=fresh)
        copy = into / "onduty.db"
        shutil.copyfile(population.path, copy)
        return copy, population
