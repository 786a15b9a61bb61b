"""The fake clients. Their calls are built by the real ones' definitions, and answered by a `FakeService`."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, wraps
from typing import Any, TypeVar, cast

from onduty_client._activity_errors import RejectedActivity, RejectedLease
from onduty_client._aio import AsyncClient
from onduty_client._patience import Disconnected, Patience, Reconnected
from onduty_client._rpcs import Call, ResultT
from onduty_client._sync import Client
from onduty_client._watch_call import BOOKMARK_WITHIN_S
from onduty_client._watch_messages import WatchMessage
from onduty_client.testing._leases import (
    AsyncFakeKeeper,
    BlockingFakeKeeper,
    FakeAsyncEngagement,
    FakeAsyncSession,
    FakeEngagement,
    FakeSession,
)
from onduty_client.testing._service import FakeService
from onduty_client.testing._streams import (
    FakeAsyncUpload,
    FakeAsyncWatch,
    FakeUpload,
    FakeWatch,
    UploadLog,
    WatchScript,
)

MethodT = TypeVar("MethodT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class FakeCall:
    """A call of a fake client: the method, and the arguments that were given, by name."""

    method: str
    arguments: Mapping[str, Any]


def _recorded(method: MethodT) -> MethodT:
    """Record calls of `method` in `calls`, and raise the errors scripted for it."""
    signature = inspect.signature(method)

    @wraps(method)
    def recorded(self: Any, /, *arguments: Any, **options: Any) -> Any:
        given = dict(signature.bind(self, *arguments, **options).arguments)
        given.pop("self")
        self._script.call(method.__name__, given)
        return method(self, *arguments, **options)

    return cast("MethodT", recorded)


def _awaited(method: MethodT) -> MethodT:
    """Record calls as `_recorded` does, for a coroutine method."""
    signature = inspect.signature(method)

    @wraps(method)
    async def recorded(self: Any, /, *arguments: Any, **options: Any) -> Any:
        given = dict(signature.bind(self, *arguments, **options).arguments)
        given.pop("self")
        self._script.call(method.__name__, given)
        return await method(self, *arguments, **options)

    return cast("MethodT", recorded)


def _noted(method: MethodT) -> MethodT:
    """Record calls of `method` in `calls`, and leave the errors scripted for it to what it returns."""
    signature = inspect.signature(method)

    @wraps(method)
    def noted(self: Any, /, *arguments: Any, **options: Any) -> Any:
        given = dict(signature.bind(self, *arguments, **options).arguments)
        given.pop("self")
        self._script.record(method.__name__, given)
        return method(self, *arguments, **options)

    return cast("MethodT", noted)


class _Script:
    """The calls of a fake client, and the errors that it is to raise."""

    def __init__(self) -> None:
        self.calls: list[FakeCall] = []
        self._failures: list[tuple[str | None, Exception]] = []

    def fail(self, error: Exception, method: str | None, times: int) -> None:
        """Make the next `times` calls, of `method` or of any, raise `error`."""
        if method is not None and not hasattr(Client, method):
            raise ValueError(f"a client has no method {method!r}")
        self._failures += [(method, error)] * times

    def call(self, method: str, arguments: Mapping[str, Any]) -> None:
        """Record a call, and raise the error scripted for it."""
        self.record(method, arguments)
        self.check(method)

    def record(self, method: str, arguments: Mapping[str, Any]) -> None:
        """Record a call."""
        self.calls.append(FakeCall(method, arguments))

    def check(self, method: str) -> None:
        """Raise the error scripted for a call."""
        for index, (wanted, error) in enumerate(self._failures):
            if wanted in (None, method):
                del self._failures[index]
                raise error


class FakeClient(Client):
    """A `Client` that answers from memory. It records its calls, and fails as a test tells it to.

    Args:
        service: the accounts; new ones if not given.
        actor: the id recorded with every setting and change.

    Attributes:
        service: the accounts.
        watch_script: messages that every watch yields, or errors it raises, after the state and changes so far.
    """

    def __init__(self, service: FakeService | None = None, *, actor: str = "") -> None:
        self.service = service or FakeService()
        self.watch_script: list[WatchMessage | Exception] = []
        self._script = _Script()
        self._actor = actor
        self._closed = False
        self._keeper = BlockingFakeKeeper(self.service)

    @property
    def calls(self) -> list[FakeCall]:
        """The calls so far, in order."""
        return self._script.calls

    def fail(self, error: Exception, method: str | None = None, *, times: int = 1) -> None:
        """Make the next `times` calls, of `method` or of any, raise `error`."""
        self._script.fail(error, method, times)

    record_activity = _recorded(Client.record_activity)
    set_status = _recorded(Client.set_status)
    batch_set_status = _recorded(Client.batch_set_status)
    keep_session = _recorded(Client.keep_session)
    end_session = _recorded(Client.end_session)
    keep_engagement = _recorded(Client.keep_engagement)
    end_engagement = _recorded(Client.end_engagement)
    get_status = _recorded(Client.get_status)
    batch_get_statuses = _recorded(Client.batch_get_statuses)
    list_statuses = _recorded(Client.list_statuses)
    list_statuses_page = _recorded(Client.list_statuses_page)
    available_users = _recorded(Client.available_users)
    update_user = _recorded(Client.update_user)
    delete_user = _recorded(Client.delete_user)
    list_teams = _recorded(Client.list_teams)
    list_teams_page = _recorded(Client.list_teams_page)
    get_workflow = _recorded(Client.get_workflow)
    update_workflow = _recorded(Client.update_workflow)
    delete_workflow = _recorded(Client.delete_workflow)
    list_status_changes = _recorded(Client.list_status_changes)
    list_status_changes_page = _recorded(Client.list_status_changes_page)
    list_workflow_changes = _recorded(Client.list_workflow_changes)
    list_workflow_changes_page = _recorded(Client.list_workflow_changes_page)
    get_caller = _recorded(Client.get_caller)
    list_accounts = _recorded(Client.list_accounts)
    list_accounts_page = _recorded(Client.list_accounts_page)
    create_account = _recorded(Client.create_account)
    delete_account = _recorded(Client.delete_account)
    get_account = _recorded(Client.get_account)
    update_account = _recorded(Client.update_account)
    summarize_time = _recorded(Client.summarize_time)
    summarize_time_page = _recorded(Client.summarize_time_page)
    count_by_status = _recorded(Client.count_by_status)
    list_timelines = _recorded(Client.list_timelines)
    list_timelines_page = _recorded(Client.list_timelines_page)
    simulate = _recorded(Client.simulate)

    @_noted
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
    ) -> FakeSession:
        """Keep a session for as long as a block runs. An error scripted for it is that of its start."""
        self._check_open()
        return FakeSession(
            partial(self._send_of, "session"),
            self._keeper,
            account_id,
            user_id,
            session_id,
            ttl=ttl,
            idle_for=idle_for,
            timeout=timeout,
            on_lost=on_lost,
        )

    @_noted
    def engagement(
        self,
        account_id: str,
        user_id: str,
        engagement_id: str,
        *,
        ttl: timedelta | None = None,
        timeout: float | None = None,
        on_lost: Callable[[Exception], None] | None = None,
    ) -> FakeEngagement:
        """Keep an engagement for as long as a block runs. An error scripted for it is that of its start."""
        self._check_open()
        return FakeEngagement(
            partial(self._send_of, "engagement"),
            self._keeper,
            account_id,
            user_id,
            engagement_id,
            ttl=ttl,
            timeout=timeout,
            on_lost=on_lost,
        )

    @_recorded
    def watch(
        self,
        account_id: str,
        *,
        user_ids: Iterable[str] | None = None,
        resume_token: str = "",
        patience: Patience | None = None,
        bookmark_within: float = BOOKMARK_WITHIN_S,
    ) -> FakeWatch:
        """Iterate over the state, the changes so far, and `watch_script`."""
        self._check_open()
        return FakeWatch(WatchScript(self.service, account_id, user_ids, resume_token, self.watch_script))

    @_recorded
    def upload_activities(
        self,
        *,
        patience: Patience | None = None,
        on_error: Callable[[RejectedActivity], None] | None = None,
        on_connection: Callable[[Disconnected | Reconnected], None] | None = None,
        on_lease_error: Callable[[RejectedLease], None] | None = None,
    ) -> FakeUpload:
        """Record each activity, session and engagement at once."""
        self._check_open()
        return FakeUpload(UploadLog(self.service, on_error, on_lease_error))

    def close(self) -> None:
        """Refuse calls from now on."""
        self._closed = True
        self._keeper.close()

    def __repr__(self) -> str:
        return f"<FakeClient{' (closed)' if self._closed else ''}>"

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the client is closed")

    def _send_of(self, method: str, call: Call[ResultT]) -> ResultT:
        """Send a call of a session or an engagement; the first may fail as the test says."""
        self._script.check(method)
        return self._send(call)

    def _send(self, call: Call[ResultT]) -> ResultT:
        self._check_open()
        return call.rpc.read(self.service.answer(call.rpc.name, call.request, _actor_of(call, self._actor)))


class FakeAsyncClient(AsyncClient):
    """An `AsyncClient` that answers from memory, as `FakeClient` does. It needs no event loop to be created in."""

    def __init__(self, service: FakeService | None = None, *, actor: str = "") -> None:
        self.service = service or FakeService()
        self.watch_script: list[WatchMessage | Exception] = []
        self._script = _Script()
        self._actor = actor
        self._closed = False
        self._keeper = AsyncFakeKeeper(self.service)

    @property
    def calls(self) -> list[FakeCall]:
        """The calls so far, in order."""
        return self._script.calls

    def fail(self, error: Exception, method: str | None = None, *, times: int = 1) -> None:
        """Make the next `times` calls, of `method` or of any, raise `error`."""
        self._script.fail(error, method, times)

    record_activity = _awaited(AsyncClient.record_activity)
    set_status = _awaited(AsyncClient.set_status)
    batch_set_status = _awaited(AsyncClient.batch_set_status)
    keep_session = _awaited(AsyncClient.keep_session)
    end_session = _awaited(AsyncClient.end_session)
    keep_engagement = _awaited(AsyncClient.keep_engagement)
    end_engagement = _awaited(AsyncClient.end_engagement)
    get_status = _awaited(AsyncClient.get_status)
    batch_get_statuses = _awaited(AsyncClient.batch_get_statuses)
    list_statuses = _recorded(AsyncClient.list_statuses)
    list_statuses_page = _awaited(AsyncClient.list_statuses_page)
    available_users = _awaited(AsyncClient.available_users)
    update_user = _awaited(AsyncClient.update_user)
    delete_user = _awaited(AsyncClient.delete_user)
    list_teams = _recorded(AsyncClient.list_teams)
    list_teams_page = _awaited(AsyncClient.list_teams_page)
    get_workflow = _awaited(AsyncClient.get_workflow)
    update_workflow = _awaited(AsyncClient.update_workflow)
    delete_workflow = _awaited(AsyncClient.delete_workflow)
    list_status_changes = _recorded(AsyncClient.list_status_changes)
    list_status_changes_page = _awaited(AsyncClient.list_status_changes_page)
    list_workflow_changes = _recorded(AsyncClient.list_workflow_changes)
    list_workflow_changes_page = _awaited(AsyncClient.list_workflow_changes_page)
    get_caller = _awaited(AsyncClient.get_caller)
    list_accounts = _recorded(AsyncClient.list_accounts)
    list_accounts_page = _awaited(AsyncClient.list_accounts_page)
    create_account = _awaited(AsyncClient.create_account)
    delete_account = _awaited(AsyncClient.delete_account)
    get_account = _awaited(AsyncClient.get_account)
    update_account = _awaited(AsyncClient.update_account)
    summarize_time = _recorded(AsyncClient.summarize_time)
    summarize_time_page = _awaited(AsyncClient.summarize_time_page)
    count_by_status = _awaited(AsyncClient.count_by_status)
    list_timelines = _recorded(AsyncClient.list_timelines)
    list_timelines_page = _awaited(AsyncClient.list_timelines_page)
    simulate = _awaited(AsyncClient.simulate)

    @_noted
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
    ) -> FakeAsyncSession:
        """Keep a session for as long as a block runs. An error scripted for it is that of its start."""
        self._check_open()
        return FakeAsyncSession(
            partial(self._send_of, "session"),
            self._keeper,
            account_id,
            user_id,
            session_id,
            ttl=ttl,
            idle_for=idle_for,
            timeout=timeout,
            on_lost=on_lost,
        )

    @_noted
    def engagement(
        self,
        account_id: str,
        user_id: str,
        engagement_id: str,
        *,
        ttl: timedelta | None = None,
        timeout: float | None = None,
        on_lost: Callable[[Exception], None] | None = None,
    ) -> FakeAsyncEngagement:
        """Keep an engagement for as long as a block runs. An error scripted for it is that of its start."""
        self._check_open()
        return FakeAsyncEngagement(
            partial(self._send_of, "engagement"),
            self._keeper,
            account_id,
            user_id,
            engagement_id,
            ttl=ttl,
            timeout=timeout,
            on_lost=on_lost,
        )

    @_recorded
    def watch(
        self,
        account_id: str,
        *,
        user_ids: Iterable[str] | None = None,
        resume_token: str = "",
        patience: Patience | None = None,
        bookmark_within: float = BOOKMARK_WITHIN_S,
    ) -> FakeAsyncWatch:
        """Iterate over the state, the changes so far, and `watch_script`."""
        self._check_open()
        return FakeAsyncWatch(WatchScript(self.service, account_id, user_ids, resume_token, self.watch_script))

    @_recorded
    def upload_activities(
        self,
        *,
        patience: Patience | None = None,
        on_error: Callable[[RejectedActivity], None] | None = None,
        on_connection: Callable[[Disconnected | Reconnected], None] | None = None,
        on_lease_error: Callable[[RejectedLease], None] | None = None,
    ) -> FakeAsyncUpload:
        """Record each activity, session and engagement at once."""
        self._check_open()
        return FakeAsyncUpload(UploadLog(self.service, on_error, on_lease_error))

    async def close(self) -> None:
        """Refuse calls from now on."""
        self._closed = True
        self._keeper.close()

    def __repr__(self) -> str:
        return f"<FakeAsyncClient{' (closed)' if self._closed else ''}>"

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the client is closed")

    async def _send_of(self, method: str, call: Call[ResultT]) -> ResultT:
        """Send a call of a session or an engagement; the first may fail as the test says."""
        self._script.check(method)
        return await self._send(call)

    async def _send(self, call: Call[ResultT]) -> ResultT:
        self._check_open()
        return call.rpc.read(self.service.answer(call.rpc.name, call.request, _actor_of(call, self._actor)))


def _actor_of(call: Call[Any], actor: str) -> str:
    return actor if call.actor is None else call.actor
