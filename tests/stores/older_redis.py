"""Makes the keys in `tests/data/redis-schema-1` and `redis-schema-2`, and shows what a store makes of them.

It runs with the code of the last release that wrote the schema and with that of today: the one made the keys and wrote
down what it shows of them, the other must show the same. See the READMEs beside them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from redis import Redis
from tests.fakes import START
from tests.stores.backends import RedisBackend
from tests.stores.site import DAY, HOUR, MINUTE, SECOND, Site
from tests.valkey import shared_server

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Resume, Status, Then
from onduty_server.stores.redis.steps import StepSizes

ACCOUNTS: Final = ("acme", "zürich", "unconfigured", "empty")
ENDED: Final = START + 3 * HOUR
ENDED_WITH_LAYERS: Final = ENDED + HOUR
AFTER: Final = {"at once": SECOND, "after an hour": HOUR, "after a weekend": 2 * DAY}
"""How long after its end (ms) a process is started on the keys."""
_OPTIONS: Final = StoreOptions(outage_grace_ms=5 * MINUTE)
_VIEW_FIELDS_1: Final = (
    *("user_id", "status", "cause", "status_since", "last_activity", "next_status", "next_status_time"),
    *("actor", "reason", "revision"),
)
_CHANGE_FIELDS_1: Final = (
    *("user_id", "revision", "previous_status", "status", "cause", "effective_time", "commit_time"),
    *("actor", "reason", "caller"),
)
_WRITE: Final[dict[str, Callable[[Any], tuple[Any, ...]]]] = {
    "string": lambda value: ("SET", value),
    "hash": lambda pairs: ("HSET", *(part for pair in pairs for part in pair)),
    "list": lambda values: ("RPUSH", *values),
    "set": lambda values: ("SADD", *values),
    "zset": lambda pairs: ("ZADD", *(part for pair in pairs for part in pair)),
}


async def live(site: Site) -> None:
    """Let everybody come to every state, and a workflow be replaced while users are overdue under it."""
    service = site.service
    await site.configure({"enabled": True, "away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE}, caller="crm")
    await site.activity("offline by inactivity")
    await site.live(25 * MINUTE)
    await site.populate([f"agent-{number}" for number in range(8)])
    await site.activity("away by inactivity")
    await site.live(11 * MINUTE)
    await site.sweep()
    await site.set("ada", Status.AWAY, actor="grace", reason="Mittag, früh", caller="crm")
    await site.set("hopper", Status.OFFLINE, actor="hopper")
    await site.set("early", Status.ONLINE, reason="early shift")
    await site.activity("late", site.now - 3 * MINUTE)
    await site.activity("stale", site.now - 20 * MINUTE)
    await site.activity("agent-3")
    await service.update_workflow("zürich", {"enabled": True, "offline_after_ms": HOUR, "resume": Resume.NEVER})
    await asyncio.gather(*(service.record_activity("zürich", f"größe {number} 😀") for number in range(3)))
    await service.set_status("unconfigured", "somebody", Status.AWAY, reason='"quoted"\\')
    await service.update_workflow("empty", {"away_after_ms": 5 * MINUTE})
    await site.live(20 * MINUTE)
    await site.populate([f"agent-{number}" for number in range(6)])
    # An outage, and then a change of the workflow over more users who are overdue than it switches by itself.
    site.advance(20 * MINUTE)
    await site.store.heartbeat()
    await site.live(12 * MINUTE)
    await site.configure(away_after_ms=2 * HOUR, offline_after_ms=3 * HOUR)
    await site.set("agent-4", Status.ONLINE, actor="grace", reason="back")
    await site.live(ENDED - site.now)


async def live_with_layers(site: Site) -> None:
    """As `live`, with sessions, engagements and statuses with an end, of which some are over and others not."""
    await live(site)
    service = site.service
    await service.update_workflow("acme", {"disconnect_after_ms": 10 * MINUTE}, actor="victim", caller="crm")
    await site.populate(["victim", "linus", "margaret"])
    await site.keep("victim", "victims-browser", 2 * HOUR)
    await site.engage("victim", "victims-call", HOUR)
    await site.keep("linus", "phone", 5 * MINUTE)
    await site.keep("margaret", "browser", 3 * HOUR)
    await site.engage("margaret", "call-1", 30 * MINUTE)
    await site.engage("margaret", "call-2", 4 * HOUR)
    await site.set("hopper", Status.AWAY, actor="victim", reason="training", until=site.now + 90 * MINUTE)
    await site.set("ada", Status.AWAY, actor="victim", until=site.now + 30 * MINUTE, then=Then.AUTOMATIC)
    await site.set("early", Status.ONLINE, actor="grace", caller="victim", until=site.now + HOUR, then=Then.OFFLINE)
    await service.keep_session("zürich", "größe 1 😀", "fenêtre", HOUR)
    await service.update_workflow("empty", {"disconnect_status": Status.AWAY}, actor="victim")
    await site.live(20 * MINUTE)
    await site.sweep()
    await site.set("victim", Status.AWAY, actor="victim", reason="sick leave", until=site.now + 2 * HOUR)
    await site.set("linus", Status.AWAY, actor="victim", reason="back soon", until=site.now + DAY)
    await site.live(ENDED_WITH_LAYERS - site.now)


class Schema(NamedTuple):
    """A schema: how its keys came to be, until when, and the fields that its last release shows."""

    live: Callable[[Site], Awaitable[None]]
    ended: int
    view: tuple[str, ...]
    change: tuple[str, ...]


SCHEMAS: Final = {
    1: Schema(live, ENDED, _VIEW_FIELDS_1, _CHANGE_FIELDS_1),
    2: Schema(
        live_with_layers,
        ENDED_WITH_LAYERS,
        (*_VIEW_FIELDS_1, "next_cause", "expire_time", "then", "connected", "engagements"),
        (*_CHANGE_FIELDS_1, "expire_time", "then"),
    ),
}


class OlderBackend(RedisBackend):
    """Settles few users when a workflow changes, so that a past policy is left."""

    redis_steps = StepSizes(settle=2)


async def shown(backend: RedisBackend, after_ms: int, number: int = 1) -> dict[str, Any]:
    """Everything that is shown by a process that is started on keys of a schema so long after their process ended."""
    schema = SCHEMAS[number]
    await backend.open(_OPTIONS, now=schema.ended + after_ms)
    site = Site(backend)
    found: dict[str, Any] = {"read": {account: await _seen(site, account, schema) for account in ACCOUNTS}}
    await site.sweep()
    found["settled"] = {account: await _seen(site, account, schema) for account in ACCOUNTS}
    await site.live(40 * MINUTE)
    await site.sweep()
    found["later"] = {account: await _seen(site, account, schema) for account in ACCOUNTS}
    found["history"] = {
        account: [_fields(change, schema.change) for change in await site.history(account=account)]
        for account in ACCOUNTS
    }
    await backend.stop()
    return found


def in_order_of_time(found: dict[str, Any], number: int) -> dict[str, Any]:
    """What `shown` has found, as if overdue switches that were recorded together were so in the order of their times.

    Older releases recorded those under a replaced workflow first.
    """
    schema = SCHEMAS[number]
    revision, *order = (schema.change.index(name) for name in ("revision", "commit_time", "effective_time", "user_id"))
    histories, revisions = {}, {}
    for account, changes in found["history"].items():
        in_order = sorted(changes, key=lambda change: tuple(change[place] for place in order))
        given = {change[revision]: before[revision] for change, before in zip(in_order, changes, strict=True)}
        histories[account] = [_replaced(change, revision, given) for change in in_order]
        revisions[account] = given
    seen = {
        when: {
            account: {
                **what,
                "views": [_replaced(view, schema.view.index("revision"), revisions[account]) for view in what["views"]],
            }
            for account, what in found[when].items()
        }
        for when in ("read", "settled", "later")
    }
    return {**seen, "history": histories}


def _replaced(row: list[Any], place: int, values: dict[int, int]) -> list[Any]:
    return [*row[:place], values.get(row[place], row[place]), *row[place + 1 :]]


async def _seen(site: Site, account: str, schema: Schema) -> dict[str, Any]:
    return {
        "views": [_fields(view, schema.view) for view in await site.views(account=account)],
        "available": [await site.available(order, account=account) for order in sorted(AvailabilityOrder, key=int)],
        "workflow": repr((await site.service.get_workflow(account)).etag),
    }


def _fields(item: object, names: tuple[str, ...]) -> list[Any]:
    return [getattr(item, name) for name in names]


def _connection(port: int | None = None) -> Any:
    return Redis(port=port or shared_server().port, decode_responses=False)


def keys_of(prefix: str) -> dict[str, Any]:
    """All keys of a store: by name without the prefix, their type and content as text in latin-1."""
    found: dict[str, Any] = {}
    connection = _connection()
    for key in sorted(connection.keys(f"{prefix}:*")):
        kind = connection.type(key).decode()
        reads: dict[str, Callable[[bytes], Any]] = {
            "string": lambda key: connection.get(key),
            "hash": lambda key: sorted(connection.hgetall(key).items()),
            "list": lambda key: connection.lrange(key, 0, -1),
            "set": lambda key: sorted(connection.smembers(key)),
            "zset": lambda key: [(int(score), name) for name, score in connection.zrange(key, 0, -1, withscores=True)],
            "stream": lambda key: [(name, sorted(fields.items())) for name, fields in connection.xrange(key)],
        }
        found[key.decode().removeprefix(f"{prefix}:")] = [kind, _as_text(reads[kind](key))]
    connection.close()
    return found


def write_keys(prefix: str, keys: dict[str, Any], *, port: int | None = None) -> None:
    """Write what `keys_of` has read under another prefix, to another server if one is given."""
    connection = _connection(port)
    for name, (kind, content) in keys.items():
        key, content = f"{prefix}:{name}".encode(), _as_bytes(content)
        if kind == "stream":
            for entry, fields in content:
                connection.execute_command("XADD", key, entry, *(part for pair in fields for part in pair))
        else:
            command, *args = _WRITE[kind](content)
            connection.execute_command(command, key, *args)
    connection.close()


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [_as_text(each) for each in value] if isinstance(value, list | tuple) else value


def _as_bytes(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("latin-1")
    return [_as_bytes(each) for each in value] if isinstance(value, list) else value


async def make(directory: Path, number: int) -> str:
    """Make the keys of a schema, and what is shown of them, as the text of a file."""
    backend = OlderBackend(directory)
    await backend.open(_OPTIONS)
    await SCHEMAS[number].live(Site(backend))
    await backend.crash()
    keys = keys_of(backend.key_prefix)
    del keys["{onduty}:members"]
    result: dict[str, Any] = {"keys": keys, "shown": {}}
    for moment, after_ms in AFTER.items():
        copy = RedisBackend(directory)
        write_keys(copy.key_prefix, keys)
        result["shown"][moment] = await shown(copy, after_ms, number)
    parts = (
        f"{json.dumps(part)}: {{\n"
        + ",\n".join(f"{json.dumps(name)}: {json.dumps(each)}" for name, each in content.items())
        + "\n}"
        for part, content in result.items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    made_in = Path(sys.argv[1])
    (made_in / "store.json").write_text(asyncio.run(make(made_in, int(sys.argv[2]))), encoding="utf-8")
