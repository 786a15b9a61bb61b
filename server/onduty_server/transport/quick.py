"""Answers the most frequent calls without waiting, where the store can.

A user about whom calls come again and again is known by the bytes of the request: then neither the request is parsed,
nor the user looked for, nor an answer encoded that was encoded before.

A batch is answered in the same way about each of its users who was found before, whoever asked.

Invariants: an answer is the same as that of the servicer's method, which is called if there is none here. Nothing is
decided here: use cases and store ask the same rules, and refuse what is not the usual case. What is known is bounded,
and forgotten when somebody is erased (`forget`), since it has names in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from onduty.v1 import status_pb2 as pb

from ..app.ports.statuses import FoundAvailable, FoundUser
from ..app.reading import check_available
from ..app.service import StatusService
from ..domain.record import StatusView
from .convert import from_order
from .status_bytes import (
    answer_with,
    encode_account_id,
    encode_first,
    encode_frame,
    encode_second,
    encode_user_status,
    frame_of,
)
from .steps import give_way, steps

KNOWN_MAX: Final = 16_384
"""How many users are known by their requests, in about 1 kB each; 3 kB with the longest names and reasons."""
ASKED_MAX: Final = 256
_ASKED_MAX_BYTES: Final = 1_024
"""How many requests for available users are known, and how long one may be."""
_SEEN: Final = 1 << 18
"""How many requests are told from others before they are known."""

T = TypeVar("T")


class Quick(NamedTuple):
    """A method that can be answered so: each function returns an encoded answer, or None if it takes the method."""

    recall: Callable[[bytes], Any]
    """Returns what a request stands for that consists of these bytes: a known user, or a request that was checked. It
    has the attributes of the request that say what it is about. None if it is not known."""
    answer_about: Callable[[Any], bytes | None]
    """Answers what `recall` has returned."""
    answer: Callable[[Any, bytes | None], bytes | None]
    """Answers any other request; its bytes are None if it did not come as such."""


def _nothing(*_: object) -> None:
    return None


NOT_QUICK: Final = Quick(_nothing, _nothing, _nothing)
"""A method that is not."""


class QuickAnswers:
    """The methods that can be answered so, over the use cases."""

    def __init__(self, service: StatusService) -> None:
        self._service = service
        self._known: OrderedDict[bytes, FoundUser] = OrderedDict()
        self._asked: OrderedDict[bytes, FoundAvailable] = OrderedDict()
        """The requests of routers, who ask the same again and again."""
        self._seen = bytearray(_SEEN)
        """Eight bits of the hash of a request, by other bits of it: it takes a second request to become known."""

    def by_name(self) -> Mapping[str, Quick]:
        """Return the methods; none if the store always has to wait."""
        if not self._service.is_immediate:
            return MappingProxyType({})
        recall = self._known.get
        return MappingProxyType(
            {
                "GetStatus": Quick(recall, _status_of, self._get_status),
                "RecordActivity": Quick(recall, _activity_of, self._record_activity),
                "ListAvailableUsers": Quick(self._asked.get, _available_of, self._list_available),
            }
        )

    def forget(self) -> None:
        """Forget all users, accounts and teams."""
        self._service.forget_found()
        self._known.clear()
        self._asked.clear()

    async def batch(self, account_id: str, user_ids: Sequence[str]) -> bytes | None:
        """Answer with the statuses of all these users as of now; None if that takes a wait or an error."""
        found = self._service.find_all(account_id, user_ids)
        if found is None:
            return None
        # All who were found before the first wait, since they are as of now. Most have been encoded before.
        parts: list[Any] = [each if isinstance(each, StatusView) else each.kept or _encoded(each) for each in found]
        if StatusView in set(map(type, parts)):
            account = encode_account_id(account_id)
            for step in steps([place for place, each in enumerate(parts) if type(each) is not bytes]):
                for place in step:
                    parts[place] = encode_first(encode_user_status(account, parts[place]))
                await give_way(step)
        return b"".join(parts)

    def _get_status(self, request: pb.GetStatusRequest, data: bytes | None) -> bytes | None:
        if data is not None and (user := self._learn(request, data)) is not None:
            return _encoded(user)
        account_id = request.account_id
        view = self._service.peek(account_id, request.user_id)
        return None if view is None else answer_with(account_id, view)

    def _record_activity(self, request: pb.RecordActivityRequest, data: bytes | None) -> bytes | None:
        if request.HasField("activity_time"):
            return None
        if data is not None:
            self._learn(request, data)
        account_id = request.account_id
        view = self._service.touch(account_id, request.user_id)
        return None if view is None else answer_with(account_id, view)

    def _list_available(self, request: pb.ListAvailableUsersRequest, data: bytes | None) -> bytes | None:
        account_id, order, limit = request.account_id, from_order(request.order), request.limit
        max_engagements, team_id = request.max_engagements, request.team_id
        check_available(account_id, limit, max_engagements, team_id)
        asked = self._service.find_available(account_id, order, limit, max_engagements, team_id)
        if asked is None:
            return None
        if data is not None and len(data) <= _ASKED_MAX_BYTES:
            _keep(self._asked, data, asked, ASKED_MAX)
        return _list_of(asked)

    def _learn(self, request: pb.GetStatusRequest | pb.RecordActivityRequest, data: bytes) -> FoundUser | None:
        """Know the user of a request from now on, if it is asked about again and its status is at hand."""
        mark = hash(data)
        place, mark = mark & (_SEEN - 1), mark >> 18 & 0xFF
        if self._seen[place] != mark:
            self._seen[place] = mark
            return None
        account_id, user_id = request.account_id, request.user_id
        # Both methods must read the same into the bytes.
        if data != pb.GetStatusRequest(account_id=account_id, user_id=user_id).SerializeToString():
            return None
        user = self._service.find(account_id, user_id)
        if user is None:
            return None
        _keep(self._known, data, user, KNOWN_MAX)
        return user


def _keep(known: OrderedDict[bytes, T], data: bytes, value: T, most: int) -> None:
    """Keep a value by the bytes of a request, in place of the oldest one if there are too many."""
    if len(known) >= most:
        known.popitem(last=False)
    known[data] = value


def _status_of(user: FoundUser) -> bytes | None:
    return (user.kept or _encoded(user)) if user.peek() else None


def _activity_of(user: FoundUser) -> bytes | None:
    return _encoded(user) if user.touch() else None


def _available_of(asked: FoundAvailable) -> bytes | None:
    return _list_of(asked) if asked.peek() else None


def _list_of(asked: FoundAvailable) -> bytes:
    users, total = asked.users, asked.kept
    if total is None:
        total = asked.kept = encode_second(asked.total)
    # Nearly all ask for one. What answers with a single status is an element of a list as well.
    if len(users) == 1:
        user = users[0]
        answer: bytes = (user.kept or _encoded(user)) + total
        return answer
    return b"".join([*(user.kept or _encoded(user) for user in users), total])


def _encoded(user: FoundUser) -> bytes:
    """Encode a user's status as the first field of an answer, and keep that."""
    frame = user.kept_frame
    if frame is None:
        frame = user.kept_frame = frame_of(user.account_id, user.frame)
    answer: bytes = encode_first(encode_frame(frame, user.last_activity, user.next_status_time))
    user.kept = answer
    return answer
