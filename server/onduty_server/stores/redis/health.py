"""Reports to the log and to the observer whether the store answers, accepts heartbeats and accepts changes.

A store that does not answer, or refuses heartbeats, counts as unreachable: without heartbeats, reads soon fail. One
that refuses changes alone, as when its memory is full, still answers reads. Each is logged once when it begins and once
when it ends.
"""

from __future__ import annotations

import structlog
from redis.exceptions import ResponseError

from ...app.ports.observer import Observer
from .wire.errors import cause_of

_log = structlog.get_logger(__name__)


class StoreHealth:
    """The health of the store at `address`, which is in readable form."""

    def __init__(self, address: str, observer: Observer) -> None:
        self._address = address
        self._observer = observer
        self._answers = True
        self._refuses_heartbeats = False
        self._refusing: set[str] = set()
        """The nodes that refused the last change sent to them."""
        self._reachable = True

    def on_answers(self, answers: bool, cause: str) -> None:
        """Report that the store has stopped answering, or answers again."""
        self._answers = answers
        if answers:
            _log.warning("the store answers again")
        else:
            _log.error("the store does not answer", store=self._address, cause=cause)
        self._report()

    def on_heartbeats(self, refusal: ResponseError | None) -> None:
        """Report a round of heartbeats. `refusal` is the reason why no node accepted all of them; None if one did."""
        refused = refusal is not None
        if refused is self._refuses_heartbeats:
            return
        self._refuses_heartbeats = refused
        if refused:
            _log.error(
                "the store refuses heartbeats, without which nothing can be read",
                store=self._address,
                cause=cause_of(refusal),
            )
        else:
            _log.warning("the store accepts heartbeats again")
        self._report()

    def on_change(self, node: str, refusal: BaseException | None = None) -> None:
        """Report a change that was sent to a node. `refusal` is why it failed; only an error reply is a refusal."""
        if isinstance(refusal, ResponseError) and node not in self._refusing:
            self._refusing.add(node)
            _log.error("the store refuses changes", node=node, cause=cause_of(refusal))
            self._observer.store_failing(True)
        elif refusal is None and node in self._refusing:
            self._refusing.remove(node)
            _log.warning("the store accepts changes again", node=node)
            self._observer.store_failing(bool(self._refusing))

    def _report(self) -> None:
        reachable = self._answers and not self._refuses_heartbeats
        if reachable is not self._reachable:
            self._reachable = reachable
            self._observer.reachable(reachable)
