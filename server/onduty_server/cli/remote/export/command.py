"""The command `export`: passes an account's changes on to another system."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....text.addresses import split_address
from ...errors import usage
from ...options import parser, positive_seconds
from ...times import parse_moment, wall_clock
from ..options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Server, Timeout, secured

if TYPE_CHECKING:
    from ....process.clock import SystemClock
    from .sinks import Sink

_RECEIVER = "Receiver"
_OPERATION = "Operation"
_RECEIVER_TIMEOUT: Any = "20s"


class To(Enum):
    """The kinds of receivers."""

    WEBHOOK = "webhook"
    NDJSON = "ndjson"
    NATS = "nats"


class LogLevel(Enum):
    """The severities of log lines."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(Enum):
    """The forms of log lines."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


def _beginning(text: str) -> int | datetime:
    if text.isascii() and text.isdigit():
        revision = int(text[:19])
        if revision == 0:
            raise ValueError("revisions begin with 1")
        return revision
    return parse_moment(text, wall_clock())


def _option(name: str, metavar: str | None, text: str, *, panel: str | None = _RECEIVER, **more: Any) -> Any:
    """Make an option that a unit or a container can give in its environment: `--to` is ONDUTY_EXPORT_TO."""
    return typer.Option(
        name,
        metavar=metavar,
        envvar=f"ONDUTY_EXPORT_{name.strip('-').replace('-', '_').upper()}",
        show_envvar=False,
        show_default=False,
        help=text,
        rich_help_panel=panel,
        **more,
    )


@secured
def export(
    account: Annotated[
        str,
        typer.Argument(
            metavar="ACCOUNT",
            envvar="ONDUTY_EXPORT_ACCOUNT",
            show_envvar=False,
            show_default=False,
            help="The account (tenant).",
        ),
    ],
    to: Annotated[To, _option("--to", "KIND", "Kind of receiver: webhook, ndjson or nats.")],
    checkpoint: Annotated[
        Path,
        _option("--checkpoint", "FILE", "File that keeps how far the export has come.", panel=None),
    ],
    begin: Annotated[
        Any,
        typer.Option(
            "--from",
            metavar="REVISION|TIME",
            parser=parser(_beginning),
            show_default=False,
            help="Deliver again from this revision, time or age (2h) on. Each start does so.",
        ),
    ] = None,
    url: Annotated[str, _option("--url", "URL", "Address of the webhook or of NATS servers.")] = "",
    secret_file: Annotated[
        Path | None,
        _option(
            "--secret-file",
            "FILE",
            "Secrets that sign webhooks (whsec_...), the newest first. Or their text in ONDUTY_EXPORT_SECRETS.",
        ),
    ] = None,
    allow_http: Annotated[
        bool, _option("--allow-http", None, "Send webhooks in plain text to other machines.")
    ] = False,
    receiver_ca: Annotated[
        Path | None, _option("--receiver-ca", "FILE", "Trust this authority (PEM) for the receiver's certificate.")
    ] = None,
    receiver_timeout: Annotated[
        float,
        _option(
            "--receiver-timeout",
            "PERIOD",
            "Longest time for an attempt; 20s if not given.",
            parser=parser(positive_seconds),
        ),
    ] = _RECEIVER_TIMEOUT,
    subject: Annotated[
        str, _option("--subject", "SUBJECT", "Subject of NATS; onduty.events.ACCOUNT if not given.")
    ] = "",
    nats_credentials: Annotated[
        Path | None, _option("--nats-credentials", "FILE", "Credentials of NATS (.creds).")
    ] = None,
    output: Annotated[
        Path | None, _option("--output", "FILE", "File to append lines to; standard output if not given.")
    ] = None,
    refused: Annotated[
        Path | None,
        _option(
            "--refused",
            "FILE",
            "File for events that a webhook goes on refusing (400, 413, 422 and the like); else they hold up the rest.",
        ),
    ] = None,
    source: Annotated[
        str,
        _option("--source", "URI", "Source of the events; /onduty/accounts/ACCOUNT if not given.", panel=_OPERATION),
    ] = "",
    metrics_listen: Annotated[
        Any,
        _option(
            "--metrics-listen",
            "HOST:PORT",
            "Serve Prometheus metrics and probes there, over HTTP.",
            panel=_OPERATION,
            parser=parser(split_address),
        ),
    ] = None,
    log_level: Annotated[
        LogLevel, _option("--log-level", "LEVEL", "Lowest severity that is logged.", panel=_OPERATION)
    ] = LogLevel.INFO,
    log_format: Annotated[
        LogFormat, _option("--log-format", "FORMAT", "Form of log lines: json, console or auto.", panel=_OPERATION)
    ] = LogFormat.AUTO,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Pass an account's changes on to another system.

    They are CloudEvents, delivered in order and at least once, until SIGTERM or Ctrl-C.

    The first start begins with what happens from then on. Later ones go on after the last event that the receiver has
    acknowledged, which the checkpoint keeps. A receiver or a server that fails is tried again for as long as it takes.

    webhook: one signed POST for each event (Standard Webhooks). ndjson: a line for each event. nats: a message for each
    event, in a stream of JetStream. docs/export.md tells more.

    Each option but --from can be given in the environment: --to as ONDUTY_EXPORT_TO, ACCOUNT as ONDUTY_EXPORT_ACCOUNT.
    """
    from .events import default_source

    if not account.isprintable() or not account:
        raise usage("ACCOUNT is the id of an account, without control characters")
    _check(to, url=url, secret_file=secret_file, subject=subject, output=output, refused=refused)

    def sink_of(clock: SystemClock) -> Sink:
        match to:
            case To.WEBHOOK:
                from .webhook import Webhook, secrets_from

                return Webhook(
                    url,
                    secrets_from(secret_file),
                    timeout_s=receiver_timeout,
                    wall_ms=clock.wall,
                    ca=receiver_ca,
                    allow_http=allow_http,
                )
            case To.NDJSON:
                from .ndjson import LinesFile, StandardOutput

                return StandardOutput() if output is None else LinesFile(output)
            case To.NATS:
                from .nats_stream import NatsStream, default_subject

                return NatsStream(
                    url,
                    subject or default_subject(account),
                    timeout_s=receiver_timeout,
                    credentials=nats_credentials,
                    ca=receiver_ca,
                )

    from . import running

    running.run(
        running.Export(
            account_id=account,
            server=server,
            timeout_s=timeout,
            source=source or default_source(account),
            checkpoint=checkpoint,
            begin=begin,
            refused=refused,
            metrics=metrics_listen,
        ),
        sink_of,
        log_level=log_level.value,
        log_format=log_format.value,
    )


def _check(
    to: To, *, url: str, secret_file: Path | None, subject: str, output: Path | None, refused: Path | None
) -> None:
    """Refuse options that are for another kind of receiver."""
    if to is not To.NDJSON and not url:
        raise usage(f"--to {to.value} needs --url")
    for given, name, kinds in (
        (url, "--url", (To.WEBHOOK, To.NATS)),
        (secret_file, "--secret-file", (To.WEBHOOK,)),
        (refused, "--refused", (To.WEBHOOK,)),
        (subject, "--subject", (To.NATS,)),
        (output, "--output", (To.NDJSON,)),
    ):
        if given and to not in kinds:
            raise usage(f"{name} is for --to {' and '.join(kind.value for kind in kinds)}")
