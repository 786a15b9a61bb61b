"""The commands about what a user has open: `session keep|end`, `engagement keep|end`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from ...domain.periods import parse_period
from ..help import CommandGroup
from ..options import Json, parser
from ..zone import Local
from .options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Account, Server, Timeout, User, secured
from .remote import connect
from .showing import show_one

session_app = CommandGroup("Keep and end sessions: browsers and phones.")
engagement_app = CommandGroup("Keep and end engagements: calls and chats.")


def _period(text: str) -> timedelta:
    return timedelta(milliseconds=parse_period(text))


SessionId = Annotated[str, typer.Argument(metavar="SESSION", show_default=False, help="The session's id.")]
EngagementId = Annotated[str, typer.Argument(metavar="ENGAGEMENT", show_default=False, help="The engagement's id.")]


@session_app.command("keep")
@secured
def keep_session(
    account: Account,
    user: User,
    session: SessionId,
    ttl: Annotated[
        Any,
        typer.Option(
            "--ttl",
            metavar="PERIOD",
            parser=parser(_period),
            help="How long it lives unless it is kept again: 30s to 4h; 150s if not given.",
        ),
    ] = None,
    idle_for: Annotated[
        Any,
        typer.Option(
            "--idle-for",
            metavar="PERIOD",
            parser=parser(_period),
            help="How long ago the last input was, which counts as an activity: 0 to 30d.",
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Open or renew a session, and show the user's status with it.

    That is not an activity unless --idle-for is given, but ends a disconnection. A user who was never seen needs
    --idle-for.
    """
    with connect(server, timeout) as client:
        status = client.keep_session(account, user, session, ttl=ttl, idle_for=idle_for)
    show_one(status, as_json, local)


@session_app.command("end")
@secured
def end_session(
    account: Account,
    user: User,
    session: SessionId,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """End a session, and show the user's status without it.

    One that is unknown or has ended changes nothing.
    """
    with connect(server, timeout) as client:
        status = client.end_session(account, user, session)
    show_one(status, as_json, local)


@engagement_app.command("keep")
@secured
def keep_engagement(
    account: Account,
    user: User,
    engagement: EngagementId,
    ttl: Annotated[
        Any,
        typer.Option(
            "--ttl",
            metavar="PERIOD",
            parser=parser(_period),
            help="How long it lives unless it is ended or kept again: 10s to 4h; 1h if not given.",
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Open or renew an engagement, and show the user's status with it.

    While a user has one, inactivity does not begin.
    """
    with connect(server, timeout) as client:
        status = client.keep_engagement(account, user, engagement, ttl=ttl)
    show_one(status, as_json, local)


@engagement_app.command("end")
@secured
def end_engagement(
    account: Account,
    user: User,
    engagement: EngagementId,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """End an engagement, and show the user's status without it.

    One that is unknown or has ended changes nothing.
    """
    with connect(server, timeout) as client:
        status = client.end_engagement(account, user, engagement)
    show_one(status, as_json, local)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(session_app, name="session")
    app.add_typer(engagement_app, name="engagement")
