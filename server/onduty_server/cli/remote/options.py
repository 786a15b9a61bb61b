"""Options and arguments of the commands that talk to a server."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any

import typer

from ...text.addresses import DEFAULT_LISTEN, split_address
from ..options import described_as, parser, positive_seconds
from ..output import note
from .words import COMMAND, Command, words_of

_CONNECTION = "Connection and credentials"
"""The heading, in the help, of the options for the server's address and the caller's credentials."""


class StatusName(Enum):
    """Statuses as people type them."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


def _server(text: str) -> str:
    # gRPC's own spellings name a scheme; without a port, the plain one would silently mean port 443. The client makes
    # the same check, but costs much to import before it is needed.
    schemes = ("dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:", "vsock:", "xds:")
    if not text.startswith(schemes) or text in schemes:
        split_address(text)
    return text


def acting(actor: str | None) -> str:
    """Return the actor: the given name, else the login name, else the numeric user id."""
    if actor is not None:
        return actor
    import getpass

    try:
        # getuser checks the environment, then the system: services and containers have no USER.
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return f"uid-{os.getuid()}" if hasattr(os, "getuid") else ""


def check_actor(asked: str | None, kept: str) -> None:
    """Warn if the server recorded a different actor from the requested one."""
    if asked is not None and asked != kept:
        who = f"as done by {kept!r}" if kept else "without a name"
        note(f"--actor was not taken: this credential may not name who acts, and the server keeps it {who}")


def given_team(text: str) -> str:
    """Return the team that an option names.

    Raises:
        ValueError: it is empty, which the contract takes for all users.
    """
    if not text:
        raise ValueError("is empty; leave it out for everybody")
    return text


Account = Annotated[str, typer.Argument(metavar="ACCOUNT", show_default=False, help="The account (tenant).")]
User = Annotated[str, typer.Argument(metavar="USER", show_default=False, help="The user.")]
Team = Annotated[
    str | None,
    typer.Option("--team", metavar="TEAM", parser=parser(given_team), help="Only users of this team."),
]
WorkflowTeam = Annotated[
    str | None,
    typer.Option(
        "--team",
        metavar="TEAM",
        parser=parser(given_team),
        help="The workflow of this team, which is the account's if it has none of its own.",
    ),
]

Server = Annotated[
    str,
    typer.Option(
        "--server",
        metavar="HOST:PORT",
        envvar="ONDUTY_SERVER",
        parser=parser(_server),
        help="Address of the server.",
        rich_help_panel=_CONNECTION,
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="PERIOD",
        envvar="ONDUTY_TIMEOUT",
        parser=parser(positive_seconds),
        show_default=False,
        help="Longest time for a call; 5s if not given.",
        rich_help_panel=_CONNECTION,
    ),
]
Actor = Annotated[
    str | None,
    typer.Option(
        "--actor",
        metavar="NAME",
        envvar="ONDUTY_ACTOR",
        show_default=False,
        help="Name of the actor for the history: your login name if not given, '' for none.",
    ),
]
DEFAULT_SERVER = DEFAULT_LISTEN
# Defaults are parsed like typed values.
DEFAULT_TIMEOUT: Any = "5s"


_SECURITY: tuple[tuple[str, str, str | None, str], ...] = (
    ("tls", "--tls", None, "Encrypt, trusting the usual authorities. Or ONDUTY_TLS."),
    ("ca", "--server-ca", "FILE", "Encrypt, trusting this authority (PEM). Or ONDUTY_SERVER_CA."),
    ("certificate", "--client-certificate", "FILE", "Your certificate (PEM). Or ONDUTY_CLIENT_CERTIFICATE."),
    ("key", "--client-key", "FILE", "Its private key (PEM). Or ONDUTY_CLIENT_KEY."),
    ("token_file", "--token-file", "FILE", "A file with an API key or a JWT. Or ONDUTY_TOKEN_FILE."),
    ("token", "--token", "TOKEN", "The key itself, which `ps` shows to everybody; prefer ONDUTY_TOKEN or a file."),
    ("allow_plaintext", "--allow-plaintext", None, "Send it in plain text. Or ONDUTY_CLIENT_ALLOW_PLAINTEXT."),
)


def secured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that talks to a server the options for credentials and trust."""

    def run(**options: Any) -> None:
        from .remote import SECURITY_FLAGS

        given = {field: options.pop(f"security_{field}") for field, *_ in _SECURITY}
        before = SECURITY_FLAGS.set({field: value for field, value in given.items() if value not in (None, False)})
        named = COMMAND.set(Command(words_of(own), options.get("account") or ""))
        try:
            command(**options)
        finally:
            COMMAND.reset(named)
            SECURITY_FLAGS.reset(before)

    signature = inspect.signature(command, eval_str=True)
    own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in signature.parameters.values()]
    parameters = list(own)
    for field, name, metavar, text in _SECURITY:
        kind: Any = bool if metavar is None else str | None
        option = typer.Option(name, metavar=metavar, show_default=False, help=text, rich_help_panel=_CONNECTION)
        parameters.append(
            inspect.Parameter(
                f"security_{field}",
                inspect.Parameter.KEYWORD_ONLY,
                default=False if metavar is None else None,
                annotation=Annotated[kind, option],
            )
        )
    return described_as(command, parameters, run)
