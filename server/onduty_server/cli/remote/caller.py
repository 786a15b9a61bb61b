"""The command `caller`: what the caller is to the server, and may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..options import Json
from ..output import facts, json_line, note, table
from .options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Server, Timeout, secured
from .remote import connect

if TYPE_CHECKING:
    from onduty_client import Caller


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
