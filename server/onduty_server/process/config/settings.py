"""The server's settings: what there is, what is allowed, and where a value came from.

A value comes from a flag, else from the environment (`ONDUTY_` and the setting's name in capitals), else from the TOML
file, else it is the default. Invariant: a `Settings` is complete and within its limits, and making one reads nothing;
only `load` looks at files and the environment. A name that is no setting is an error wherever it is written.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ..app.limits import (
    ACCOUNT_RATE,
    ACCOUNTS_MAX,
    CALLER_RATE,
    CALLS_MAX,
    CALLS_PER_CALLER,
    CONNECTION_CALLS,
    STREAMS_MAX,
    STREAMS_PER_CALLER,
    USERS_MAX,
)
from ..domain.periods import format_period, parse_duration
from ..stores.redis.wire.address import SCHEMES as REDIS_SCHEMES
from ..stores.redis.wire.address import RedisAddress, parse_address
from ..text.addresses import DEFAULT_LISTEN, split_address
from .validation import in_words, shown

OFF: Final = "off"
DEFAULT_FILE: Final = Path("onduty.toml")
ENV_PREFIX: Final = "ONDUTY_"

# Names with the prefix that are no settings of the server: the command line's own. Those of the test suite begin with
# TEST_, but for a few older ones.
_OTHER_VARIABLES: Final = frozenset(
    {
        "CONFIG",
        "SERVER",
        "ACTOR",
        "TIMEOUT",
        "TLS",
        "SERVER_CA",
        "CLIENT_CERTIFICATE",
        "CLIENT_KEY",
        "TOKEN",
        "TOKEN_FILE",
        "FROM_PASSWORD",
        "TO_PASSWORD",
    }
    | {"KILLS", "DICE", "FUZZ_S"}
)
# Kubernetes gives every pod such variables for a Service that is called onduty, or onduty-something.
_SERVICE_LINK: Final = re.compile(r"(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_.+)?)")

_STORES_OF_ONE_PROCESS: Final = frozenset({"memory", "sqlite"})
_MOST_WORKERS: Final = 256
_HIGHEST_PORT: Final = 65_535

_KEY_PREFIX: Final = re.compile(r"[\w.:-]{1,64}")

_ZERO: Final = timedelta(0)
_LONGEST: Final = timedelta(days=3_650)
_MILLISECOND: Final = timedelta(milliseconds=1)


class ConfigError(Exception):
    """The configuration cannot be used. One line, which says where the fault is."""


def _duration(value: object) -> object:
    """Strings as people write periods, numbers as seconds, wherever they are: an environment holds only strings."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return parse_duration(str(value)) * _MILLISECOND
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta):
        raise ValueError(f"{shown(value)} is not a duration; write it like 10s, or as a number of seconds")
    if not isinstance(value, timedelta):
        try:
            value = timedelta(seconds=value)
        except (OverflowError, ValueError):
            raise ValueError(f"{value} seconds is not a duration") from None
    if value % _MILLISECOND:
        raise ValueError(f"{value.total_seconds():g} seconds are finer than a millisecond")
    return value


def _within(least: timedelta, most: timedelta) -> AfterValidator:
    def check(value: timedelta) -> timedelta:
        if not least <= value <= most:
            raise ValueError(f"must be between {_written(least)} and {_written(most)}, got {_written(value)}")
        return value

    return AfterValidator(check)


