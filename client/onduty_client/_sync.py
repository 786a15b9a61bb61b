"""The synchronous client: a call blocks the thread until it is answered."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Concatenate, ParamSpec, Self

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
) -> "Callable[Concatenate[Client, P], calls.ResultT]":
    @defined_by(definition)
    def method(self: "Client", /, *args: P.args, **kwargs: P.kwargs) -> calls.ResultT:
        return self._send(definition(*args, **kwargs))

    return method


def _iterator(
    definition: Callable[P, calls.PageCall[ItemT]],
) -> "Callable[Concatenate[Client, P], Iterator[ItemT]]":
    @defined_by(definition, Iterator)
    def method(self: "Client", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[ItemT]:
        # Built here, not in the generator, so that what can't be sent is refused at once.
        return self._items(definition(*args, **kwargs))

    return method


class Client:
    """A client of one onduty service, for threads that may block.

    One client serves a whole process: it is thread-safe, and its connection carries any number of calls at once. It
    connects on the first call and reconnects by itself. A child of a fork, such as a worker of gunicorn, may use one
    that it inherits: a fork waits up to 2 s for calls under way to end. Where that can't work (the parent uses gRPC in
    an event loop, too, or a call did not end), using it in the child is a RuntimeError that says what to do. Close it,
    or use it in a `with` block.

    Every method raises an `OndutyError` when the call fails, `ValueError` when an argument can't be sent at all (a time
    without a zone, an UNKNOWN status), and `TypeError` for an id that is not a str. Each takes a `timeout` in seconds
    that replaces the client's. While the server is unavailable or too busy, reads and `record_activity`, which may
    safely be repeated, are attempted up to five times within the timeout; `set_status` and `update_workflow` reach the
    server once or not at all.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250".
        timeout: seconds that a call may take, with all its attempts.
        actor: who acts through this client: the id kept with every `set_status` and `update_workflow`.
        security: TLS, a certificate and a token; see `Security`. Takes the place of `credentials`.
        credentials: for TLS; without them the connection is not encrypted.
        metadata: called before each call for metadata to send along, such as a token.

    Raises:
        ValueError: the target is neither HOST:PORT nor one of gRPC's own spellings, or a token would travel in plain
            text to another machine.
        OSError: a file of `security` can't be read.
        RuntimeError: this process can't use gRPC because of how it was forked.
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
        FORKS.hold(self)
        check_text(actor=actor)
        self._endpoint = Endpoint.of(target, security, credentials, metadata)
        self._channel = self._endpoint.blocking_channel()
        self._connection = Connection(
            self._channel.unary_unary, timeout=timeout, actor=actor, metadata=self._endpoint.metadata
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

    def close(self) -> None:
        """Cancel what is under way and close the connection. Closing twice does nothing."""
        self._connection.close()
        self._channel.close()

    def __repr__(self) -> str:
        return f"<Client {self._endpoint.target}{' (closed)' if self._connection.closed else ''}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, call: calls.Call[calls.ResultT]) -> calls.ResultT:
        FORKS.enter()
        try:
            response = self._connection.start(call)
        except grpc.RpcError as error:
            if self._connection.closed and error.code() is grpc.StatusCode.CANCELLED:
                raise OndutyError("the client was closed", code=grpc.StatusCode.CANCELLED) from None
            raise self._endpoint.error(error) from error
        finally:
            FORKS.leave()
        return call.rpc.read(response)

    def _items(self, first: calls.PageCall[ItemT]) -> Iterator[ItemT]:
        call: calls.PageCall[ItemT] | None = first
        while call is not None:
            page = self._send(call)
            yield from page.items
            call = call.after(page)
