"""Defines every setting of the server, once: name, type, default, limits, and the words that explain it.

The flags of `onduty serve` and their help, the variables of the environment, what `onduty config` prints, the table in
docs/configuration.md and the words of an error all follow from `Definitions`. To add a setting, add a field here.

Invariant: this module imports nothing heavy, so that `onduty serve --help` does not pay for pydantic. `settings.py`
makes the model that checks values from the same fields.
"""

import types
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args

from ...app.limits import (
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
from ...domain.periods import format_period, milliseconds
from ...text.addresses import DEFAULT_HTTP_LISTEN, DEFAULT_LISTEN

OFF: Final = "off"
"""The value of a text setting that is not used."""
ENV_PREFIX: Final = "ONDUTY_"


class Group(Enum):
    """The headings under which settings are explained."""

    ADDRESS = "Address and TLS"
    CALLERS = "Who may call"
    PROCESSES = "Processes"
    STORE = "Store"
    TIME = "Inactivity, history and time"
    LIMITS = "Limits"
    LOGS = "Logs, metrics and traces"
    HTTP = "HTTP"


class About(NamedTuple):
    """Everything about a setting but its name, type and default.

    Attributes:
        metavar: stands for the value in the help; empty for a switch, which has no value.
        text: one sentence that explains the setting.
        least: the smallest value, None for no limit; `most` is the largest.
        unset: names the default where the default is empty text.
        secret: the value is never shown. There is no flag, which everybody who can list processes could read.
        reloads: a running server takes a new value from the file when it is told to reload.
    """

    group: Group
    metavar: str
    text: str
    least: int | timedelta | None = None
    most: int | timedelta | None = None
    unset: str = ""
    secret: bool = False
    reloads: bool = False


class Definitions:
    """The settings. Periods are `timedelta`s."""

    listen: Annotated[str, About(Group.ADDRESS, "HOST:PORT", "Address to serve on; port 0 takes a free one.")] = (
        DEFAULT_LISTEN
    )
    allow_plaintext: Annotated[
        bool, About(Group.ADDRESS, "", "Allow an address that other machines can reach without TLS.")
    ] = False
    tls_certificate: Annotated[
        str, About(Group.ADDRESS, "FILE", "PEM file with the server's certificate chain; 'off' serves plain text.")
    ] = OFF
    tls_key: Annotated[str, About(Group.ADDRESS, "FILE", "PEM file with the private key of the certificate.")] = OFF
    tls_client_ca: Annotated[
        str,
        About(Group.ADDRESS, "FILE", "PEM file with the authorities of client certificates, which are then required."),
    ] = OFF

    key_file: Annotated[
        str, About(Group.CALLERS, "FILE", "File with the digests of API keys, as 'onduty key' writes it.")
    ] = OFF
    access_file: Annotated[
        str, About(Group.CALLERS, "FILE", "TOML file with roles of your own, and callers by certificate or subject.")
    ] = OFF
    jwt_keys: Annotated[str, About(Group.CALLERS, "FILE|URL", "JWKS of the issuer of JWTs: a file or a URL.")] = OFF
    jwt_issuer: Annotated[str, About(Group.CALLERS, "TEXT", "Issuer (iss) that a JWT must have.")] = OFF
    jwt_audience: Annotated[str, About(Group.CALLERS, "TEXT", "Audience (aud) that a JWT must name.")] = OFF
    jwt_algorithms: Annotated[
        str, About(Group.CALLERS, "NAMES", "Algorithms with which a JWT may be signed, separated by commas.")
    ] = "ES256,RS256,EdDSA"
    jwt_roles_claim: Annotated[
        str, About(Group.CALLERS, "NAME", "Claim of a JWT that lists the roles of the caller.")
    ] = "onduty_roles"
    jwt_accounts_claim: Annotated[
        str, About(Group.CALLERS, "NAME", "Claim of a JWT that lists the accounts in which the roles hold.")
    ] = "onduty_accounts"
    reflection: Annotated[
        bool, About(Group.CALLERS, "", "Let anybody ask the server for its contract (gRPC reflection).")
    ] = True
    audit_log: Annotated[
        str, About(Group.CALLERS, "FILE", "Destination of the audit log: a file, 'stderr' or 'off'.")
    ] = "stderr"

    reuse_port: Annotated[bool, About(Group.PROCESSES, "", "Let several processes listen on the same port.")] = False
    workers: Annotated[
        int,
        About(Group.PROCESSES, "N", "Processes that serve; several need a store that they share.", least=1, most=256),
    ] = 1

    store: Annotated[
        str,
        About(
            Group.STORE,
            "STORE",
            "sqlite:FILE, memory:, redis://HOST:PORT/DB or redis+cluster://HOST:PORT,... (rediss for TLS).",
        ),
    ] = "sqlite:onduty.db"
    store_username: Annotated[str, About(Group.STORE, "NAME", "User name for Redis.", unset="(empty)")] = ""
    store_password: Annotated[
        str,
        About(
            Group.STORE, "PASSWORD", "Password for Redis; best given in the environment.", unset="(empty)", secret=True
        ),
    ] = ""
    store_tls_ca: Annotated[
        str,
        About(
            Group.STORE,
            "FILE",
            "PEM file with the authorities to trust for a rediss:// store.",
            unset="those of the system",
        ),
    ] = ""
    store_key_prefix: Annotated[
        str, About(Group.STORE, "PREFIX", "Prefix of all keys in Redis; another prefix is another deployment.")
    ] = "onduty"
    accounts: Annotated[
        Literal["automatic", "declared"],
        About(
            Group.STORE,
            "HOW",
            "How accounts come about: by their first use (automatic), or only by 'onduty account create' (declared).",
        ),
    ] = "automatic"
    min_replicas_acked: Annotated[
        int,
        About(
            Group.STORE,
            "N",
            "Replicas of Redis that must have a change made by hand before it is acknowledged.",
            least=0,
            most=16,
        ),
    ] = 0
    activity_flush_interval: Annotated[
        timedelta,
        About(
            Group.STORE,
            "PERIOD",
            "Longest time before an activity, session or engagement that changes no status is durable; 0 makes it "
            "durable before its answer.",
            least=timedelta(0),
            most=timedelta(minutes=1),
        ),
    ] = timedelta(seconds=1)

    outage_grace: Annotated[
        timedelta,
        About(
            Group.TIME,
            "PERIOD",
            "Longest outage that counts as inactivity; a longer one restarts everybody's inactivity.",
            least=timedelta(seconds=3),
            most=timedelta(days=1),
        ),
    ] = timedelta(seconds=10)
    count_outage_as_inactivity: Annotated[
        bool, About(Group.TIME, "", "Count an outage as inactivity, however long it was.")
    ] = False
    history_retention: Annotated[
        timedelta,
        About(
            Group.TIME,
            "PERIOD",
            "Age up to which status changes are kept.",
            least=timedelta(minutes=1),
            most=timedelta(days=3_650),
        ),
    ] = timedelta(days=30)
    history_max_changes: Annotated[
        int, About(Group.TIME, "N", "Status changes that are kept of each account.", least=1_000)
    ] = 5_000_000
    report_retention: Annotated[
        timedelta,
        About(
            Group.TIME,
            "PERIOD",
            "Age up to which daily sums for reports are kept of changes that are kept no longer; 0 keeps none.",
            least=timedelta(0),
            most=timedelta(days=3_650),
        ),
    ] = timedelta(days=400)
    activity_future_tolerance: Annotated[
        timedelta,
        About(
            Group.TIME,
            "PERIOD",
            "Tolerance for activities in the future, which count as now within it.",
            least=timedelta(0),
            most=timedelta(hours=1),
        ),
    ] = timedelta(seconds=5)
    activity_fresh_for: Annotated[
        timedelta,
        About(
            Group.TIME,
            "PERIOD",
            "Greatest age of an activity that makes a user ONLINE while no period of the workflow is in force.",
            least=timedelta(seconds=1),
            most=timedelta(days=30),
        ),
    ] = timedelta(hours=1)

    shutdown_grace: Annotated[
        timedelta,
        About(
            Group.LIMITS,
            "PERIOD",
            "Time that calls have to finish once the server is told to stop.",
            least=timedelta(0),
            most=timedelta(minutes=10),
        ),
    ] = timedelta(seconds=10)
    drain_delay: Annotated[
        timedelta,
        About(
            Group.LIMITS,
            "PERIOD",
            "Time for which a server that is told to stop serves on, not ready, before shutdown_grace begins.",
            least=timedelta(0),
            most=timedelta(minutes=10),
        ),
    ] = timedelta(0)
    # The least is what the longest batch needs.
    max_request_bytes: Annotated[
        int,
        About(
            Group.LIMITS,
            "BYTES",
            "Size of the largest request.",
            least=256 * 1_024,
            most=64 * 1_024 * 1_024,
        ),
    ] = 1_024 * 1_024
    connection_calls: Annotated[
        int,
        About(
            Group.LIMITS,
            "N",
            "Calls and streams that one connection may have open; more of them wait in the client.",
            least=1,
            most=100_000,
        ),
    ] = CONNECTION_CALLS
    max_connection_age: Annotated[
        timedelta,
        About(
            Group.LIMITS,
            "PERIOD",
            "Age, give or take a tenth, at which a connection takes no more calls, so that its client opens another; "
            "calls and streams have shutdown_grace to finish. At least 10s; 0 is no limit.",
            least=timedelta(0),
            most=timedelta(days=7),
        ),
    ] = timedelta(0)
    caller_rate: Annotated[
        int,
        About(
            Group.LIMITS,
            "N",
            "Calls a second of one caller, and twice as many at once; 0 is no limit.",
            least=0,
            reloads=True,
        ),
    ] = CALLER_RATE
    account_rate: Annotated[
        int,
        About(
            Group.LIMITS,
            "N",
            "Calls a second for one account, and twice as many at once; 0 is no limit.",
            least=0,
            reloads=True,
        ),
    ] = ACCOUNT_RATE
    calls_max: Annotated[
        int,
        About(
            Group.LIMITS,
            "N",
            "Calls under way at a time; the last quarter is for reads for routing.",
            least=4,
            reloads=True,
        ),
    ] = CALLS_MAX
    calls_per_caller: Annotated[
        int, About(Group.LIMITS, "N", "Calls under way of one caller.", least=1, reloads=True)
    ] = CALLS_PER_CALLER
    streams_max: Annotated[
        int, About(Group.LIMITS, "N", "Streams open at a time; the last quarter is for watches.", least=4, reloads=True)
    ] = STREAMS_MAX
    streams_per_caller: Annotated[
        int, About(Group.LIMITS, "N", "Streams open of one caller.", least=1, reloads=True)
    ] = STREAMS_PER_CALLER
    users_max: Annotated[int, About(Group.LIMITS, "N", "Users of one account; 0 is no limit.", least=0)] = USERS_MAX
    accounts_max: Annotated[int, About(Group.LIMITS, "N", "Accounts in the store; 0 is no limit.", least=0)] = (
        ACCOUNTS_MAX
    )

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        About(Group.LOGS, "LEVEL", "Lowest severity that is logged: debug, info, warning or error.", reloads=True),
    ] = "info"
    log_format: Annotated[
        Literal["auto", "json", "console"],
        About(Group.LOGS, "FORMAT", "Form of log lines: json, console, or auto, which is console on a terminal."),
    ] = "auto"
    access_log: Annotated[
        str, About(Group.LOGS, "FILE", "Destination of a line for each call: a file, 'stderr' or 'off'.")
    ] = OFF
    access_log_one_in: Annotated[
        int,
        About(
            Group.LOGS,
            "N",
            "Log only one in N calls that succeed; those that fail are all logged.",
            least=1,
            reloads=True,
        ),
    ] = 1
    tracing: Annotated[
        bool, About(Group.LOGS, "", "Trace calls, and send the spans by OTLP over gRPC; see also OTEL_... variables.")
    ] = False
    tracing_endpoint: Annotated[
        str,
        About(
            Group.LOGS,
            "URL",
            "Receiver of spans, like http://127.0.0.1:4317.",
            unset="OTEL_EXPORTER_OTLP_ENDPOINT",
        ),
    ] = ""
    tracing_one_in: Annotated[
        int,
        About(
            Group.LOGS,
            "N",
            "Trace one in N calls that bring no traceparent; others as their callers trace them.",
            least=1,
        ),
    ] = 1
    metrics_listen: Annotated[
        str,
        About(
            Group.LOGS,
            "HOST:PORT",
            "Address to serve Prometheus metrics and probes on, over HTTP; one for all workers.",
        ),
    ] = OFF

    http_listen: Annotated[
        str,
        About(Group.HTTP, "HOST:PORT", "Address to serve Connect and gRPC-Web on, over HTTP; 'off' for nowhere."),
    ] = DEFAULT_HTTP_LISTEN
    http_origins: Annotated[
        str,
        About(Group.HTTP, "ORIGINS", "Web pages that may call, like https://desk.example, separated by commas."),
    ] = OFF
    console: Annotated[
        bool, About(Group.HTTP, "", "Serve the supervisor's pages at /console/ of the HTTP address.")
    ] = True
    console_client_id: Annotated[
        str,
        About(
            Group.HTTP,
            "TEXT",
            "Client id of the console at jwt_issuer, where people then sign in by OpenID Connect.",
        ),
    ] = OFF
    console_scopes: Annotated[
        str, About(Group.HTTP, "SCOPES", "Scopes that the console asks jwt_issuer for, separated by spaces.")
    ] = "openid"
    console_audience_parameter: Annotated[
        Literal["off", "resource", "audience"],
        About(
            Group.HTTP,
            "NAME",
            "Parameter by which the console asks for tokens for jwt_audience: resource (RFC 8707), audience or off.",
        ),
    ] = "off"


