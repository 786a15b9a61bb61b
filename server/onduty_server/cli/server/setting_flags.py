"""Gives a command a flag for every setting, made from the settings' definitions.

Invariant: nothing is checked here: a value means the same in a flag, the environment and the file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ...process.config.definitions import SETTINGS, Setting
from ..errors import usage
from ..options import described_as

_Command = Callable[..., None]

_CONFIG = typer.Option(
    "--config", metavar="FILE", envvar="ONDUTY_CONFIG", help="TOML file. Default: onduty.toml, if there is one."
)


def with_settings(**more: Any) -> Callable[[_Command], _Command]:
    """Give `command(loaded, ...)` the flags of all settings, --config, and `more` switches that are off by default."""

    def decorate(command: _Command) -> _Command:
        return _with_flags(command, more)

    return decorate


def _with_flags(command: _Command, more: dict[str, Any]) -> _Command:
    def run(config: Path | None, **options: Any) -> None:
        # Not at the top: pydantic-settings takes longer to import than all the rest of a command.
        from ...process.config.sources import ConfigError, load

        given = {name: options.pop(name) for name in _FLAGS}
        try:
            loaded = load(config, {name: value for name, value in given.items() if value is not None})
        except ConfigError as error:
            raise usage(str(error)) from None
        command(loaded, **options)

    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("config", kind, default=None, annotation=Annotated[Path | None, _CONFIG])]
    parameters += [inspect.Parameter(name, kind, default=None, annotation=it) for name, it in _FLAGS.items()]
    parameters += [inspect.Parameter(name, kind, default=False, annotation=it) for name, it in more.items()]
    return described_as(command, parameters, run)


def _flag(setting: Setting) -> Any:
    """The annotation that makes Typer take the flag of a setting; of a switch, the last of --x and --no-x counts."""
    text = f"{setting.about.text} Default: {setting.shown_default}."
    heading = setting.about.group.value
    if setting.is_switch:
        names = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return Annotated[bool | None, typer.Option(names, help=text, rich_help_panel=heading)]
    return Annotated[
        str | None, typer.Option(setting.flag, metavar=setting.about.metavar, help=text, rich_help_panel=heading)
    ]


_FLAGS: Final = {name: _flag(setting) for name, setting in SETTINGS.items() if not setting.about.secret}
"""The annotations by the names of the settings."""
