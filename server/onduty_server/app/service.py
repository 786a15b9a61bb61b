"""The use cases. Each checks a request, has the domain's rules decide on it, and has the store commit the decision.

Invariant: a refused request has changed nothing. Fields are checked before the store is asked, or inside the decision
that the store runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import zip_longest
from typing import Generic, NamedTuple, TypeVar

from ..domain import rules
from ..domain.errors import DomainError, InFuture, InvalidField, LimitExceeded, RevisionConflict, UserUnknown, quoted
from ..domain.periods import format_period
from ..domain.record import Decision, StatusChange, StatusView, UserRecord
from ..domain.rules import Policy
from ..domain.status import State, Status
from ..domain.workflow import DEFAULT_WORKFLOW, FRESH_FOR_MS, Workflow, WorkflowPatch, revise
from .fields import check_actor, check_ends, check_id, check_text
from .limits import (
    ACTIVITY_FUTURE_TOLERANCE_MS,
    AVAILABLE_DEFAULT,
    AVAILABLE_MAX,
    BATCH_GET_MAX,
    PAGE_DEFAULT,
    PAGE_MAX,
    PREVIEW_NAMED_MAX,
    REASON_MAX_BYTES,
)
from .paging import PageTokens
from .ports.history import Place
from .ports.statuses import (
    AccountPage,
    Activity,
    AvailabilityOrder,
    Available,
    ChangeFilter,
    Preview,
    Revise,
    StatusStore,
)
from .replaying import ReplayJob, Simulated
from .simulating import Simulations
from .simulation import workflow_from_the_start

Item = TypeVar("Item")

_REPORTS_CHUNK = 500
"""How many activities of a batch are recorded before other requests get their turn."""
_DECISIONS_CHUNK = 8
"""The same, counting those that need a decision: a new user of a new account takes as long as 100 known ones."""

_BEYOND_EVERY_REVISION = 1 << 53

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ActivityReport(NamedTuple):
    """One activity of a batch. `place` is its index in the request; `activity_time` is ms UTC, None for now."""

    place: int
    account_id: str
    user_id: str
    activity_time: int | None


class RefusedActivity(NamedTuple):
    """An activity that was refused; `place` is its index in the request."""

    place: int
    error: DomainError


class Statuses(NamedTuple):
    """The statuses of those known, and the ids of those never seen, each in the order asked for."""

    views: Sequence[StatusView]
    unknown_user_ids: Sequence[str]


class Page(NamedTuple, Generic[Item]):
    """A page of a list, and the token of the next one; empty after the last."""

    items: Sequence[Item]
    next_page_token: str


class WorkflowChange(NamedTuple):
    """A change of a workflow, which has the revision of `after`; `before` is None if it is not known."""

    before: Workflow | None
    after: Workflow


class StatusService:
    """The service as seen by any transport. Ids are strings, times ms UTC, periods ms.

    Every method raises `InvalidField` for a malformed argument and `StoreUnavailable` when the store cannot answer.
    """

    def __init__(
        self,
        store: StatusStore,
        *,
        activity_future_tolerance_ms: int = ACTIVITY_FUTURE_TOLERANCE_MS,
        activity_fresh_for_ms: int = FRESH_FOR_MS,
    ) -> None:
        self._store = store
        self._immediate = store.immediate
        self._future_tolerance_ms = activity_future_tolerance_ms
        self._fresh_for_ms = activity_fresh_for_ms
        self._simulations = Simulations()

    async def record_activity(self, account_id: str, user_id: str, activity_time: int | None = None) -> StatusView:
        """Record that a user did something, at `activity_time` or now."""
        immediate = self._immediate
        if immediate is not None and immediate.touch(account_id, user_id, activity_time):
            # The user is known, so the ids are well-formed.
            return immediate.peek(account_id, user_id) or await self.get_status(account_id, user_id)
        check_id("account_id", account_id)
        check_id("user_id", user_id)
        decide = partial(self._decide_activity, account_id, activity_time)
        return await self._store.transact(account_id, user_id, decide, Activity(activity_time))

    async def record_activities(self, reports: Sequence[ActivityReport]) -> list[RefusedActivity]:
        """Record many activities; return those that were refused. They are as durable as after `record_activity`.

        Raises:
            StoreUnavailable: some may have been recorded; it is safe to send all of them again.
        """
        refused: list[RefusedActivity] = []
        for start in range(0, len(reports), _REPORTS_CHUNK):
            rest = reports[start : start + _REPORTS_CHUNK]
            if self._immediate is not None:
                touch = self._immediate.touch
                rest = [each for each in rest if not touch(each.account_id, each.user_id, each.activity_time)]
            outcomes = await self._record_all(rest)
            for report, outcome in zip(rest, outcomes, strict=True):
                if isinstance(outcome, (InvalidField, LimitExceeded)):
                    refused.append(RefusedActivity(report.place, outcome))
                elif isinstance(outcome, BaseException):
                    raise outcome
            await asyncio.sleep(0)
        return refused

    async def _record_all(self, reports: Sequence[ActivityReport]) -> list[StatusView | BaseException]:
        """Record activities concurrently, to share commits; start them in order, so that a user's count in theirs."""
        started: list[asyncio.Task[StatusView]] = []
        try:
            for start in range(0, len(reports), _DECISIONS_CHUNK):
                started += [
                    asyncio.ensure_future(self.record_activity(each.account_id, each.user_id, each.activity_time))
                    for each in reports[start : start + _DECISIONS_CHUNK]
                ]
                await asyncio.sleep(0)
            return await asyncio.gather(*started, return_exceptions=True)
        except asyncio.CancelledError:
            asyncio.gather(*started, return_exceptions=True).cancel()
            raise

    def _decide_activity(
        self, account_id: str, activity_time: int | None, record: UserRecord, policy: Policy, now: int
    ) -> Decision:
        _check_first_seen(account_id, record)
        if activity_time is None:
            activity_time = now
        elif activity_time > now + self._future_tolerance_ms:
            raise InFuture(
                "activity_time",
                f"{_written(activity_time)} is more than {format_period(self._future_tolerance_ms)} ahead of the "
                f"server's clock, which shows {_written(now)}",
                now,
            )
        elif activity_time < self._store.oldest_activity(now):
            raise InvalidField("activity_time", f"{_written(activity_time)} is more than 30d in the past")
        return rules.record_activity(
            record, policy, activity_time=min(activity_time, now), now=now, fresh_for_ms=self._fresh_for_ms
        )

    async def set_status(
        self,
        account_id: str,
        user_id: str,
        status: Status,
        *,
        actor: str = "",
        reason: str = "",
        expected_revision: int | None = None,
        caller: str = "",
    ) -> StatusView:
        """Set a status by hand. `caller` is the caller's name, where that is not the actor.

        Raises:
            RevisionConflict: the user's revision is no longer `expected_revision`.
        """
        check_id("account_id", account_id)
        check_id("user_id", user_id)
        check_actor(actor)
        check_actor(caller)
        check_text("reason", reason, REASON_MAX_BYTES)
        if expected_revision is not None and expected_revision < 0:
            raise InvalidField("expected_revision", f"must not be negative, got {expected_revision}")

        def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
            _check_first_seen(account_id, record)
            return rules.set_status(
                record,
                policy,
                status=status,
                now=now,
                actor=actor,
                reason=reason,
                expected_revision=expected_revision,
                caller=caller,
            )

        return await self._store.transact(account_id, user_id, decide)

    async def get_status(self, account_id: str, user_id: str) -> StatusView:
        """Return one user's status now.

        Raises:
            UserUnknown: never seen in this account.
        """
        view = None if self._immediate is None else self._immediate.peek(account_id, user_id)
        if view is None:
            (view,) = await self._store.get(account_id, (user_id,))
        if view is None:
            check_id("account_id", account_id)
            check_id("user_id", user_id)
            check_ends("account_id", account_id)
            check_ends("user_id", user_id)
            raise UserUnknown(account_id, user_id)
        return view

    async def batch_get_statuses(self, account_id: str, user_ids: Sequence[str]) -> Statuses:
        """Return up to 1,000 users' statuses at one instant."""
        check_id("account_id", account_id)
        if not 1 <= len(user_ids) <= BATCH_GET_MAX:
            raise InvalidField("user_ids", f"must be between 1 and {BATCH_GET_MAX} ids, got {len(user_ids)}")
        for index, user_id in enumerate(user_ids):
            check_id(f"user_ids[{index}]", user_id)
        unique = list(dict.fromkeys(user_ids))
        views = await self._store.get(account_id, unique)
        return Statuses(
            [view for view in views if view is not None],
            [user_id for user_id, view in zip(unique, views, strict=True) if view is None],
        )

    async def list_statuses(
        self, account_id: str, *, statuses: Collection[Status] = (), page_size: int = 0, page_token: str = ""
    ) -> Page[StatusView]:
        """List users in the order they were first seen."""
        check_id("account_id", account_id)
        limit = _page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "statuses", account_id, sorted(set(statuses)))
        position = await self._position(account_id, tokens, page_token)
        page = await self._store.scan(account_id, frozenset(statuses), position, limit)
        if page.next_position is None:
            return Page(page.views, "")
        # Every new user takes a revision. While this revision is in the account's history, so is the position.
        return Page(page.views, tokens.at(page.next_position, Place(page.revision, self._store.lineage)))

    async def _position(self, account_id: str, tokens: PageTokens, page_token: str) -> int:
        """Return where in a list a page begins.

        Raises:
            InvalidField: not a token of this list, or one from before the store was restored from a copy.
        """
        if not page_token:
            return 0
        position, place = tokens.read(page_token)
        if place.lineage != self._store.lineage and not await self._store.contains(account_id, place):
            raise InvalidField("page_token", "belongs to a list that no longer exists; start again with the first page")
        return position

    async def list_available_users(
        self, account_id: str, *, order: AvailabilityOrder = AvailabilityOrder.LONGEST_AVAILABLE, limit: int = 0
    ) -> Available:
        """Return the users who may be given work now."""
        check_id("account_id", account_id)
        if not 0 <= limit <= AVAILABLE_MAX:
            raise InvalidField(
                "limit", f"must be between 0 and {AVAILABLE_MAX}, got {limit} (0 means {AVAILABLE_DEFAULT})"
            )
        return await self._store.available(account_id, order, limit or AVAILABLE_DEFAULT)

    async def get_workflow(self, account_id: str) -> Workflow:
        """Return the account's workflow."""
        check_id("account_id", account_id)
        return await self._store.workflow(account_id)

    async def update_workflow(
        self,
        account_id: str,
        patch: WorkflowPatch,
        *,
        etag: str = "",
        actor: str = "",
        caller: str = "",
        tell: Callable[[Workflow, Workflow], None] = lambda before, after: None,
    ) -> Workflow:
        """Change the account's workflow. `caller` is the caller's name, where that is not the actor.

        `tell` is called before the commit with the workflow as it was and as it will be. Only its last call counts,
        because the store decides again when another change came first.

        Raises:
            InvalidWorkflow: the new workflow would contradict itself.
            RevisionConflict: `etag` is set and no longer current.
        """
        check_id("workflow.account_id", account_id)
        revise_now = _revision(account_id, patch, etag, actor, caller)

        def revise_and_tell(current: Workflow, now: int, revision: int) -> Workflow:
            revised = revise_now(current, now, revision)
            tell(current, revised)
            return revised

        return await self._store.update_workflow(account_id, revise_and_tell)

    async def preview_workflow(
        self, account_id: str, patch: WorkflowPatch, *, etag: str = "", actor: str = "", caller: str = ""
    ) -> Preview:
        """Return the immediate effect that `update_workflow` would have. Raises what it would raise.

        The previewed workflow has the revision, and so the etag, of the current one. With that etag, an update does
        what was previewed only if nothing has changed meanwhile.
        """
        check_id("workflow.account_id", account_id)
        revise_now = _revision(account_id, patch, etag, actor, caller)

        def revise_in_place(current: Workflow, now: int, _: int) -> Workflow:
            return revise_now(current, now, current.revision)

        return await self._store.preview(account_id, revise_in_place, PREVIEW_NAMED_MAX)

    async def list_status_changes(
        self,
        account_id: str,
        *,
        user_id: str = "",
        start_time: int | None = None,
        end_time: int | None = None,
        page_size: int = 0,
        page_token: str = "",
    ) -> Page[StatusChange]:
        """List changes in the order of their revisions; `start_time` inclusive, `end_time` exclusive."""
        check_id("account_id", account_id)
        if user_id:
            check_id("user_id", user_id)
        if start_time is not None and end_time is not None and end_time < start_time:
            raise InvalidField("end_time", "must not be before start_time")
        limit = _page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "changes", account_id, user_id, start_time, end_time)
        after_revision = await self._position(account_id, tokens, page_token)
        wanted = ChangeFilter(user_id or None, start_time, end_time)
        page = await self._store.changes(account_id, wanted, after_revision, limit)
        if page.next_revision is None:
            return Page(page.changes, "")
        return Page(page.changes, tokens.at(page.next_revision, Place(page.next_revision, self._store.lineage)))

    async def list_workflow_changes(
        self, account_id: str, *, page_size: int = 0, page_token: str = ""
    ) -> Page[WorkflowChange]:
        """List the changes of the account's workflow, newest first."""
        check_id("account_id", account_id)
        limit = _page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "workflow changes", account_id)
        before_revision = await self._position(account_id, tokens, page_token) or _BEYOND_EVERY_REVISION
        # One more, for the values before the last of them.
        workflows = await self._store.workflow_changes(account_id, before_revision, limit + 1)
        changes = list(_workflow_changes(workflows))[:limit]
        if len(workflows) <= limit:
            return Page(changes, "")
        last = changes[-1].after.revision
        return Page(changes, tokens.at(last, Place(last, self._store.lineage)))

    async def simulate(self, account_id: str, job: ReplayJob, caller: str = "") -> Simulated:
        """Replay a log of activities under a workflow. `caller` is whose turn it takes.

        Raises:
            InvalidWorkflow: it would contradict itself.
            LimitExceeded: too many logs are being replayed.
        """
        check_id("account_id", account_id)
        # Before the call waits for its turn.
        workflow_from_the_start(job.patch)
        return await self._simulations.run(job, caller)

    async def list_accounts(
        self, *, named: Sequence[str] | None = None, page_size: int = 0, page_token: str = ""
    ) -> Page[str]:
        """List the ids of the accounts in which something was recorded, or with `named` those, in their order."""
        limit = _page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "accounts", named)
        position = await self._position("", tokens, page_token)
        if named is None:
            page = await self._store.accounts(position, limit)
        else:
            end = position + limit
            page = AccountPage(named[position:end], end if end < len(named) else None)
        if page.next_position is None:
            return Page(page.account_ids, "")
        return Page(page.account_ids, tokens.at(page.next_position, Place(0, self._store.lineage)))


