"""The settings of one server: `Settings` checks values one by one and together, and derives others from them.

Invariants: a `Settings` is complete and within its limits; creating one reads neither a file nor the environment.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ...domain.periods import milliseconds
from ...stores.redis.wire.address import SCHEMES as REDIS_SCHEMES
from ...stores.redis.wire.address import RedisAddress, parse_address
from ...text.addresses import check_provider, is_resource, split_address
from . import values
from .definitions import ENV_PREFIX, OFF, SETTINGS, Definitions, plain

_STORES_OF_ONE_PROCESS: Final = frozenset({"memory", "sqlite"})

_PERIODS: Final = tuple(name for name, it in SETTINGS.items() if it.kind is timedelta)
_LIMITED: Final = tuple(name for name, it in SETTINGS.items() if (it.about.least, it.about.most) != (None, None))
_SECRETS: Final = frozenset(name for name, it in SETTINGS.items() if it.about.secret)


class Settings(Definitions, BaseSettings):
    """Checked values of all settings. A period is a `timedelta`, and in milliseconds under its name with `_ms`."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    if TYPE_CHECKING:
        # The fields come from a plain class, which pydantic finds at run time and mypy does not.
        def __init__(self, **values: Any) -> None: ...

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ((name, value) for name, value in super().__repr_args__() if name not in _SECRETS)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use only the constructor's arguments; `sources.load` reads the other sources and keeps track of them."""
        return (init_settings,)

    @field_validator(*_PERIODS, mode="before")
    @classmethod
    def _parse_period(cls, value: object) -> timedelta:
        return values.parse_period(value)

    @field_validator(*_LIMITED)
    @classmethod
    def _check_limits(cls, value: Any, info: ValidationInfo) -> Any:
        setting = SETTINGS[info.field_name or ""]
        least, most = setting.about.least, setting.about.most
        if (least is not None and value < least) or (most is not None and value > most):
            raise ValueError(f"must be {setting.limits}, got {plain(value)}")
        return value

    @field_validator("max_connection_age")
    @classmethod
    def _check_max_connection_age(cls, value: timedelta) -> timedelta:
        return values.check_connection_age(value)

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        split_address(value)
        return value

    @field_validator("metrics_listen", "http_listen")
    @classmethod
    def _check_listen_or_off(cls, value: str) -> str:
        if value != OFF:
            split_address(value)
        return value

    @field_validator(
        *("tls_certificate", "tls_key", "tls_client_ca", "key_file", "access_file", "jwt_keys", "jwt_issuer"),
        *("jwt_audience", "jwt_roles_claim", "jwt_accounts_claim", "audit_log", "access_log", "console_client_id"),
    )
    @classmethod
    def _check_text(cls, value: str) -> str:
        return values.check_text(value)

    @field_validator("jwt_keys")
    @classmethod
    def _check_jwt_keys(cls, value: str) -> str:
        return values.check_jwt_keys(value)

    @field_validator("jwt_algorithms")
    @classmethod
    def _check_jwt_algorithms(cls, value: str) -> str:
        return values.check_jwt_algorithms(value)

    @field_validator("http_origins")
    @classmethod
    def _check_http_origins(cls, value: str) -> str:
        return values.check_origins(value)

    @field_validator("console_scopes")
    @classmethod
    def _check_console_scopes(cls, value: str) -> str:
        return values.check_scopes(value)

    @field_validator("store_key_prefix")
    @classmethod
    def _check_store_key_prefix(cls, value: str) -> str:
        return values.check_key_prefix(value)

    @field_validator("store")
    @classmethod
    def _check_store(cls, value: str) -> str:
        return values.check_store(value)

    @model_validator(mode="after")
    def _check_reach(self) -> Self:
        self._check_reach_of("listen", self.listen)
        if self.http_listen != OFF:
            self._check_reach_of("http_listen", self.http_listen)
            if self.http_listen == self.listen and split_address(self.listen)[1]:
                raise ValueError(f"http_listen: {self.listen} is taken by listen; give each a port of its own")
        return self

    def _check_reach_of(self, name: str, address: str) -> None:
        host, _ = split_address(address)
        if _is_loopback(host):
            return
        if self.tls_certificate == OFF and not self.allow_plaintext:
            raise ValueError(
                f"{name}: {host} can be reached from other machines, and nothing would be encrypted; set "
                "tls_certificate and tls_key, listen on 127.0.0.1, or set allow_plaintext if something else encrypts"
            )
        if not self.authenticates:
            raise ValueError(
                f"{name}: {host} can be reached from other machines, and no credential would be required; set "
                "key_file, jwt_keys or tls_client_ca, or listen on 127.0.0.1"
            )

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
    def _check_console(self) -> Self:
        if self.console_client_id == OFF:
            for name in ("console_scopes", "console_audience_parameter"):
                if getattr(self, name) != SETTINGS[name].default:
                    raise ValueError(f"{name}: needs console_client_id")
            return self
        if not self.console or self.http_listen == OFF:
            missing = "console" if not self.console else "http_listen"
            raise ValueError(f"console_client_id: the console is not served, because {missing} is off")
        if self.jwt_keys == OFF:
            raise ValueError(
                "console_client_id: the server must accept the tokens that people sign in for; set jwt_keys, "
                "jwt_issuer and jwt_audience"
            )
        try:
            check_provider(self.jwt_issuer)
        except ValueError as error:
            raise ValueError(f"jwt_issuer: people cannot sign in there (console_client_id): {error}") from None
        if self.console_audience_parameter == "resource" and not is_resource(self.jwt_audience):
            raise ValueError(
                f"console_audience_parameter: a resource is an absolute URI without a fragment, and jwt_audience is "
                f"{self.jwt_audience!r}; write audience, or off if the provider knows the audience by the client"
            )
        return self

    @model_validator(mode="after")
    def _check_workers(self) -> Self:
        if self.workers == 1:
            return self
        scheme = self.store.partition(":")[0]
        if scheme in _STORES_OF_ONE_PROCESS:
            raise ValueError(
                f"workers: a {scheme}: store holds every user in the memory of one process, so {self.workers} workers "
                "cannot share it; set workers to 1, or use a store that processes share"
            )
        return self

    @property
    def redis_address(self) -> RedisAddress | None:
        """The address of Redis with the credentials for it; None for another store."""
        if self.store.partition(":")[0] not in REDIS_SCHEMES:
            return None
        address = parse_address(self.store)
        return replace(
            address,
            username=self.store_username or address.username,
            password=self.store_password or None,
            ca_file=self.store_tls_ca or None,
        )

    @property
    def sqlite_path(self) -> Path | None:
        """The database file; None for another store."""
        scheme, _, path = self.store.partition(":")
        return Path(path) if scheme == "sqlite" else None

    @property
    def authenticates(self) -> bool:
        """True if callers can present credentials; each of them then must."""
        return any(it != OFF for it in (self.key_file, self.jwt_keys, self.tls_client_ca))

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port of the metrics; None if they are off."""
        return None if self.metrics_listen == OFF else split_address(self.metrics_listen)

    @property
    def activity_flush_interval_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.activity_flush_interval)

    @property
    def outage_grace_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.outage_grace)

    @property
    def history_retention_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.history_retention)

    @property
    def report_retention_ms(self) -> int:
        """In milliseconds; 0 keeps no sums."""
        return milliseconds(self.report_retention)

    @property
    def activity_future_tolerance_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.activity_future_tolerance)

    @property
    def activity_fresh_for_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.activity_fresh_for)

    @property
    def drain_delay_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.drain_delay)

    @property
    def max_connection_age_ms(self) -> int:
        """In milliseconds; 0 is no limit."""
        return milliseconds(self.max_connection_age)

    @property
    def shutdown_grace_ms(self) -> int:
        """In milliseconds."""
        return milliseconds(self.shutdown_grace)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
