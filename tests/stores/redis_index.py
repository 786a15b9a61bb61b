"""What must hold inside a Redis between any two calls, looked up in the keys of an account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from itertools import pairwise
from typing import Any

from tests.stores.older_redis import keys_of

from onduty_server.domain.layers import unpack
from onduty_server.domain.record import LeaseEdge, UserRecord
from onduty_server.domain.rules import own_clock
from onduty_server.domain.status import Connection, State, Status
from onduty_server.domain.tallies import CONNECTED, ENGAGED
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.redis.edges import unpack_edge
from onduty_server.stores.redis.records import ORDER_CHUNK, read_record, read_workflow

_TEAM = "\x1f"
"""Precedes the team in a key that is a team's, and the position in what is kept of actors."""
_QUEUED = (State.ONLINE_BY_ACTIVITY, State.AWAY_BY_HAND, State.AWAY_BY_INACTIVITY, State.ONLINE_BY_ACTIVITY)
_STATUS_EVENTS, _ERASURE_EVENT = (2, 3), 4

Sets = dict[str, dict[int, int]]
"""Sorted sets of users by name (a letter, perhaps a number, and the key of a scope): scores by position."""


def numbers_in_lua(name: str) -> dict[int, int]:
    """A table of numbers in the scripts."""
    text = (resources.files("onduty_server.stores.redis") / "lua" / "lib" / "layers.lua").read_text("utf-8")
    [content] = re.findall(rf"local {name} = \{{(.*)\}}", text)
    table: dict[int, int] = {}
    for part in content.replace("[CONNECTED]", "[1]").split(","):
        key, _, value = part.strip().rpartition(" = ")
        table[int(key.strip("[]")) if key else len(table) + 1] = int(value)
    return table


def check_index(prefix: str, account: str, now: int) -> None:
    """Check that the index has all that it must have of each record, and nothing else.

    The keys are read one after another: nobody may write meanwhile.
    """
    keys = {name.partition("}:")[2]: content for name, (_, content) in keys_of(prefix).items()}
    if f"a:{account}" in keys:
        _Account(keys, account, now).check()


