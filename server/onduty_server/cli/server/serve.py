"""The commands `serve` and `config`, which take the same settings.

Invariant: a flag for every setting, and no check here: a value means the same in a flag, the environment and the file.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ...process import standard_streams
from ..errors import Failure, usage
from ..options import Json
from ..output import json_line, line

if TYPE_CHECKING:
    from ...process.config import Loaded


class _Flag(NamedTuple):
    setting: str
    metavar: str | None
    help: str


# The settings again, because reading them from `config` would cost `--help` half a second. A test compares the two.
# Secrets have no flag: everybody who can list processes would read it.
FLAGS = (
    _Flag("listen", "HOST:PORT", "Where to serve; port 0 takes a free one. Default: 127.0.0.1:50250."),
    _Flag("allow_plaintext", None, "Allow an address that other machines reach, with nothing encrypted."),
    _Flag("tls_certificate", "FILE", "The certificate chain of the server, as PEM. Default: off."),
    _Flag("tls_key", "FILE", "Its private key, as PEM. Default: off."),
    _Flag("tls_client_ca", "FILE", "Require client certificates of this authority, as PEM. Default: off."),
    _Flag("key_file", "FILE", "Digests of API keys, as 'onduty key' writes them. Default: off."),
    _Flag("access_file", "FILE", "Own roles, and callers by certificate or subject. Default: off."),
    _Flag("jwt_keys", "FILE|URL", "The JWKS of the issuer of JWTs. Default: off."),
    _Flag("jwt_issuer", "TEXT", "What the issuer of a JWT must be. Default: off."),
    _Flag("jwt_audience", "TEXT", "What must be among the audiences of a JWT. Default: off."),
    _Flag("jwt_algorithms", "NAMES", "How a JWT may be signed. Default: ES256,RS256,EdDSA."),
    _Flag("jwt_roles_claim", "NAME", "The claim with the roles of the bearer. Default: onduty_roles."),
    _Flag("jwt_accounts_claim", "NAME", "The claim with the accounts they hold in. Default: onduty_accounts."),
    _Flag("reflection", None, "Let anybody ask the server for its contract; on unless switched off."),
    _Flag("audit_log", "FILE", "Where the audit log goes: a file, stderr or off. Default: stderr."),
    _Flag("reuse_port", None, "Let several processes share the port."),
    _Flag("workers", "N", "How many processes serve; several need a store that they share. Default: 1."),
    _Flag(
        "store",
        "STORE",
        "sqlite:FILE, redis://HOST:PORT, redis+cluster://HOST:PORT,... or memory:. Default: sqlite:onduty.db.",
    ),
    _Flag("store_username", "NAME", "Who this server is to Redis. Default: nobody."),
    _Flag(
        "store_tls_ca", "FILE", "Whose certificates are believed of a rediss:// store, as PEM. Default: the system's."
    ),
    _Flag("store_key_prefix", "PREFIX", "What all keys in Redis begin with. Default: onduty."),
    _Flag("min_replicas_acked", "N", "How many replicas must have a change made by hand. Default: 0."),
    _Flag("activity_flush_interval", "PERIOD", "How long an activity may wait to be durable. Default: 1s."),
    _Flag("outage_grace", "PERIOD", "A longer outage restarts everybody's inactivity. Default: 10s."),
    _Flag("count_outage_as_inactivity", None, "Let inactivity go on during an outage, however long."),
    _Flag("history_retention", "PERIOD", "For how long status changes are kept. Default: 30d."),
    _Flag("history_max_changes", "N", "How many status changes of an account are kept. Default: 5000000."),
    _Flag("activity_future_tolerance", "PERIOD", "How far in the future an activity counts as now. Default: 5s."),
    _Flag(
        "activity_fresh_for",
        "PERIOD",
        "How old an activity may be to make somebody ONLINE while no period is in force. Default: 1h.",
    ),
    _Flag("shutdown_grace", "PERIOD", "How long requests may take to finish at the end. Default: 10s."),
    _Flag("max_request_bytes", "N", "The longest request. Default: 1048576."),
    _Flag("connection_calls", "N", "How many calls and streams one connection may have open. Default: 100."),
    _Flag("caller_rate", "N", "Calls a second of one caller; 0 for any number. Default: 20000."),
    _Flag("account_rate", "N", "Calls a second for one account; 0 for any number. Default: 20000."),
    _Flag("calls_max", "N", "How many calls may be under way. Default: 2000."),
    _Flag("calls_per_caller", "N", "How many of them may be one caller's. Default: 1000."),
    _Flag("streams_max", "N", "How many streams may be open. Default: 10000."),
    _Flag("streams_per_caller", "N", "How many of them may be one caller's. Default: 2000."),
    _Flag("users_max", "N", "How many users an account may have; 0 for any number. Default: 2000000."),
    _Flag("accounts_max", "N", "How many accounts there may be; 0 for any number. Default: 100000."),
    _Flag("log_level", "LEVEL", "debug, info, warning or error. Default: info."),
    _Flag("log_format", "FORMAT", "auto, json or console; auto is console on a terminal. Default: auto."),
    _Flag("metrics_listen", "HOST:PORT", "Where to serve Prometheus metrics; off for nowhere. Default: off."),
)

HEADINGS = {
    "listen": "Address and TLS",
    "key_file": "Who may call",
    "reuse_port": "Processes",
    "store": "Store",
    "outage_grace": "Inactivity, history and time",
    "shutdown_grace": "Limits",
    "log_level": "Logs and metrics",
}
"""What the flags are grouped under in the help: the setting named here, and those that follow it."""

_Command = Callable[..., None]


def _with_settings(**more: Any) -> Callable[[_Command], _Command]:
    """Gives `command(loaded, ...)` the flags of all settings, --config, and `more` flags that are off by default."""

    def decorate(command: _Command) -> _Command:
        return _flagged(command, more)

    return decorate


def _flagged(command: _Command, more: dict[str, Any]) -> _Command:
    def run(config: Path | None, **options: Any) -> None:
        # Not at the top: pydantic-settings takes longer to import than all the rest of a command.
        from ...process.config import ConfigError, load

        flags = {flag.setting: options.pop(flag.setting) for flag in FLAGS}
        try:
            loaded = load(config, {name: value for name, value in flags.items() if value is not None})
        except ConfigError as error:
            raise usage(str(error)) from None
        command(loaded, **options)

    config_option = typer.Option(
        "--config", metavar="FILE", envvar="ONDUTY_CONFIG", help="TOML file. Default: onduty.toml, if there is one."
    )
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("config", kind, default=None, annotation=Annotated[Path | None, config_option])]
    heading = ""
    for setting, metavar, text in FLAGS:
        heading = HEADINGS.get(setting, heading)
        name = f"--{setting.replace('_', '-')}"
        if metavar is None:
            annotation: Any = Annotated[
                bool | None, typer.Option(f"{name}/--no-{name[2:]}", help=text, rich_help_panel=heading)
            ]
        else:
            annotation = Annotated[str | None, typer.Option(name, metavar=metavar, help=text, rich_help_panel=heading)]
        parameters.append(inspect.Parameter(setting, kind, default=None, annotation=annotation))
    parameters += [inspect.Parameter(name, kind, default=False, annotation=it) for name, it in more.items()]
    described: Any = run
    described.__name__ = command.__name__
    described.__doc__ = command.__doc__
    described.__signature__ = inspect.Signature(parameters)
    described.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


@_with_settings()
def serve(loaded: Loaded) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    A setting comes from its option, else from the environment (ONDUTY_LISTEN and so on), else from the TOML file.
    """
    # First: what is opened from here on must not take the number of one that is closed.
    standard_streams.ensure_open()
    from ...process import logs, serving

    settings = loaded.settings
    logs.start(settings.log_level, settings.log_format)
    try:
        if settings.workers == 1:
            serving.run(serving.serve(settings))
        else:
            from ...process import supervisor

            supervisor.run(settings)
    except serving.ServeError as error:
        raise Failure(str(error)) from None


@_with_settings(as_json=Json)
def config(loaded: Loaded, as_json: bool) -> None:
    """Print the effective configuration.

    It is TOML that --config takes, with the origin of each value as a comment.
    """
    values = {name: _plain(getattr(loaded.settings, name)) for name in loaded.origins}
    if as_json:
        json_line({name: {"value": value, "origin": loaded.origins[name]} for name, value in values.items()})
        return
    # What is printed of a secret is not its value.
    lines = {name: f"{'# ' * (value == '(secret)')}{name} = {_toml(value)}" for name, value in values.items()}
    width = max(map(len, lines.values()))
    for name, text in lines.items():
        line(f"{text:{width}}  # {loaded.origins[name]}")


def _plain(value: Any) -> Any:
    from datetime import timedelta

    from pydantic import SecretStr

    from ...domain.periods import format_period

    if isinstance(value, SecretStr):
        return "(secret)" if value.get_secret_value() else ""
    return format_period(value // timedelta(milliseconds=1)) if isinstance(value, timedelta) else value


def _toml(value: Any) -> str:
    # JSON writes strings, numbers and booleans as TOML does, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def register(app: typer.Typer) -> None:
    """Put the commands in their place."""
    app.command("serve")(serve)
    app.command("config")(config)
