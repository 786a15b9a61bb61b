"""Keeps gRPC usable when the process forks.

A child can use grpcio only if no thread was inside grpcio's core when it was forked: then the core's own fork handlers
do what is needed, and otherwise they do nothing, and the child hangs or crashes. Invariants: before a fork, whatever
this package has running leaves the core, for at most `_PATIENCE_S`, and goes on in the parent afterwards; in a child
that was forked although something stayed, every use of this package is a RuntimeError that says what to do.
Once this package has used the core, it never ends: it would end in a thread of its own, which takes a while after the
last use, and a child that was forked meanwhile would wait for ever for the lock that this thread holds.
"""

import logging
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, Final, ParamSpec, Protocol

import grpc

from onduty_client._clock import steady

P = ParamSpec("P")

log: Final = logging.getLogger("onduty_client")

#: How long a fork waits for calls and streams to leave gRPC.
_PATIENCE_S: Final = 2.0

#: How long of this to wait for grpcio's asyncio stack, which ends in its own time once its last object is gone. A fork
#: while the program still uses that stack takes so much longer.
_POLLER_PATIENCE_S: Final = 0.25

#: grpcio's name for the function in which its asyncio stack waits, inside the core, for as long as it is in use.
_POLLER: Final = "(_poll_wrapper)"

_MEND: Final = "fork earlier, or start the process by multiprocessing's 'spawn' or 'forkserver'"


class ForkParticipant(Protocol):
    """Leaves gRPC before a fork and goes on after it."""

    def before_fork(self, patience_s: float) -> None:
        """Leave gRPC, if that can be done in time. In the thread that forks."""

    def after_fork_in_parent(self) -> None:
        """Continue."""

    def after_fork_in_child(self) -> None:
        """Forget the parent's work. Locks may be held by threads that no longer exist."""


class Inheritable(Protocol):
    """An object that a child inherits and may use."""

    def after_fork_in_child(self) -> None:
        """Forget the parent's work. Locks may be held by threads that no longer exist."""


class Forks:
    """The forks of this process. Safe to share between threads."""

    def __init__(self) -> None:
        self._participants: list[ForkParticipant] = []
        self._inheritables: weakref.WeakSet[Any] = weakref.WeakSet()
        self._one_at_a_time = threading.RLock()
        self._changed = threading.Condition()
        self._forking = False
        self._calls = 0
        self._clients: weakref.WeakSet[Any] = weakref.WeakSet()
        self._obstacle = ""
        self._unusable_because = ""
        self._core: object = None

    def register(self, participant: ForkParticipant) -> None:
        """Tell `participant` of every fork, for the life of the process."""
        self._participants.append(participant)

    def register_inherited(self, inheritable: Inheritable) -> None:
        """Tell `inheritable` of every fork, in the child, for as long as it lives. It must be complete by now."""
        self._inheritables.add(inheritable)

    def hold(self, client: object) -> None:
        """Register a client that keeps gRPC's core running as long as it lives. Raises as `check` does."""
        self.check()
        self.keep_core()
        self._clients.add(client)

    def keep_core(self) -> None:
        """Keep gRPC's core, which is about to be used, running for the life of the process (see above)."""
        # If the core does not handle forks, its threads must not exist for longer than they are needed.
        if self._core is None and not _support_is_forbidden():
            # This is the smallest object that keeps it running: it neither listens nor connects.
            self._core = grpc.local_server_credentials()

    def check(self) -> None:
        """Raise RuntimeError if this process can't use gRPC because of how it was forked."""
        if self._unusable_because:
            raise RuntimeError(self._unusable_because)

    def enter(self) -> None:
        """Begin a blocking call. Waits for a fork under way; raises as `check` does."""
        self.check()
        with self._changed:
            while self._forking:
                self._changed.wait()
            self._calls += 1

    def leave(self) -> None:
        """Undo `enter`: the call has ended."""
        with self._changed:
            self._calls -= 1
            if self._forking and not self._calls:
                self._changed.notify_all()

    def before(self) -> None:
        """Make everything leave gRPC. Like the other two it is called in the thread that forks."""
        self._one_at_a_time.acquire()
        deadline = steady() + _PATIENCE_S
        try:
            for participant in self._participants:
                _never_failing(participant.before_fork)(max(0.0, deadline - steady()))
        finally:
            # Block calls only now: a stream that is ending may still need a call for its metadata.
            with self._changed:
                self._forking = True
                ended = self._changed.wait_for(lambda: not self._calls, max(0.0, deadline - steady()))
            self._obstacle = self._reason(all_calls_ended=ended)

    def in_parent(self) -> None:
        """Continue."""
        try:
            with self._changed:
                self._forking = False
                self._changed.notify_all()
            for participant in self._participants:
                _never_failing(participant.after_fork_in_parent)()
        finally:
            self._one_at_a_time.release()

    def in_child(self) -> None:
        """Renew locks that other threads of the parent may have held."""
        self._one_at_a_time = threading.RLock()
        self._changed = threading.Condition()
        self._forking, self._calls = False, 0
        self._unusable_because = self._unusable_because or self._obstacle
        for each in (*self._participants, *self._inheritables):
            # A failure of one must not leave the others with locks that are never released.
            _never_failing(each.after_fork_in_child)()

    def _reason(self, *, all_calls_ended: bool) -> str:
        """Return the reason why the child can't use gRPC; empty if it can."""
        if not _left_event_loops():
            return (
                "this process can't use gRPC: it was forked from one that was using gRPC in an event loop "
                f"(AsyncClient, another Async... class of onduty_client, or grpc.aio); {_MEND}"
            )
        if not all_calls_ended:
            return (
                "this process can't use gRPC: it was forked from one in which another thread was in a call of a Client "
                f"that did not end within {_PATIENCE_S:g} s; {_MEND}"
            )
        if self._clients and _support_is_forbidden():
            return (
                "this process can't use gRPC: it was forked from one that has a Client, while GRPC_ENABLE_FORK_SUPPORT "
                "in the environment forbids that; take it out of the environment, or make the Client after the fork"
            )
        return ""


def _support_is_forbidden() -> bool:
    return os.environ.get("GRPC_ENABLE_FORK_SUPPORT", "").lower() in ("0", "false", "no", "off")


def in_event_loop() -> bool:
    """True while grpcio's asyncio stack is in use, by this package or by the program."""
    return bool(_pollers())


def _pollers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.endswith(_POLLER)]


def _left_event_loops() -> bool:
    """Wait for grpcio's asyncio stack to end, if it is about to; return whether it has."""
    until = steady() + _POLLER_PATIENCE_S
    for poller in _pollers():
        if poller is not threading.current_thread():
            poller.join(max(0.0, until - steady()))
    return not in_event_loop()


FORKS: Final = Forks()


def _never_failing(hook: Callable[P, None]) -> Callable[P, None]:
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            hook(*args, **kwargs)
        except Exception:
            # Python would print it to stderr, and a fork can't be refused.
            log.exception("unexpected failure at a fork")

    return run


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_never_failing(FORKS.before),
        after_in_parent=_never_failing(FORKS.in_parent),
        after_in_child=_never_failing(FORKS.in_child),
    )
