"""Reads settings from their sources: flags, then the environment, then the TOML file, then the defaults.

Invariants: an unknown name is an error wherever it is written; an error names the source of the value.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from .definitions import ENV_PREFIX, SETTINGS
from .settings import Settings
from .words import in_words

DEFAULT_FILE: Final = Path("onduty.toml")

_DEFAULT: Final = "default"
_ENVIRONMENT: Final = "environment"
_FLAG: Final = "flag"

# Variables with the prefix that are not settings of the server: those of the command line and the client.
_OTHER_VARIABLES: Final = frozenset(
    {
        "CONFIG",
        "SERVER",
        "ACTOR",
        "TIMEOUT",
        "TLS",
        "SERVER_CA",
        "CLIENT_ALLOW_PLAINTEXT",
        "CLIENT_CERTIFICATE",
        "CLIENT_KEY",
        "TOKEN",
        "TOKEN_FILE",
        "FROM_PASSWORD",
        "TO_PASSWORD",
    }
)
_TESTS_PREFIX: Final = "TEST_"
"""The prefix of variables that are reserved for the test suite."""
# Kubernetes gives every pod such variables for a Service that is called onduty, or onduty-something.
_SERVICE_LINK: Final = re.compile(r"(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_.+)?)")

_COMPOUND: Final = re.compile(rf"\b({'|'.join(name for name in SETTINGS if '_' in name)})\b")
"""The names of settings that are not also English words; in an error about a flag they are written as flags."""


class ConfigError(Exception):
    """The configuration cannot be used. The message is one line that names the source of the fault."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that was given, if any, and the flags. They are read again later, together with the environment."""

    config_file: Path | None
    flags: Mapping[str, Any]

    def load(self) -> LoadedSettings:
        """Read the settings. Raises ConfigError; see `load`."""
        return load(self.config_file, self.flags)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings, the source of each in words, and the sources to read them from again."""

    settings: Settings
    origins: Mapping[str, str]
    source: Source


def load(config_file: Path | None = None, flags: Mapping[str, Any] | None = None) -> LoadedSettings:
    """Combine the flags, the environment, and the TOML file.

    The file is `config_file`, or the one that `ONDUTY_CONFIG` names, or `onduty.toml` in the working directory, if it
    exists.

    Raises:
        ConfigError: a value or a name is wrong, or the file cannot be read.
    """
    path = _config_file(config_file)
    sources: list[tuple[str, Mapping[str, Any]]] = []
    if path is not None:
        sources.append((str(path), _read_file(path)))
    sources += [(_ENVIRONMENT, _read_environment()), (_FLAG, flags or {})]
    values: dict[str, Any] = {}
    origins = dict.fromkeys(SETTINGS, _DEFAULT)
    for source, found in sources:
        values |= found
        origins |= {name: _origin(name, source) for name in found}
    try:
        return LoadedSettings(Settings(**values), origins, Source(config_file, flags or {}))
    except ValidationError as error:
        raise ConfigError(_explain(error, origins)) from None


def _origin(name: str, source: str) -> str:
    if name in SETTINGS:
        if source == _ENVIRONMENT:
            return f"{source} {SETTINGS[name].variable}"
        if source == _FLAG:
            return SETTINGS[name].flag
    return source


def _config_file(given: Path | None) -> Path | None:
    if given is not None:
        return given
    if named := os.environ.get(ENV_PREFIX + "CONFIG"):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        # The source would skip a missing file.
        with path.open("rb"):
            pass
        values = TomlConfigSettingsSource(Settings, path)()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    for name in values:
        if name not in SETTINGS:
            raise ConfigError(f"{path}: {_no_setting(name, SETTINGS)}")
    return values


def _read_environment() -> dict[str, Any]:
    known = {setting.variable for setting in SETTINGS.values()}
    for name, value in os.environ.items():
        if name.startswith(ENV_PREFIX) and name not in known and not _is_of_another(name, value):
            raise ConfigError(f"environment: {_no_setting(name, sorted(known))}")
    return EnvSettingsSource(Settings)()


def _is_of_another(name: str, value: str) -> bool:
    """Return True for a variable with the prefix that a program other than the server reads."""
    rest = name.removeprefix(ENV_PREFIX)
    if rest in _OTHER_VARIABLES or rest.startswith(_TESTS_PREFIX):
        return True
    return bool(_SERVICE_LINK.fullmatch(rest)) or (rest.endswith("PORT") and "://" in value)


def _no_setting(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"no setting is called {name!r}" + (f"; did you mean {close[0]}?" if close else "")


def _explain(error: ValidationError, origins: Mapping[str, str]) -> str:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    # A value that was given for a secret may be, or contain, a password.
    message = in_words(first, secret=name in SETTINGS and SETTINGS[name].about.secret)
    if not name:
        # The error is about several settings; the message begins with the one to change.
        name, _, message = message.partition(": ")
    if first["type"] == "extra_forbidden":
        message = _no_setting(name, SETTINGS)
    origin = origins.get(name, _DEFAULT)
    if origin.startswith("--"):
        message = _COMPOUND.sub(lambda found: SETTINGS[found[0]].flag, message)
    return f"{origin}: {message}" if name in origin.replace("-", "_").lower() else f"{origin}: {name}: {message}"
