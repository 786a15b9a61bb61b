"""Answers the most frequent calls without waiting, where the store can.

Invariant: an answer is the same as that of the servicer's method, which is called if there is none here. Nothing is
decided here: the use cases ask the same tables, and refuse what is not the usual case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from onduty.v1 import status_pb2 as pb

from ..app.service import StatusService
from .status_bytes import answer_with

Quick = Callable[[Any], bytes | None]
"""Answers a request with an encoded message; None if it takes the method to do that."""


class QuickAnswers:
    """The methods that can be answered so, by name, over the use cases."""

    def __init__(self, service: StatusService) -> None:
        self._service = service

    def by_name(self) -> Mapping[str, Quick]:
        """Return them; none if the store always has to wait."""
        if not self._service.is_immediate:
            return MappingProxyType({})
        return MappingProxyType({"GetStatus": self._get_status, "RecordActivity": self._record_activity})

    def _get_status(self, request: pb.GetStatusRequest) -> bytes | None:
        account_id = request.account_id
        view = self._service.peek(account_id, request.user_id)
        return None if view is None else answer_with(account_id, view)

    def _record_activity(self, request: pb.RecordActivityRequest) -> bytes | None:
        if request.HasField("activity_time"):
            return None
        account_id = request.account_id
        view = self._service.touch(account_id, request.user_id)
        return None if view is None else answer_with(account_id, view)
