"""The asyncio client: a call is awaited."""

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import timedelta
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self

import grpc

from onduty_client import _lease_requests as lease_requests
from onduty_client import _people_requests as people_requests
from onduty_client import _report_requests as report_requests
from onduty_client import _requests as requests
from onduty_client import _workflow_requests as workflow_requests
from onduty_client._activity_errors import RejectedActivity, RejectedLease
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._connection import DEFAULT_TIMEOUT_S, CallDefaults, MetadataProvider
from onduty_client._convert import check_text
from onduty_client._endpoints import check_fork, endpoint_of
from onduty_client._lease_blocks import AsyncEngagement, AsyncSession
from onduty_client._methods import defined_by
from onduty_client._patience import Disconnected, Patience, Reconnected
from onduty_client._renewer import AsyncRenewer
from onduty_client._rpcs import Call, PageCall, ResultT
from onduty_client._security import Security
from onduty_client._types import ItemT
from onduty_client._upload import AsyncActivityUpload
from onduty_client._watch import AsyncWatch
from onduty_client._watch_call import BOOKMARK_WITHIN_S

P = ParamSpec("P")


def _method(
    definition: Callable[P, Call[ResultT]],
) -> "Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, ResultT]]":
    @defined_by(definition)
    async def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> ResultT:
        return await self._send(definition(*args, **kwargs))

    return method


def _iterator(
    definition: Callable[P, PageCall[ItemT]],
) -> "Callable[Concatenate[AsyncClient, P], AsyncIterator[ItemT]]":
    @defined_by(definition, AsyncIterator)
    def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
        # Built here, not in the generator, so that what can't be sent is refused at once.
        return self._items(definition(*args, **kwargs))

    return method