class Setting(NamedTuple):
    """A setting, with its forms for the command line, the docs and messages."""

    name: str
    kind: type
    choices: tuple[str, ...]
    default: Any
    about: About

    @property
    def flag(self) -> str:
        """The flag of `onduty serve`. A secret has none."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return ENV_PREFIX + self.name.upper()

    @property
    def is_switch(self) -> bool:
        """True if the setting is on or off, and its flag takes no value."""
        return self.kind is bool

    @property
    def shown_default(self) -> str:
        """The default in the form in which people write it."""
        if self.is_switch:
            return "true" if self.default else "false"
        return str(plain(self.default)) or self.about.unset

    @property
    def limits(self) -> str:
        """The allowed values in words, such as `between 1s and 30d`; empty if they have no limit."""
        least, most = (None if it is None else str(plain(it)) for it in (self.about.least, self.about.most))
        if least is not None and most is not None:
            return f"between {least} and {most}"
        if least is not None:
            return f"at least {least}"
        if most is not None:
            return f"at most {most}"
        return f"one of {', '.join(self.choices)}" if self.choices else ""


def plain(value: Any) -> Any:
    """Return a value in the form for files and JSON: periods as text, all other values unchanged."""
    return format_period(milliseconds(value)) if isinstance(value, timedelta) else value


def _settings() -> Iterator[tuple[str, Setting]]:
    # The annotations are evaluated, because this module does not postpone them as the others do.
    for name, hint in Definitions.__annotations__.items():
        kind, about = get_args(hint)
        default = getattr(Definitions, name)
        # The type of the setting is that of its default, since a `Literal` is text.
        yield name, Setting(name, type(default), get_args(kind), default, about)


SETTINGS: Final[Mapping[str, Setting]] = types.MappingProxyType(dict(_settings()))
"""Every setting by its name, in the order in which they are shown."""
