"""Callers as the transport needs them: the key under which their calls are counted, and their description."""

from __future__ import annotations

from onduty.v1 import status_pb2 as pb

from ..access.permissions import ANYBODY, EVERYWHERE, Caller
from .context import CallContext


def address_of(context: CallContext) -> str:
    """Return where a call comes from, without the port."""
    return context.peer().rpartition(":")[0]


def caller_key(context: CallContext, caller: Caller) -> str:
    """Return a key that all calls of one caller share: the address, on a server that requires no credential."""
    return caller.key or address_of(context)


def to_caller(caller: Caller) -> pb.Caller:
    """Describe a caller to itself."""
    is_known = caller is not ANYBODY
    return pb.Caller(
        authenticated=is_known,
        name=caller.name,
        user_id=caller.user_id,
        via=caller.via if is_known else "",
        grants=[
            pb.CallerGrant(
                everywhere=holding.account == EVERYWHERE,
                account_id="" if holding.account == EVERYWHERE else holding.account,
                permissions=[each.spelled for each in holding.permissions],
                own_user_only=holding.own_user_only,
                acts_for_others=holding.acts_for_others,
            )
            for holding in caller.holdings()
        ],
    )
