"""The asyncio client: a call is awaited."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self

import grpc

from onduty_client import _calls as calls
from onduty_client._connection import DEFAULT_TIMEOUT_S, Connection, MetadataProvider
from onduty_client._convert import check_text
from onduty_client._endpoint import Endpoint
from onduty_client._errors import OndutyError
from onduty_client._forking import FORKS
from onduty_client._methods import defined_by
from onduty_client._security import Security
from onduty_client._types import ItemT

P = ParamSpec("P")


def _method(
    definition: Callable[P, calls.Call[calls.ResultT]],
) -> "Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, calls.ResultT]]":
    @defined_by(definition)
    async def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> calls.ResultT:
        return await self._send(definition(*args, **kwargs))

    return method


def _iterator(
    definition: Callable[P, calls.PageCall[ItemT]],
) -> "Callable[Concatenate[AsyncClient, P], AsyncIterator[ItemT]]":
    @defined_by(definition, AsyncIterator)
    def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
        # Built here, not in the generator, so that what can't be sent is refused at once.
        return self._items(definition(*args, **kwargs))

    return method


class AsyncClient:
    """A client of one onduty service, for asyncio.

    The same calls as `Client`, with the same arguments, errors and retries. `list_statuses` and `list_status_changes`
    are asynchronous iterators; all others are awaited. One client serves the event loop that it is created in, and its
    connection carries any number of calls at once. Close it, or use it in an `async with` block.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250".
        timeout: seconds that a call may take, with all its attempts.
        actor: who acts through this client: the id kept with every `set_status` and `update_workflow`.
        security: TLS, a certificate and a token; see `Security`. Takes the place of `credentials`.
        credentials: for TLS; without them the connection is not encrypted.
        metadata: called before each call, in the event loop, for metadata to send along, such as a token.

    Raises:
        RuntimeError: no event loop is running, so that the client would belong to none.
    """

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
        # Without one, grpcio would tie the channel to a loop of its own, and each call would fail with a riddle.
        asyncio.get_running_loop()
        FORKS.check()
        FORKS.keep_core()
        check_text(actor=actor)
        self._endpoint = Endpoint.of(target, security, credentials, metadata)
        channel = self._endpoint.channel(own_connection=False)
        self._channel: grpc.aio.Channel | None = channel
        self._connection = Connection(
            channel.unary_unary, timeout=timeout, actor=actor, metadata=self._endpoint.metadata
        )

    record_activity = _method(calls.record_activity)
    set_status = _method(calls.set_status)
    get_status = _method(calls.get_status)
    batch_get_statuses = _method(calls.batch_get_statuses)
    list_statuses = _iterator(calls.list_statuses)
    list_statuses_page = _method(calls.list_statuses_page)
    available_users = _method(calls.available_users)
    get_workflow = _method(calls.get_workflow)
    update_workflow = _method(calls.update_workflow)
    list_status_changes = _iterator(calls.list_status_changes)
    list_status_changes_page = _method(calls.list_status_changes_page)

    async def close(self) -> None:
        """Cancel what is under way and close the connection. Closing twice does nothing."""
        self._connection.close()
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    def __repr__(self) -> str:
        return f"<AsyncClient {self._endpoint.target}{' (closed)' if self._connection.closed else ''}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _send(self, call: calls.Call[calls.ResultT]) -> calls.ResultT:
        FORKS.check()
        try:
            response = await self._connection.start(call)
        except grpc.RpcError as error:
            raise self._endpoint.error(error) from error
        except asyncio.CancelledError:
            # grpcio ends a call like this when its channel is closed, too. Nobody has cancelled the caller then.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise OndutyError("the client was closed", code=grpc.StatusCode.CANCELLED) from None
        return call.rpc.read(response)

    async def _items(self, first: calls.PageCall[ItemT]) -> AsyncIterator[ItemT]:
        call: calls.PageCall[ItemT] | None = first
        while call is not None:
            page = await self._send(call)
            for item in page.items:
                yield item
            call = call.after(page)
