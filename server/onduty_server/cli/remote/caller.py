"""The commands about the caller itself: `caller`, and `account list`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..help import CommandGroup
from ..options import Json
from ..output import facts, json_line, note, table
from .options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Server, Timeout, secured
from .remote import connect

if TYPE_CHECKING:
    from onduty_client import Caller

_DEFAULT_LIMIT = 100
_PAGE_MAX = 1_000

account_app = CommandGroup("List accounts.")


@secured
def caller(server: Server = DEFAULT_SERVER, timeout: Timeout = DEFAULT_TIMEOUT, as_json: Json = False) -> None:
    """Show who you are to the server, and what you may do."""
    with connect(server, timeout) as client:
        found = client.get_caller()
    if as_json:
        json_line(_caller_object(found))
        return
    if not found.authenticated:
        note("the server asks nobody for a credential: everybody may do everything")
    facts([("caller", found.name), ("user", found.user_id), ("credential", found.via)])
    rows = [
        (
            "(every account)" if grant.account_id is None else grant.account_id,
            ", ".join(sorted(grant.permissions)),
            "own user" if grant.own_user_only else "everybody",
            "yes" if grant.acts_for_others else "no",
        )
        for grant in found.grants
    ]
    table(("ACCOUNT", "PERMISSIONS", "FOR", "NAMES ACTORS"), rows)


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

    If you may read every account, it is those in which something was recorded; otherwise those that your permissions
    name.
    """
    with connect(server, timeout) as client:
        found = client.list_accounts(page_size=min(limit + 1, _PAGE_MAX) if limit else _PAGE_MAX)
        accounts = list(islice(found, limit + 1 if limit else None))
    if limit and len(accounts) > limit:
        accounts.pop()
        note(f"the first {limit:,} accounts shown; --limit 0 shows all")
    if as_json:
        for account in accounts:
            json_line({"account_id": account})
        return
    table(("ACCOUNT",), ((account,) for account in accounts))


def _caller_object(it: Caller) -> dict[str, Any]:
    return {
        "authenticated": it.authenticated,
        "name": it.name,
        "user_id": it.user_id,
        "via": it.via,
        "grants": [
            {
                "everywhere": grant.account_id is None,
                "account_id": grant.account_id,
                "permissions": sorted(grant.permissions),
                "own_user_only": grant.own_user_only,
                "acts_for_others": grant.acts_for_others,
            }
            for grant in it.grants
        ],
    }