def _workflow_changes(workflows: Sequence[Workflow]) -> Iterator[WorkflowChange]:
    """Pair workflows, newest first, with those before them, where these are known."""
    for after, older in zip_longest(workflows, workflows[1:]):
        if after.is_first:
            before = DEFAULT_WORKFLOW
        elif older is not None and after.previous_revision in (None, older.revision):
            before = older
        else:
            before = None
        yield WorkflowChange(before, after)


def _revision(account_id: str, patch: WorkflowPatch, etag: str, actor: str, caller: str) -> Revise:
    check_actor(actor)
    check_actor(caller)

    def revise_if_current(current: Workflow, now: int, revision: int) -> Workflow:
        if current == DEFAULT_WORKFLOW:
            check_ends("workflow.account_id", account_id)
        if etag and etag != current.etag:
            raise RevisionConflict(
                f"the workflow has changed: its etag is {quoted(current.etag)}, not {quoted(etag)}; read it again"
            )
        return revise(current, patch, now=now, actor=actor, revision=revision, caller=caller)

    return revise_if_current


def _written(time_ms: int) -> str:
    try:
        time = _EPOCH + timedelta(milliseconds=time_ms)
    except OverflowError:
        return f"{time_ms} ms"
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds" if time_ms % 1_000 else "seconds") + "Z"


def _page_limit(page_size: int) -> int:
    if page_size < 0:
        raise InvalidField("page_size", f"must not be negative, got {page_size}")
    return min(page_size or PAGE_DEFAULT, PAGE_MAX)


def _check_first_seen(account_id: str, record: UserRecord) -> None:
    if record.state is State.UNSEEN:
        check_ends("account_id", account_id)
        check_ends("user_id", record.user_id)
