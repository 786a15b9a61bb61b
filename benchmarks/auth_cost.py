"""CPU that authentication and permission checks add to a unary call.

`onduty serve` over SQLite, alike but for how a caller says who it is: some ask nobody, some take API keys, some JWTs
(ES256, about 400 bytes); several processes of each, since identical code differs by 5 to 7 % from process to process.
The callers have the role `backend` within the one account they call about. As in CPU per unary call, a process calls
each in turn, in rounds, about users who were asked about before; the cost of a process is that of its cheapest rounds,
and a ratio is that of the means over the processes of each kind. That of two kinds which ask nobody says how much of it
is chance. Only the callers that must send a credential do, so what gRPC makes of one more header is counted too: it is
shown apart, as that of an empty handler which is sent the API key to one which is not.

Left out: TLS (its cost is of bytes and of connections, and the same for every way to authenticate), and the first call
with a credential, which is verified then and remembered until it expires; verifying is shown on its own.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from onduty.v1 import status_pb2 as pb
from onduty_server.access.jwts import TokenRules, parse_jwks, read_token
from onduty_server.access.key_file import NEVER, parse_key_file, written_key
from onduty_server.access.keys import find_key, new_key
from onduty_server.access.permissions import BUNDLES

from .call_cost import listed_costs, mean_cost, method_path
from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, user_id
from .processes import child, cpu_ns, serving
from .wire import Wire

TITLE = "CPU that authentication adds to a unary call"
_IN_FLIGHT = 16
_METHODS = ("RecordActivity", "GetStatus")
_ISSUER, _AUDIENCE = "https://issuer.benchmark", "onduty"
_OPEN, _AGAIN = "nobody is asked", "nobody, once more"
_EMPTY, _EMPTY_WITH_KEY = "an empty handler", "an empty handler, API key"
_USERS = 1_000
"""All of whom are known before the first round: a connection must not be idle for long meanwhile."""
_GOAL = 1.03
_AT_ONCE = 100
"""Calls while users are made: a connection takes no more than `connection_calls` at once."""
_SHORTER = 5
"""How much shorter rounds are than those of CPU per unary call, and half of it how many more."""
_VERIFICATIONS = 200


@dataclass(frozen=True, slots=True)
class _Target:
    pid: int
    port: int
    credential: str


Costs = dict[str, list[list[float]]]
"""By the way to authenticate, for each process: the costs of its rounds (us of CPU a call)."""


def run(context: Context) -> Sequence[Figure]:
    """Measure both methods with both kinds of credential, and how long it takes to verify one."""
    scale = context.scale
    users = [user_id(index) for index in range(min(scale.call_users, _USERS))]
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    with context.folder("auth-cost") as folder, ExitStack() as stack:
        key, token = _write_files(folder)
        ways = {
            _OPEN: ("", []),
            _AGAIN: ("", []),
            "API key": (key, ["--key-file", str(folder / "keys")]),
            "JWT": (token, _jwt_options(folder)),
        }
        targets: dict[str, list[_Target]] = {name: [] for name in ways}
        answer = pb.UserStatus()
        for number in range(scale.call_processes):
            for name, (credential, options) in ways.items():
                store = f"sqlite:{folder / f'{name}-{number}.db'}"
                server = stack.enter_context(serving(folder, store, "--audit-log", "off", *options))
                targets[name].append(_Target(server.pid, server.port, credential))
                answer = _make_known(server.port, credential, messages)
        arguments = ["--answer", answer.SerializeToString().hex()]
        targets |= {_EMPTY: [], _EMPTY_WITH_KEY: []}
        for _ in range(scale.call_processes):
            process = stack.enter_context(child("benchmarks.empty_server", *arguments))
            port = int(process.line())
            for name, credential in ((_EMPTY, ""), (_EMPTY_WITH_KEY, key)):
                targets[name].append(_Target(process.pid, port, credential))
        figures: list[Figure] = []
        for method in _METHODS:
            rounds, calls = scale.call_rounds * _SHORTER // 2, scale.calls_per_round // _SHORTER
            costs = _rounds(method, targets, messages, rounds, calls)
            figures += [
                _ratio(method, costs, name, _OPEN, None if name == _AGAIN else _GOAL) for name in list(ways)[1:]
            ]
            figures.append(_ratio(method, costs, _EMPTY_WITH_KEY, _EMPTY, None))
        return [*figures, *_verifications(folder, key, token)]


def _write_files(folder: Path) -> tuple[str, str]:
    """A key file and a JWKS; a key and a token that they let in."""
    made = new_key()
    line = written_key(
        key_id=made.key_id,
        digest=made.digest,
        name="benchmark",
        roles=["backend"],
        accounts=[ACCOUNT],
        user_id="",
        created_at=0,
        expires_at=NEVER,
    )
    (folder / "keys").write_text(line + "\n")
    private = ec.generate_private_key(ec.SECP256R1())
    jwk = {**ECAlgorithm.to_jwk(private.public_key(), as_dict=True), "kid": "one"}
    (folder / "jwks").write_text(json.dumps({"keys": [jwk]}))
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": "benchmark",
        "exp": int(time.time()) + 86_400,
        "onduty_roles": ["backend"],
        "onduty_accounts": [ACCOUNT],
    }
    return made.secret, jwt.encode(claims, private, algorithm="ES256", headers={"kid": "one"})


def _jwt_options(folder: Path) -> list[str]:
    return ["--jwt-keys", str(folder / "jwks"), "--jwt-issuer", _ISSUER, "--jwt-audience", _AUDIENCE]


def _rounds(
    method: str, targets: dict[str, list[_Target]], messages: Sequence[bytes], rounds: int, calls: int
) -> Costs:
    shuffled = random.Random(1)
    costs: Costs = {name: [[] for _ in each] for name, each in targets.items()}
    with ExitStack() as stack:
        wires = {
            target: stack.enter_context(_wire(target, method, messages)) for each in targets.values() for target in each
        }
        names = list(targets)
        for number in range(rounds):
            sent = shuffled.choices(messages, k=calls)
            for place in range(len(targets[_OPEN])):
                # Whoever comes first in a round is not always the same.
                for name in names[number % len(names) :] + names[: number % len(names)]:
                    target = targets[name][place]
                    before_ns = cpu_ns(target.pid)
                    wires[target].call_all(sent, _IN_FLIGHT)
                    costs[name][place].append((cpu_ns(target.pid) - before_ns) / 1_000 / calls)
    return costs


def _wire(target: _Target, method: str, messages: Sequence[bytes]) -> Wire:
    """A connection, after calls about everybody: once to be known, and once more for all that is kept then."""
    headers = {"authorization": f"Bearer {target.credential}"} if target.credential else {}
    wire = Wire(target.port, method_path(method), headers)
    for _ in range(2):
        wire.call_all(messages, _IN_FLIGHT)
    return wire


def _ratio(method: str, costs: Costs, name: str, beside: str, goal: float | None) -> Figure:
    mine, theirs = mean_cost(costs[name]), mean_cost(costs[beside])
    medians = [statistics.mean(map(statistics.median, costs[each])) for each in (name, beside)]
    detail = f"{mine:.1f} beside {theirs:.1f} us; by the medians of rounds {medians[0] / medians[1]:.2f}; "
    detail += f"processes {listed_costs(costs[name])} beside {listed_costs(costs[beside])}"
    return Figure(f"{method}: {name} / {beside}", mine / theirs, "x", None if goal is None else at_most(goal), detail)


def _make_known(port: int, credential: str, messages: Sequence[bytes]) -> pb.UserStatus:
    """Make every user known; an answer as the service gives it."""
    metadata = (("authorization", f"Bearer {credential}"),) if credential else None
    answer = b""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        record: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method_path("RecordActivity"))
        for start in range(0, len(messages), _AT_ONCE):
            chunk = messages[start : start + _AT_ONCE]
            for future in [record.future(message, metadata=metadata) for message in chunk]:
                answer = future.result()
    return pb.RecordActivityResponse.FromString(answer).user_status


def _verifications(folder: Path, key: str, token: str) -> list[Figure]:
    now = int(time.time() * 1_000)
    keys = parse_key_file((folder / "keys").read_bytes(), BUNDLES)
    rules = TokenRules(_ISSUER, _AUDIENCE, ("ES256",), "onduty_roles", "onduty_accounts")
    token_keys = parse_jwks((folder / "jwks").read_bytes(), rules.algorithms)
    return [
        Figure("verifying an API key", _each_us(lambda: find_key(key, keys)), "us", None, "once for each credential"),
        Figure(
            "verifying a JWT",
            _each_us(lambda: read_token(token, token_keys, rules, BUNDLES, now)),
            "us",
            None,
            "once for each credential",
        ),
    ]


def _each_us(verify: Callable[[], object]) -> float:
    began_ns = time.process_time_ns()
    for _ in range(_VERIFICATIONS):
        assert verify()
    return max(time.process_time_ns() - began_ns, 1) / 1_000 / _VERIFICATIONS