def _written(duration: timedelta) -> str:
    return format_period(duration // _MILLISECOND)


_Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Settings(BaseSettings):
    """Everything that can be set. Periods are `timedelta`s, and in milliseconds under their name with `_ms`."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    listen: str = DEFAULT_LISTEN
    """Where to serve, as HOST:PORT; port 0 takes a free one."""
    allow_plaintext: bool = False
    """Whether `listen` may be an address that other machines reach, with nothing encrypted."""
    tls_certificate: str = OFF
    """The server's certificate chain, as a PEM file; `off` for plain text."""
    tls_key: str = OFF
    """Its private key, as a PEM file."""
    tls_client_ca: str = OFF
    """Whose client certificates are required, as a PEM file; `off` for none."""
    key_file: str = OFF
    """The digests of API keys, as `onduty key` writes them."""
    access_file: str = OFF
    """Own roles, and callers by certificate or subject, as TOML."""
    jwt_keys: str = OFF
    """The JWKS of the issuer of JWTs: a file, or a URL."""
    jwt_issuer: str = OFF
    """What `iss` must be."""
    jwt_audience: str = OFF
    """What must be among `aud`."""
    jwt_algorithms: str = "ES256,RS256,EdDSA"
    """With which algorithms a JWT may be signed."""
    jwt_roles_claim: str = "onduty_roles"
    """The claim that names the roles of the bearer."""
    jwt_accounts_claim: str = "onduty_accounts"
    """The claim that names the accounts in which they hold."""
    reflection: bool = True
    """Whether anybody may ask the server for its contract."""
    audit_log: str = "stderr"
    """Where the audit log goes: a file, `stderr`, or `off`."""
    reuse_port: bool = False
    """Whether several processes may share the port."""
    workers: Annotated[int, Field(ge=1, le=_MOST_WORKERS)] = 1
    """How many processes serve."""
    store: str = "sqlite:onduty.db"
    """`sqlite:FILE`, `memory:`, `redis://HOST:PORT/DB` or `redis+cluster://HOST:PORT,...` (`rediss` with TLS)."""
    store_username: str = ""
    """Who this server is to Redis."""
    store_password: SecretStr = SecretStr("")
    """The password to it; best given in the environment."""
    store_tls_ca: str = ""
    """A file with the certificates of those whom Redis's certificate may come from; empty for the system's."""
    store_key_prefix: str = "onduty"
    """What all keys in Redis begin with: another prefix is another deployment."""
    min_replicas_acked: Annotated[int, Field(ge=0, le=16)] = 0
    """How many replicas of Redis must have a change made by hand before it is acknowledged."""
    activity_flush_interval: Annotated[_Duration, _within(_ZERO, timedelta(minutes=1))] = timedelta(seconds=1)
    """How long an activity that changes no status may wait to be durable; 0: until it is, it is not acknowledged."""
    outage_grace: Annotated[_Duration, _within(timedelta(seconds=3), timedelta(days=1))] = timedelta(seconds=10)
    """For how long the server may be down without everybody's inactivity starting anew."""
    count_outage_as_inactivity: bool = False
    """Whether inactivity goes on during an outage, however long."""
    history_retention: Annotated[_Duration, _within(timedelta(minutes=1), _LONGEST)] = timedelta(days=30)
    """For how long status changes are kept."""
    history_max_changes: Annotated[int, Field(ge=1_000)] = 5_000_000
    """How many status changes of an account are kept."""
    activity_future_tolerance: Annotated[_Duration, _within(_ZERO, timedelta(hours=1))] = timedelta(seconds=5)
    """How far in the future an activity may be and count as now."""
    activity_fresh_for: Annotated[_Duration, _within(timedelta(seconds=1), timedelta(days=30))] = timedelta(hours=1)
    """How old an activity may be to make somebody available where no period of the workflow is in force."""
    shutdown_grace: Annotated[_Duration, _within(_ZERO, timedelta(minutes=10))] = timedelta(seconds=10)
    """How long requests may take to finish once the server was told to stop."""
    max_request_bytes: Annotated[int, Field(ge=256 * 1_024, le=64 * 1_024 * 1_024)] = 1_024 * 1_024
    """The longest request. The least is what the longest batch needs."""
    connection_calls: Annotated[int, Field(ge=1, le=100_000)] = CONNECTION_CALLS
    """How many calls and streams one connection may have open; what a client has beyond that waits there."""
    caller_rate: Annotated[int, Field(ge=0)] = CALLER_RATE
    """How many calls a second one caller may make; 0: any number. Twice as many at once after a pause."""
    account_rate: Annotated[int, Field(ge=0)] = ACCOUNT_RATE
    """How many calls a second may be for one account; 0: any number. Twice as many at once after a pause."""
    calls_max: Annotated[int, Field(ge=4)] = CALLS_MAX
    """How many calls may be under way; the last quarter is for reads for routing."""
    calls_per_caller: Annotated[int, Field(ge=1)] = CALLS_PER_CALLER
    """How many of them may be one caller's."""
    streams_max: Annotated[int, Field(ge=4)] = STREAMS_MAX
    """How many streams may be open; the last quarter is for watches."""
    streams_per_caller: Annotated[int, Field(ge=1)] = STREAMS_PER_CALLER
    """How many of them may be one caller's."""
    users_max: Annotated[int, Field(ge=0)] = USERS_MAX
    """How many users an account may have; 0: any number."""
    accounts_max: Annotated[int, Field(ge=0)] = ACCOUNTS_MAX
    """How many accounts there may be; 0: any number."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which severity on log lines are written."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto` is `console` on a terminal and `json` elsewhere."""
    metrics_listen: str = OFF
    """Where to serve Prometheus metrics over HTTP, as HOST:PORT; `off` for nowhere. Each worker takes the next port."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The constructor's arguments alone; `load` reads the rest and keeps track of it."""
        return (init_settings,)

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        split_address(value)
        return value

    @field_validator("metrics_listen")
    @classmethod
    def _check_metrics_listen(cls, value: str) -> str:
        if value != OFF:
            split_address(value)
        return value

    @field_validator(
        *("tls_certificate", "tls_key", "tls_client_ca", "key_file", "access_file", "jwt_keys", "jwt_issuer"),
        *("jwt_audience", "jwt_roles_claim", "jwt_accounts_claim", "audit_log"),
    )
    @classmethod
    def _check_text(cls, value: str) -> str:
        if not value or "\0" in value:
            raise ValueError("must not be empty; off is for none")
        return value

    @field_validator("jwt_keys")
    @classmethod
    def _check_jwt_keys(cls, value: str) -> str:
        if "://" in value:
            from ..access.jwks_url import check_url

            check_url(value)
        return value

    @field_validator("jwt_algorithms")
    @classmethod
    def _check_jwt_algorithms(cls, value: str) -> str:
        from ..access.jwts import ALGORITHMS

        for name in value.split(","):
            if name not in ALGORITHMS:
                raise ValueError(f"{name!r} is none of {', '.join(ALGORITHMS)}; separate them by commas")
        return value

    @field_validator("store_key_prefix")
    @classmethod
    def _check_store_key_prefix(cls, value: str) -> str:
        if not _KEY_PREFIX.fullmatch(value):
            raise ValueError(f"must be 1 to 64 letters, digits and characters of ._:-, got {shown(value)}")
        return value

    @field_validator("store")
    @classmethod
    def _check_store(cls, value: str) -> str:
        scheme, separator, path = value.partition(":")
        if scheme == "sqlite" and path and path != ":memory:" and "\0" not in path:
            return value
        if scheme == "memory" and separator and not path:
            return value
        if scheme in REDIS_SCHEMES:
            if parse_address(value).password is not None:
                raise ValueError(
                    "holds a password, which everybody who can list processes would read; "
                    f"set {ENV_PREFIX}STORE_PASSWORD instead"
                )
            return value
        raise ValueError(
            f"{value!r} is not a store; write sqlite:FILE, redis://HOST:PORT, redis+cluster://HOST:PORT,... or memory: "
            "(rediss for TLS)"
        )

    @model_validator(mode="after")
    def _check_reach(self) -> Self:
        host, _ = split_address(self.listen)
        if _is_loopback(host):
            return self
        if self.tls_certificate == OFF and not self.allow_plaintext:
            raise ValueError(
                f"listen: {host} can be reached from other machines, and nothing would be encrypted; set "
                "tls_certificate and tls_key, listen on 127.0.0.1, or set allow_plaintext if something else encrypts"
            )
        if not self.authenticates:
            raise ValueError(
                f"listen: {host} can be reached from other machines, and anybody could do anything; set key_file, "
                "jwt_keys or tls_client_ca, or listen on 127.0.0.1"
            )
        return self

    @model_validator(mode="after")
    def _check_security(self) -> Self:
        if (self.tls_certificate == OFF) != (self.tls_key == OFF):
            given, missing = "tls_certificate", "tls_key"
            if self.tls_certificate == OFF:
                given, missing = missing, given
            raise ValueError(f"{given}: needs {missing} as well")
        if self.tls_client_ca != OFF and self.tls_certificate == OFF:
            raise ValueError("tls_client_ca: needs tls_certificate and tls_key")
        if self.access_file != OFF and not self.authenticates:
            raise ValueError("access_file: needs key_file, jwt_keys or tls_client_ca")
        if self.jwt_keys != OFF and OFF in (self.jwt_issuer, self.jwt_audience):
            raise ValueError("jwt_keys: needs jwt_issuer and jwt_audience")
        if self.jwt_keys == OFF and (self.jwt_issuer, self.jwt_audience) != (OFF, OFF):
            raise ValueError(f"{'jwt_audience' if self.jwt_issuer == OFF else 'jwt_issuer'}: needs jwt_keys")
        return self

    @model_validator(mode="after")
    def _check_workers(self) -> Self:
        if self.workers == 1:
            return self
        if self.metrics_address is not None and self.metrics_address[1] + self.workers - 1 > _HIGHEST_PORT:
            raise ValueError(
                f"metrics_listen: {self.workers} workers take as many ports, and from {self.metrics_address[1]} on "
                "there are not so many"
            )
        scheme = self.store.partition(":")[0]
        if scheme in _STORES_OF_ONE_PROCESS:
            raise ValueError(
                f"workers: a {scheme}: store holds every user in the memory of one process, so {self.workers} workers "
                "cannot share it; set workers to 1, or use a store that processes share"
            )
        return self

    @property
    def redis_address(self) -> RedisAddress | None:
        """Where Redis is, and who this server is to it; None for another store."""
        if self.store.partition(":")[0] not in REDIS_SCHEMES:
            return None
        address = parse_address(self.store)
        return replace(
            address,
            username=self.store_username or address.username,
            password=self.store_password.get_secret_value() or None,
            ca_file=self.store_tls_ca or None,
        )

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None for the store in memory."""
        scheme, _, path = self.store.partition(":")
        return Path(path) if scheme == "sqlite" else None

    @property
    def authenticates(self) -> bool:
        """Whether there is any way for a caller to say who it is, and so whether each must."""
        return any(it != OFF for it in (self.key_file, self.jwt_keys, self.tls_client_ca))

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port of the metrics, or None."""
        return None if self.metrics_listen == OFF else split_address(self.metrics_listen)

    @property
    def activity_flush_interval_ms(self) -> int:
        """In milliseconds."""
        return self.activity_flush_interval // _MILLISECOND

    @property
    def outage_grace_ms(self) -> int:
        """In milliseconds."""
        return self.outage_grace // _MILLISECOND

    @property
    def history_retention_ms(self) -> int:
        """In milliseconds."""
        return self.history_retention // _MILLISECOND

    @property
    def activity_future_tolerance_ms(self) -> int:
        """In milliseconds."""
        return self.activity_future_tolerance // _MILLISECOND

    @property
    def activity_fresh_for_ms(self) -> int:
        """In milliseconds."""
        return self.activity_fresh_for // _MILLISECOND

    @property
    def shutdown_grace_ms(self) -> int:
        """In milliseconds."""
        return self.shutdown_grace // _MILLISECOND


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and for each the place that it came from, in words."""

    settings: Settings
    origins: Mapping[str, str]


def load_settings(config_file: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process; see `load`."""
    return load(config_file, overrides).settings


def load(config_file: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Combine `overrides` (the flags), the environment, and the TOML file.

    The file is `config_file`, else what `ONDUTY_CONFIG` names, else `onduty.toml` in the working directory if there is
    one.

    Raises:
        ConfigError: a value or a name is wrong, or the file cannot be read.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    path = _config_file(config_file)
    sources: list[tuple[dict[str, Any], str]] = []
    if path is not None:
        sources.append((_read_file(path), str(path)))
    sources.append((_read_environment(), "environment"))
    sources.append((dict(overrides or {}), "flag"))
    for source, origin in sources:
        for name, value in source.items():
            values[name] = value
            origins[name] = _origin(name, origin)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError(_explain(error, origins)) from None
    return Loaded(settings, {name: origins.get(name, "default") for name in Settings.model_fields})


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return ENV_PREFIX + name.upper()


def _origin(name: str, origin: str) -> str:
    match origin:
        case "environment":
            return f"environment {variable(name)}"
        case "flag":
            return f"--{name.replace('_', '-')}"
        case _:
            return origin


def _config_file(given: Path | None) -> Path | None:
    if given is not None:
        return given
    if named := os.environ.get(ENV_PREFIX + "CONFIG"):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        # The source passes over a file that is not there.
        with path.open("rb"):
            pass
        values = TomlConfigSettingsSource(Settings, path)()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    for name in values:
        if name not in Settings.model_fields:
            raise ConfigError(f"{path}: {_no_setting(name, list(Settings.model_fields))}")
    return values


def _read_environment() -> dict[str, Any]:
    known = [variable(name) for name in Settings.model_fields]
    for name, value in os.environ.items():
        own = name.removeprefix(ENV_PREFIX)
        if own == name or name in known or own in _OTHER_VARIABLES or own.startswith("TEST_"):
            continue
        rest = name.removeprefix(ENV_PREFIX)
        if _SERVICE_LINK.fullmatch(rest) or (rest.endswith("PORT") and "://" in value):
            continue
        raise ConfigError(f"environment: {_no_setting(name, known)}")
    return EnvSettingsSource(Settings)()


def _no_setting(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"no setting is called {name!r}" + (f"; did you mean {close[0]}?" if close else "")


_COMPOUND: Final = re.compile(rf"\b({'|'.join(name for name in Settings.model_fields if '_' in name)})\b")
"""Names of settings that are not words as well, which whoever wrote a flag knows as flags."""


def _explain(error: ValidationError, origins: Mapping[str, str]) -> str:
    first = error.errors(include_url=False)[0]
    # Whatever was given in its place may be, or hold, the password.
    message = in_words(first, secret=first["loc"] == ("store_password",))
    if not first["loc"]:
        name, _, message = message.partition(": ")
    else:
        name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        message = _no_setting(name, list(Settings.model_fields))
    origin = origins.get(name, "default")
    if origin.startswith("--"):
        message = _COMPOUND.sub(lambda found: f"--{found[0].replace('_', '-')}", message)
    return f"{origin}: {message}" if name in origin.replace("-", "_").lower() else f"{origin}: {name}: {message}"
