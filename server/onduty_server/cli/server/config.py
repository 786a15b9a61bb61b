"""The command `config`: prints the settings that `serve` would run with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...process.config.definitions import SETTINGS, plain
from ..options import Json
from ..output import json_line, line
from .setting_flags import with_settings

if TYPE_CHECKING:
    from ...process.config.sources import LoadedSettings

_SECRET = "(secret)"


@with_settings(as_json=Json)
def config(loaded: LoadedSettings, as_json: bool) -> None:
    """Print the effective configuration.

    The output is TOML that --config takes, with the origin of each value as a comment.
    """
    if as_json:
        json_line({name: {"value": value, "origin": loaded.origins[name]} for name, value in _values(loaded)})
        return
    # The text in place of a secret is not its value, and must not be read back as if it were.
    lines = {name: f"{'# ' * (value == _SECRET)}{name} = {_toml(value)}" for name, value in _values(loaded)}
    width = max(map(len, lines.values()))
    for name, text in lines.items():
        line(f"{text:{width}}  # {loaded.origins[name]}")


def _values(loaded: LoadedSettings) -> Iterator[tuple[str, Any]]:
    for name, setting in SETTINGS.items():
        value = plain(getattr(loaded.settings, name))
        yield name, _SECRET if setting.about.secret and value else value


def _toml(value: Any) -> str:
    # JSON writes strings, numbers and booleans as TOML does, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
