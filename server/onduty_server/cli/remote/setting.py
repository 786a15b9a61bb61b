"""The command `status set`: sets the status of one user, or of several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...domain.periods import parse_period
from ..errors import usage
from ..options import Json, parser
from ..times import parse_end, wall_clock
from ..zone import Local
from .answers import Answers
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Actor,
    Server,
    StatusName,
    Timeout,
    acting,
    check_actor,
    secured,
)
from .remote import connect
from .showing import show_one

if TYPE_CHECKING:
    from onduty_client import Client, StatusSetting

_BATCH_MAX = 1_000


class ThenName(Enum):
    """The choices of what follows a status that ends, as people type them."""

    AUTOMATIC = "automatic"
    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


def _ttl(text: str) -> timedelta:
    return timedelta(milliseconds=parse_period(text))


@secured
def set_(
    account: Account,
    users: Annotated[list[str], typer.Argument(metavar="USER", show_default=False, help="The user, or several.")],
    status: Annotated[StatusName, typer.Argument(metavar="STATUS", show_default=False, case_sensitive=False)],
    lasting: Annotated[
        Any,
        typer.Option(
            "--for",
            metavar="PERIOD",
            parser=parser(_ttl),
            help="How long it lasts, like 30m: 1s to 30d. Until then inactivity does not touch it.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="TIME",
            help="When it ends: a time of day like 12:30, of today or tomorrow, in UTC or with --local in the zone of "
            "this machine; or RFC 3339.",
        ),
    ] = None,
    then: Annotated[
        ThenName | None,
        typer.Option(
            "--then",
            case_sensitive=False,
            show_default="automatic",
            help="What follows. automatic: ONLINE if the user was active lately, else AWAY until the next activity.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why.")] = "",
    expected_revision: Annotated[
        int | None,
        typer.Option(
            "--expected-revision",
            metavar="N",
            min=0,
            max=(1 << 63) - 1,
            help="Set it only while the user's revision is this one; 0: only if the user was never seen.",
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Set the status of a user, or of several, by hand. Restarts their inactivity clocks.

    With --for or --until it ends by itself. Setting a status again replaces the end, or without one removes it.

    Several users are set at once, each for itself: who is refused is named, and the exit code is 1 then. With --json
    there is one object for each, which has an `error` if it was refused.
    """
    import onduty_client

    if lasting is not None and until is not None:
        raise usage("give either --for or --until, not both")
    if then is not None and lasting is None and until is None:
        raise usage("--then says what follows at the end of a status; give --for or --until too")
    wanted = list(dict.fromkeys(users))
    if expected_revision is not None and len(wanted) > 1:
        raise usage("--expected-revision is that of one user; give one")
    setting = onduty_client.StatusSetting(
        wanted[0],
        onduty_client.Status[status.name],
        reason=reason,
        until=None if until is None else _end(until, local),
        ttl=lasting,
        then=None if then is None else onduty_client.Then[then.name],
        expected_revision=expected_revision,
    )
    with connect(server, timeout, acting(actor)) as client:
        if len(wanted) > 1:
            _set_several(client, account, [replace(setting, user_id=user) for user in wanted], actor, as_json, local)
            return
        result = client.set_status(
            account,
            setting.user_id,
            setting.status,
            until=setting.until,
            ttl=setting.ttl,
            then=setting.then,
            reason=setting.reason,
            expected_revision=setting.expected_revision,
        )
    check_actor(actor, result.actor)
    show_one(result, as_json, local)


def _set_several(
    client: Client, account: str, settings: Sequence[StatusSetting], actor: str | None, as_json: bool, local: bool
) -> None:
    answers = Answers([setting.user_id for setting in settings])
    try:
        for batch in range(0, len(settings), _BATCH_MAX):
            answers.take(client.batch_set_status(account, settings[batch : batch + _BATCH_MAX]))
    finally:
        # Also if a later call fails: what was done is told before that.
        answers.show(as_json, local)
    if answers.done:
        check_actor(actor, answers.done[0].actor)
    answers.check("set")


def _end(text: str, local: bool) -> datetime:
    try:
        return parse_end(text, wall_clock(), local=local)
    except ValueError as error:
        raise usage(f"--until: {error}") from None
