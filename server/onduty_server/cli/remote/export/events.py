"""Makes CloudEvents (1.0, structured JSON) of an account's changes.

Invariants: the same change makes the same event, byte for byte, whenever it is sent; an id is that of one change, and
holds no full stop, which separates the parts that a webhook's signature covers. A kind of event is a row of `Kind` and
a method of `EventWriter`; its type ends with the version of its data, so that a kind can change beside the old one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ....text.times import rfc3339, to_ms
from ..showing import change_object
from ..workflow import workflow_object

if TYPE_CHECKING:
    from onduty_client import StatusChange, UserChange, WorkflowChange, WorkflowChanged

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
_SEQUENCE_DIGITS: Final = 20


class Kind(StrEnum):
    """The types of events."""

    STATUS = "onduty.status.changed.v1"
    WORKFLOW = "onduty.workflow.changed.v1"
    USER = "onduty.user.changed.v1"
    MISSING = "onduty.history.missing.v1"


class Why(StrEnum):
    """The reasons why changes are missing."""

    EXPIRED = "HISTORY_EXPIRED"
    """The server no longer keeps them."""
    REPLACED = "HISTORY_REPLACED"
    """The server's history is not the one that was exported: its data was restored, or is another server's."""
    UNLISTED = "NOT_IN_HISTORY"
    """They are of kinds that only a watch tells of: who users are, and workflows of teams."""


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent. `revision` is the account's last revision that is dealt with once the event is delivered.

    `commit_ms` is when the server recorded the change, ms UTC; None of an event that is no change. `is_listed` is false
    for a change that only a watch tells of, and no history.
    """

    id: str
    kind: Kind
    revision: int
    commit_ms: int | None
    body: bytes
    is_listed: bool = True


def encoded(text: str) -> str:
    """Return an id as part of a URI, an event's id or a subject of NATS: no full stop, colon, slash or blank."""
    return quote(text, safe="").replace(".", "%2E").replace("~", "%7E")


def default_source(account_id: str) -> str:
    """Return the `source` of an account's events: a relative reference, as the specification allows."""
    return f"/onduty/accounts/{encoded(account_id)}"


class EventWriter:
    """Makes the events of one account.

    `generation` counts the histories that the account has had: where a restored server gives revisions to other
    changes, the ids of these have it too, because a receiver takes equal ids for one event.
    """

    def __init__(self, account_id: str, source: str) -> None:
        self._account_id = account_id
        self._account = encoded(account_id)
        self._source = source

    def status(self, change: StatusChange, generation: int) -> Event:
        """Return the event of a change of a user's status."""
        data = change_object(change)
        # A history has the present name, and a watch that of the time: the same change would make different events.
        del data["display_name"]
        return self._event(
            Kind.STATUS,
            generation,
            change.revision,
            data,
            time=change.effective_time,
            commit_time=change.commit_time,
            subject=change.user_id,
        )

    def workflow(self, change: WorkflowChanged | WorkflowChange, generation: int) -> Event:
        """Return the event of a change of the account's workflow."""
        time = change.workflow.update_time
        data = {
            "account_id": self._account_id,
            "team_id": change.team_id,
            "revision": change.revision,
            "deleted": change.deleted,
            "workflow": workflow_object(change.workflow),
        }
        return self._event(
            Kind.WORKFLOW,
            generation,
            change.revision,
            data,
            time=time,
            commit_time=time,
            is_listed=not change.team_id,
        )

    def user(self, change: UserChange, generation: int) -> Event:
        """Return the event of a user who was renamed, moved to another team, or erased."""
        data = {
            "account_id": self._account_id,
            "user_id": change.user_id,
            "revision": change.revision,
            "erased": change.erased,
            "display_name": change.display_name,
            "team_id": change.team_id,
            "previous_display_name": change.previous_display_name,
            "previous_team_id": change.previous_team_id,
            "change_time": rfc3339(change.change_time),
            "actor": change.actor,
            "caller": change.caller,
        }
        time = change.change_time
        return self._event(
            Kind.USER,
            generation,
            change.revision,
            data,
            time=time,
            commit_time=time,
            subject=change.user_id,
            is_listed=False,
        )

    def erased_unknown(self, after: int, generation: int) -> Event:
        """Return the event that says that users may have been erased after a revision, and nobody knows whom."""
        data = {
            "account_id": self._account_id,
            "user_id": "",
            "revision": None,
            "erased": True,
            "display_name": "",
            "team_id": "",
            "previous_display_name": "",
            "previous_team_id": "",
            "change_time": None,
            "actor": "",
            "caller": "",
        }
        id = f"{self._account}:{after}-:erased"
        body = self._body(id, generation, Kind.USER, data)
        return Event(_with(id, generation), Kind.USER, after, None, body, is_listed=False)

    def missing(self, why: Why, after: int, next_revision: int | None, generation: int) -> Event:
        """Return the event that says that changes after a revision cannot be exported.

        From `next_revision` on they all can be; None if it is not known. Of those in between some may follow.
        """
        data = {
            "account_id": self._account_id,
            "reason": why,
            "after_revision": after,
            "next_revision": next_revision,
        }
        id = f"{self._account}:{after}-{'' if next_revision is None else next_revision}:missing"
        return Event(_with(id, generation), Kind.MISSING, after, None, self._body(id, generation, Kind.MISSING, data))

    def _event(
        self,
        kind: Kind,
        generation: int,
        revision: int,
        data: dict[str, Any],
        *,
        time: datetime | None,
        commit_time: datetime | None,
        subject: str = "",
        is_listed: bool = True,
    ) -> Event:
        id = f"{self._account}:{revision}"
        more: dict[str, Any] = {"sequence": f"{revision:0{_SEQUENCE_DIGITS}}"}
        if time is not None:
            more["time"] = rfc3339(time)
        if subject:
            more["subject"] = subject
        commit_ms = None if commit_time is None else to_ms(commit_time)
        body = self._body(id, generation, kind, data, **more)
        return Event(_with(id, generation), kind, revision, commit_ms, body, is_listed)

    def _body(self, id: str, generation: int, kind: Kind, data: dict[str, Any], **more: Any) -> bytes:
        event = {
            "specversion": "1.0",
            "id": _with(id, generation),
            "source": self._source,
            "type": kind,
            **more,
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _with(id: str, generation: int) -> str:
    return id if generation == 1 else f"{id}:{generation}"