class _Account:
    def __init__(self, keys: Mapping[str, Any], account: str, now: int) -> None:
        self._keys = keys
        self._account = account
        self._now = now
        self._hash: dict[str, str] = dict(keys[f"a:{account}"])
        self._sets: Sets = {
            name: {_number(member): score for score, member in content}
            for name, content in keys.items()
            if re.fullmatch(rf"([qg]\d+|[xsdlm]):{re.escape(account)}({_TEAM}.*)?", name, re.DOTALL)
        }
        self._expected: dict[str, set[int]] = {}
        self._queues = numbers_in_lua("QUEUE_OF_STATE")
        self._connections = numbers_in_lua("QUEUE_OF_CONNECTION")

    def check(self) -> None:
        places = self._places()
        users: dict[str, str] = dict(self._keys.get(f"u:{self._account}", ()))
        teams: dict[str, int] = {}
        actors: set[tuple[str, int]] = set()
        for user, raw in users.items():
            record, position = read_record(user.encode("latin-1").decode(), raw.encode("latin-1"))
            assert places[position] == user, "where somebody was first seen"
            if record.profile.team_id:
                teams[record.profile.team_id] = teams.get(record.profile.team_id, 0) + 1
            if record.actor not in ("", record.user_id):
                actors.add((record.actor, position))
            self._check_user(record, position)
        assert {name: set(members) for name, members in self._sets.items()} == self._expected
        assert len([place for place in places if not place.startswith("\0")]) == len(users)
        self._check_teams(set(teams))
        named = (member.rpartition(_TEAM) for _, member in self._keys.get(f"y:{self._account}", ()))
        assert {(actor.encode("latin-1").decode(), _number(member)) for actor, _, member in named} == actors
        self._check_history(places)
        self._check_edges(users)

    def _places(self) -> list[str]:
        """Who came when, with 0 and the revision of the erasure at the place of somebody erased."""
        places: list[str] = []
        while chunk := self._keys.get(f"o{len(places) // ORDER_CHUNK}:{self._account}"):
            places += chunk
            if len(chunk) < ORDER_CHUNK:
                break
        gone = [place for place in places if place.startswith("\0")]
        assert len(gone) == int(self._hash.get("gone", 0))
        return places

    def _expect(self, kind: str, scope: str, position: int) -> int:
        """That somebody is in a set; return the score."""
        name = f"{kind}:{scope}"
        self._expected.setdefault(name, set()).add(position)
        assert position in self._sets.get(name, {}), (name, position)
        return self._sets[name][position]

    def _check_user(self, record: UserRecord, position: int) -> None:
        layers, is_online = unpack(record.layers), record.shown.status is Status.ONLINE
        team = record.profile.team_id
        scope = f"{self._account}{_TEAM}{team}" if team else self._account
        if team:
            assert self._expect("m", scope, position) == position
        views = dict.fromkeys((self._account, scope))
        if layers.expire_time is not None:
            assert [self._expect("x", view, position) for view in views] == [layers.expire_time] * len(views)
        if position in self._sets.get(f"d:{self._account}", {}):
            self._expect("d", self._account, position)
            return
        own = self._queues.get(record.state)
        if own == 1 and not is_online:
            own = 4
        elif record.state is State.ONLINE_UNTIL and is_online:
            own = 5
        if own is not None:
            assert self._expect(f"q{own}", scope, position) <= own_clock(record)
        if layers.connection in self._connections:
            assert self._expect(f"q{self._connections[layers.connection]}", scope, position) <= layers.session_end
        if not is_online:
            return
        if team:
            assert self._expect("l", self._account, position) <= own_clock(record)
        for view in views:
            assert self._expect("s", view, position) == record.status_since
            for count, end in enumerate(sorted((lease.end for lease in layers.engagements), reverse=True), 1):
                if end > self._now or position in self._sets.get(f"g{count}:{view}", {}):
                    assert self._expect(f"g{count}", view, position) <= end

    def _check_teams(self, with_members: set[str]) -> None:
        own = {field.partition(":")[2]: field for field in self._hash if field.startswith("w:")}
        assert len(own) == int(self._hash.get("own", 0))
        listed = {team for _, team in self._keys.get(f"k:{self._account}", ())}
        assert listed == with_members | set(own)
        with_past = {field.partition(":")[2] for field in self._hash if field.startswith("past:")}
        assert with_past == {team for _, team in self._keys.get(f"b:{self._account}", ())}
        if "rest" in self._hash:
            return
        told = {team: score for score, team in self._keys.get(f"t:{self._account}", ())}
        for team in listed:
            workflow = read_workflow(self._hash[own.get(team, "w")].encode("latin-1"))
            due = self._earliest(workflow, f"{self._account}{_TEAM}{team}")
            assert due is None or told[team] <= due, "when a team is due next"

    def _earliest(self, workflow: Workflow, scope: str) -> int | None:
        """When a period of one of a scope's users is over."""
        floor = int(dict(self._keys["meta"])["floor"])
        base = max(workflow.enabled_time, floor)
        timed = dict(enumerate((workflow.timed[state] for state in _QUEUED), 1))
        gone = {6: workflow.timed_connection[Connection.CONNECTED], 7: workflow.timed_connection[Connection.AWAY]}
        heads = {
            queue: min(self._sets.get(f"q{queue}:{scope}", {}).values(), default=None) for queue in (*timed, *gone)
        }
        dues = [
            max(head, base) + switch.period_ms
            for queue, switch in [*timed.items(), *gone.items()]
            if switch is not None and (head := heads[queue]) is not None
        ]
        return min(dues, default=None)

    def _check_history(self, places: list[str]) -> None:
        entries = self._keys.get(f"e:{self._account}", ())
        revisions = [int(name.partition("-")[0]) for name, _ in entries]
        assert all(after == before + 1 for before, after in pairwise(revisions)), "revisions have no gaps"
        assert not revisions or revisions[-1] == int(self._hash["rev"])
        names, numbers = (dict(self._keys.get(f"{kind}:{self._account}", ())) for kind in "ij")
        assert {number: name for name, number in names.items()} == numbers
        worded: dict[int, set[int]] = {}
        erasures: dict[int, int] = {}
        for revision, (_, fields) in zip(revisions, entries, strict=True):
            body = fields[0][1]
            kind, position = ord(body[0]), _number(body[1:5])
            if kind in _STATUS_EVENTS and "+" in body[19:].split("\0")[2:3]:
                worded.setdefault(position, set()).add(revision)
            elif kind == _ERASURE_EVENT:
                erasures[position] = revision
        for position, place in enumerate(places):
            kept = {int(revision) for revision, _ in self._keys.get(f"r{position}:{self._account}", ())}
            if place.startswith("\0"):
                assert not kept and erasures.get(position, int(place[1:])) == int(place[1:])
            else:
                assert kept == worded.get(position, set()), "what was said of changes"

    def _check_edges(self, users: Mapping[str, str]) -> None:
        """Edges have gapless numbers, and those of a person and kind alternate and end with what the record has.

        Only of an account all of whose edges are kept, since none of them was dropped.
        """
        entries = self._keys.get(f"h:{self._account}", ())
        ids = [tuple(map(int, name.split("-"))) for name, _ in entries]
        first = int(self._hash.get("unedged", 0)) + 1
        assert [number for _, number in ids] == [*range(first, int(self._hash.get("edges", 0)) + 1)]
        assert [written for written, _ in ids] == sorted(written for written, _ in ids)
        told = {account: score for score, account in self._keys.get("edged", ())}
        assert (self._account in told) == bool(ids)
        assert not ids or told[self._account] <= ids[0][0]
        if first > 1:
            return
        found: dict[tuple[int, int], list[LeaseEdge]] = {}
        for (written, _), (_, [(_, body)]) in zip(ids, entries, strict=True):
            position, edge = unpack_edge(body.encode("latin-1"))
            assert edge.time <= written
            found.setdefault((position, edge.key.code), []).append(edge)
        for edges in found.values():
            assert [edge.begins for edge in edges] == [place % 2 == 0 for place in range(len(edges))]
            assert [edge.time for edge in edges] == sorted(edge.time for edge in edges)
            for begin, end in zip(edges[::2], edges[1::2], strict=False):
                assert begin.key == end.key
        is_open = {who: edges[-1].key.team_id for who, edges in found.items() if edges[-1].begins}
        has: dict[tuple[int, int], str] = {}
        for user, raw in users.items():
            record, position = read_record(user, raw.encode("latin-1"))
            layers = unpack(record.layers)
            for code, leases in ((CONNECTED, layers.sessions), (ENGAGED, layers.engagements)):
                if leases:
                    has[position, code] = record.profile.team_id
        assert is_open == has, "what goes on"


def _number(member: str) -> int:
    return int.from_bytes(member.encode("latin-1"), "big")