class AsyncClient:
    """A client of one onduty service, for asyncio.

    The same calls as `Client`, with the same arguments, errors and retries. The lists are
    asynchronous iterators; their pages and all other calls are awaited. One client serves the event loop that it is
    created in, and its connection carries any number of calls at once. Close it, or use it in an `async with` block.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250". Or the
            address of its HTTP port: "http://127.0.0.1:50251", "https://onduty.internal".
        timeout: seconds that a call may take, with all its attempts.
        actor: the id to record as the actor of every setting and change.
        security: TLS, a certificate and a token; see `Security`. Takes the place of `credentials`.
        credentials: for TLS; without them the connection is not encrypted.
        metadata: called before each call, in the event loop, for metadata to send along, such as a token.

    Raises:
        RuntimeError: no event loop is running, so that the client would belong to none.
    """

    _clock: Clock = SYSTEM_CLOCK

    def __init__(
        self,
        target: str,
        *,
        timeout: float = DEFAULT_TIMEOUT_S,
        actor: str = "",
        security: Security | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: MetadataProvider | None = None,
    ) -> None:
        # Without one, grpcio would bind the channel to a loop of its own, and each call would fail with an obscure
        # error.
        asyncio.get_running_loop()
        check_fork(target)
        check_text(actor=actor)
        self._endpoint = endpoint_of(target, security, credentials, metadata)
        defaults = CallDefaults(timeout, actor, self._endpoint.metadata)
        self._connection = self._endpoint.connect(defaults)
        self._renewer = AsyncRenewer(self._endpoint, defaults, self._clock)
        #: Closed with the client.
        self._helpers: weakref.WeakSet[AsyncWatch | AsyncActivityUpload] = weakref.WeakSet()

    record_activity = _method(requests.record_activity)
    set_status = _method(requests.set_status)
    batch_set_status = _method(people_requests.batch_set_status)
    keep_session = _method(lease_requests.keep_session)
    end_session = _method(lease_requests.end_session)
    keep_engagement = _method(lease_requests.keep_engagement)
    end_engagement = _method(lease_requests.end_engagement)
    get_status = _method(requests.get_status)
    batch_get_statuses = _method(requests.batch_get_statuses)
    list_statuses = _iterator(requests.list_statuses)
    list_statuses_page = _method(requests.list_statuses_page)
    available_users = _method(requests.available_users)
    update_user = _method(people_requests.update_user)
    delete_user = _method(people_requests.delete_user)
    list_teams = _iterator(people_requests.list_teams)
    list_teams_page = _method(people_requests.list_teams_page)
    get_workflow = _method(workflow_requests.get_workflow)
    update_workflow = _method(workflow_requests.update_workflow)
    delete_workflow = _method(workflow_requests.delete_workflow)
    list_status_changes = _iterator(requests.list_status_changes)
    list_status_changes_page = _method(requests.list_status_changes_page)
    list_workflow_changes = _iterator(workflow_requests.list_workflow_changes)
    list_workflow_changes_page = _method(workflow_requests.list_workflow_changes_page)
    get_caller = _method(requests.get_caller)
    list_accounts = _iterator(requests.list_accounts)
    list_accounts_page = _method(requests.list_accounts_page)
    create_account = _method(people_requests.create_account)
    delete_account = _method(people_requests.delete_account)
    get_account = _method(report_requests.get_account)
    update_account = _method(report_requests.update_account)
    summarize_time = _iterator(report_requests.summarize_time)
    summarize_time_page = _method(report_requests.summarize_time_page)
    count_by_status = _method(report_requests.count_by_status)
    list_timelines = _iterator(report_requests.list_timelines)
    list_timelines_page = _method(report_requests.list_timelines_page)
    simulate = _method(requests.simulate)

    def watch(
        self,
        account_id: str,
        *,
        user_ids: Iterable[str] | None = None,
        resume_token: str = "",
        patience: Patience | None = None,
        bookmark_within: float = BOOKMARK_WITHIN_S,
    ) -> AsyncWatch:
        """Iterate over an account's statuses as they change: a snapshot, changes, and a bookmark every second.

        The watch has a connection of its own. If it is lost, the watch connects again and continues where it was, and
        yields a `Disconnected` and a `Reconnected` (and a `ResumeRefused` if a new snapshot has to follow). It begins
        when the first message is asked for, or in an `async with` block, and ends when it or the client is closed.

        Args:
            account_id: the account. It need not have been seen before.
            user_ids: watch these users only, up to 1,000; None for all.
            resume_token: the token of the last message, to continue after it; empty to begin with a snapshot.
            patience: how long to keep trying while the server can't be reached; None for as long as it takes.
            bookmark_within: the longest time between two bookmarks, 1 to 30 s. A longer one costs the server less,
                where thousands watch; a connection that is dead is noticed after twice this time.

        Raises:
            ValueError, TypeError: an argument can't be sent.
            OndutyError: from the iteration: a refusal that is final (`is_final`), or the last failure when patience is
                over. An older `resume_token` than the server keeps history for is a `ResumeTokenExpired`.
        """
        self._check_open()
        watch = AsyncWatch(
            self._endpoint,
            account_id,
            user_ids=user_ids,
            resume_token=resume_token,
            patience=patience or Patience(),
            bookmark_within=bookmark_within,
            clock=self._clock,
        )
        self._helpers.add(watch)
        return watch

    def upload_activities(
        self,
        *,
        patience: Patience | None = None,
        on_error: Callable[[RejectedActivity], None] | None = None,
        on_connection: Callable[[Disconnected | Reconnected], None] | None = None,
        on_lease_error: Callable[[RejectedLease], None] | None = None,
    ) -> AsyncActivityUpload:
        """Send any number of activities, every one and in order: for a log, while a reporter is for clicks.

        Use it in an `async with` block: `put` each activity, then `finish`, which returns when the server has answered
        for all of them. Activities that are not acknowledged when the connection is lost are sent again.

        Args:
            patience: how long to keep trying while the server can't be reached; None for as long as it takes.
            on_error: called for every activity that the server refuses.
            on_connection: called when the connection is lost, and when it is there again.
            on_lease_error: called for every session or engagement that the server refuses.
        """
        self._check_open()
        upload = AsyncActivityUpload(
            self._endpoint,
            patience=patience or Patience(),
            on_error=on_error,
            on_connection=on_connection,
            on_lease_error=on_lease_error,
            clock=self._clock,
        )
        self._helpers.add(upload)
        return upload

    def session(
        self,
        account_id: str,
        user_id: str,
        session_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
        timeout: float | None = None,
        on_lost: Callable[[Exception], None] | None = None,
    ) -> AsyncSession:
        """Keep a session of a user for as long as an `async with` block runs, or from `start` to `close`.

        It is opened by a call, renewed in the background, by one task for all of a client, after half of its `ttl` at
        the latest, and ended by a call, which takes 5 s at most. If the server can't be reached then, or the program
        ends without it, the session runs out `ttl` after its last renewal. `active` reports input of the user. Keep the
        object: a session is not renewed once nothing refers to it. For sessions by the thousand, use a reporter.

        Args:
            account_id: the account.
            user_id: the user.
            session_id: the session, unique for the user.
            ttl: how long it lives after each renewal, 30 s to 4 h; 150 s if not given.
            idle_for: how long ago the client last saw input of the user, at the start; counts as an activity.
            timeout: seconds that opening and each renewal may take, in place of the client's.
            on_lost: called, in the event loop, when the session can't be kept, with the reason. See its `lost`.

        Raises:
            ValueError, TypeError: an argument can't be sent.
            OndutyError: from the start: the server refuses it. A server that is away or too busy is tried again in the
                background.
        """
        self._check_open()
        return AsyncSession(
            self._send,
            self._renewer,
            account_id,
            user_id,
            session_id,
            ttl=ttl,
            idle_for=idle_for,
            timeout=timeout,
            on_lost=on_lost,
        )

    def engagement(
        self,
        account_id: str,
        user_id: str,
        engagement_id: str,
        *,
        ttl: timedelta | None = None,
        timeout: float | None = None,
        on_lost: Callable[[Exception], None] | None = None,
    ) -> AsyncEngagement:
        """Keep an engagement of a user for as long as an `async with` block runs, or from `start` to `close`.

        It is opened, renewed and ended as a `session` is. If it can't be ended, it runs out `ttl` after its last
        renewal.

        Args:
            account_id: the account.
            user_id: the user.
            engagement_id: the engagement, unique for the user: the id of the call or chat.
            ttl: how long it lives after each renewal, 10 s to 4 h; 10 minutes if not given.
            timeout: seconds that opening and each renewal may take, in place of the client's.
            on_lost: called, in the event loop, when the engagement can't be kept, with the reason. See its `lost`.

        Raises:
            ValueError, TypeError: an argument can't be sent.
            OndutyError: from the start: the server refuses it. A server that is away or too busy is tried again in the
                background.
        """
        self._check_open()
        return AsyncEngagement(
            self._send, self._renewer, account_id, user_id, engagement_id, ttl=ttl, timeout=timeout, on_lost=on_lost
        )

    def _check_open(self) -> None:
        if self._connection.closed:
            raise RuntimeError("the client is closed")

    async def close(self) -> None:
        """Cancel what is under way and close the connection. Closing twice does nothing."""
        self._connection.close_soon()
        for helper in tuple(self._helpers):
            await helper.close()
        await self._renewer.close()
        await self._connection.close()

    def __repr__(self) -> str:
        return f"<AsyncClient {self._endpoint.target}{' (closed)' if self._connection.closed else ''}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _send(self, call: Call[ResultT]) -> ResultT:
        return await self._connection.send(call)

    async def _items(self, first: PageCall[ItemT]) -> AsyncIterator[ItemT]:
        call: PageCall[ItemT] | None = first
        while call is not None:
            page = await self._send(call)
            for item in page.items:
                yield item
            call = call.after(page)
