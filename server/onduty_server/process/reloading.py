"""Reads the configuration of a running server again, and puts into force the settings that may change while it runs.

Invariants: a configuration that no server could start with changes nothing; the log says what has changed, and what
takes a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from .config.definitions import SETTINGS, plain
from .config.sources import ConfigError, Source

if TYPE_CHECKING:
    from .config.settings import Settings

_log = structlog.get_logger(__name__)


class Configuration:
    """The settings in force, and the sources to read them from again.

    `apply` puts settings into force. `names_others` says whether the log is to name changes that take a restart: one
    process of several does.
    """

    def __init__(
        self, settings: Settings, source: Source | None, apply: Callable[[Settings], None], *, names_others: bool = True
    ) -> None:
        self.settings = settings
        self._source = source
        self._apply = apply
        self._names_others = names_others
        self._pending: list[str] = []

    def reload(self) -> None:
        """Read the sources, and put into force what has changed and may."""
        if self._source is None:
            return
        try:
            read = self._source.load().settings
        except ConfigError as error:
            _log.error("the configuration cannot be used, and the one in force stays", why=str(error))
            return
        changed = {
            name: getattr(read, name) for name in SETTINGS if getattr(read, name) != getattr(self.settings, name)
        }
        reloaded = {name: value for name, value in changed.items() if SETTINGS[name].about.reloads}
        self._name_others([name for name in changed if name not in reloaded])
        if not reloaded:
            return
        self.settings = self.settings.model_copy(update=reloaded)
        self._apply(self.settings)
        # Under a name of their own, since the fields of a line have names too.
        _log.warning("settings have changed", settings={name: plain(value) for name, value in reloaded.items()})

    def _name_others(self, names: list[str]) -> None:
        if self._names_others and names and names != self._pending:
            _log.warning("these settings have changed in the configuration; restart for them", settings=names)
        self._pending = names
