"""Traces the decisions of a store, whichever it is."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from ..domain.record import Decision, StatusView, UserRecord
from ..domain.rules import Policy
from ..domain.workflow import Workflow
from .ports.statuses import Activity, Decide, Renewal, Revise
from .ports.store import Store
from .ports.tracer import Tracer


def trace_decisions(store: Store, tracer: Tracer) -> None:
    """Record each decision of a store, and what follows until it is durable, as parts of the call.

    It takes the place of two of the store's methods: a store around the store would have to pass on all the others, and
    what it can do beside them.
    """
    transact, update_workflow = store.transact, store.update_workflow

    async def traced_transact(
        account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        def traced(record: UserRecord, policy: Policy, now: int) -> Decision:
            commit.close()  # It lost a race, and the decision is made again.
            with tracer.part("decide"):
                decision = decide(record, policy, now)
            commit.enter_context(tracer.part("commit"))
            return decision

        with ExitStack() as commit:
            return await transact(account_id, user_id, traced, hint)

    async def traced_update(account_id: str, revise: Revise, team_id: str = "") -> Workflow:
        def traced(workflow: Workflow, now: int, revision: int, account: Workflow) -> Workflow:
            commit.close()
            with tracer.part("decide"):
                revised = revise(workflow, now, revision, account)
            commit.enter_context(tracer.part("commit"))
            return revised

        with ExitStack() as commit:
            return await update_workflow(account_id, traced, team_id)

    methods: Any = store
    methods.transact, methods.update_workflow = traced_transact, traced_update
