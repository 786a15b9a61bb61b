"""The commands about accounts: `account list|create|show|set|delete`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from ..confirming import Yes, check_terminal, confirm
from ..errors import Failure, usage
from ..help import CommandGroup
from ..options import Json
from ..output import facts, json_line, line, shown, table
from .erasing import DEFAULT_LONG_TIMEOUT, LongTimeout, say_what_stays, to_be_repeated
from .options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Account, Actor, Server, Timeout, acting, secured
from .remote import connect
from .showing import PAGE_MAX, page_size, up_to

if TYPE_CHECKING:
    from onduty_client import Account as AccountSettings
    from onduty_client import Client

_DEFAULT_LIMIT = 100

account_app = CommandGroup("List, create, set up and erase accounts.")


@account_app.command("list")
@secured
def list_(
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most how many; 0 for all.")
    ] = _DEFAULT_LIMIT,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    as_json: Json = False,
) -> None:
    """List the accounts that you may know of.

    If you may read every account, it is those in which something was recorded, or which were created; otherwise those
    that your permissions name.
    """
    with connect(server, timeout) as client:
        accounts = up_to(limit, client.list_accounts(page_size=page_size(limit)), "accounts")
        if as_json:
            for account in accounts:
                json_line({"account_id": account})
            return
        table(("ACCOUNT",), [(account,) for account in accounts])


@account_app.command("create")
@secured
def create(
    account: Account,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Create an account, or leave it as it is if it exists.

    A server with accounts = "declared" refuses what is about an account that was not created, so that a mistyped name
    makes none. Elsewhere an account begins with what is recorded first.
    """
    with connect(server, timeout, acting(actor)) as client:
        client.create_account(account)
    if as_json:
        json_line({"account_id": account})
    else:
        line(f"Account {shown(account)} exists.")


@account_app.command("show")
@secured
def show(
    account: Account,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    as_json: Json = False,
) -> None:
    """Show the settings of an account.

    They are the default ones if nothing was ever recorded in it.
    """
    with connect(server, timeout) as client:
        _show(client.get_account(account), as_json)


@account_app.command("set")
@secured
def set_(
    account: Account,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone",
            metavar="ZONE",
            show_default=False,
            help='IANA name of the zone of the account\'s days, such as "Europe/Berlin".',
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Change the settings of an account, and show them.

    Reports are by days of the time zone. Daily sums, which outlive the history, are of the days that the zone has when
    they are made: set it early.
    """
    if time_zone is None:
        raise usage("give --time-zone; `onduty account show` shows the settings")
    if not time_zone:
        # As of a variable that is not set: it would be UTC.
        raise usage("--time-zone: is empty; write UTC for that zone")
    with connect(server, timeout, acting(actor)) as client:
        _show(client.update_account(account, time_zone=time_zone), as_json)


def _show(account: AccountSettings, as_json: bool) -> None:
    if as_json:
        json_line({"account_id": account.account_id, "time_zone": account.time_zone})
    else:
        facts([("account", account.account_id), ("time zone", account.time_zone)])


@account_app.command("delete")
@secured
def delete(
    account: Account,
    yes: Yes = False,
    server: Server = DEFAULT_SERVER,
    timeout: LongTimeout = DEFAULT_LONG_TIMEOUT,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Erase an account: its users, workflows and history.

    It asks, unless --yes is given, and cannot be undone. Unless accounts have to be declared on the server, an activity
    that comes later creates the account anew. If it fails midway, run it again: it ends what it began.
    """
    import onduty_client

    with to_be_repeated(), connect(server, timeout, acting(actor)) as client:
        if not yes:
            check_terminal()
            users = _users_of(client, account)
            confirm(f"This erases account {shown(account)}{users}, with its workflows and history.", account)
        try:
            client.delete_account(account)
        except onduty_client.AccountUnknown as error:
            raise Failure(f"{error.message}; `onduty account list` shows which there are") from None
    if as_json:
        json_line({"account_id": account, "erased": True})
        return
    line(f"Erased account {shown(account)}.")
    say_what_stays()


def _users_of(client: Client, account: str) -> str:
    """Return how many users an account has, as far as this caller may know that: a wrong name shows by it."""
    import onduty_client

    try:
        users = sum(1 for _ in islice(client.list_statuses(account), PAGE_MAX))
    except onduty_client.OndutyError:
        return ""
    more = " or more" if users == PAGE_MAX else ""
    return f" of {users:,}{more} user{'' if users == 1 else 's'}"
