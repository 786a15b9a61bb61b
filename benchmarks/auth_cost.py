"""CPU that authentication and permission checks add to a unary call.

Four `onduty serve` over SQLite, alike but for how a caller says who it is: two ask nobody, one takes API keys, one
JWTs (ES256, about 400 bytes). The callers have the role `backend` within the one account they call about. As in CPU per
unary call, a process calls each in turn, in rounds, over one connection each; the ratio is taken in each round, and the
figure is the median over the rounds, which are short and many because the difference is small: that of the two servers
which ask nobody says how much of it is chance. Only the callers that must send a credential do, so what gRPC makes of
one more header is counted too.

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

from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, user_id
from .processes import cpu_ns, serving
from .wire import Wire

TITLE = "CPU that authentication adds to a unary call"
_IN_FLIGHT = 16
_METHODS = ("RecordActivity", "GetStatus")
_ISSUER, _AUDIENCE = "https://issuer.benchmark", "onduty"
_OPEN, _AGAIN = "nobody is asked", "nobody, once more"
_GOAL = 1.03
_AT_ONCE = 100
"""Calls while users are made: a connection takes no more than `connection_calls` at once."""
_SHORTER = 5
"""How much shorter, and more, rounds are than those of CPU per unary call."""
_VERIFICATIONS = 200


def run(context: Context) -> Sequence[Figure]:
    """Measure both methods with both kinds of credential, and how long it takes to verify one."""
    scale = context.scale
    users = [user_id(index) for index in range(scale.call_users)]
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    with context.folder("auth-cost") as folder, ExitStack() as stack:
        key, token = _write_files(folder)
        ways = {
            _OPEN: ("", []),
            _AGAIN: ("", []),
            "API key": (key, ["--key-file", str(folder / "keys")]),
            "JWT": (token, _jwt_options(folder)),
        }
        targets: dict[str, tuple[int, int, str]] = {}
        for number, (name, (credential, options)) in enumerate(ways.items()):
            store = f"sqlite:{folder / f'{number}.db'}"
            server = stack.enter_context(serving(folder, store, "--audit-log", "off", *options))
            targets[name] = (server.pid, server.port, credential)
        figures: list[Figure] = []
        for method in _METHODS:
            figures += _measure(
                method, targets, messages, scale.call_rounds * _SHORTER, scale.calls_per_round // _SHORTER
            )
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


def _measure(
    method: str, targets: dict[str, tuple[int, int, str]], messages: Sequence[bytes], rounds: int, calls: int
) -> list[Figure]:
    shuffled = random.Random(1)
    costs_us: dict[str, list[float]] = {name: [] for name in targets}
    wires = {}
    for name, (_, port, credential) in targets.items():
        if method == _METHODS[0]:
            _make_known(port, credential, messages)
        headers = {"authorization": f"Bearer {credential}"} if credential else {}
        wires[name] = Wire(port, f"/onduty.v1.StatusService/{method}", headers)
        wires[name].call_all(messages[:calls], _IN_FLIGHT)  # the first round of a connection is not like the others
    names = list(targets)
    for number in range(rounds):
        sent = [shuffled.choice(messages) for _ in range(calls)]
        # Whoever comes first in a round is not always the same.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            pid = targets[name][0]
            before_ns = cpu_ns(pid)
            wires[name].call_all(sent, _IN_FLIGHT)
            costs_us[name].append((cpu_ns(pid) - before_ns) / 1_000 / calls)
    for wire in wires.values():
        wire.__exit__(None, None, None)
    open_us, *others = names
    assert open_us == _OPEN
    figures = []
    for name in others:
        ratios = [mine / theirs for mine, theirs in zip(costs_us[name], costs_us[open_us], strict=True)]
        low, _, high = statistics.quantiles(ratios, n=4)
        detail = f"half of {len(ratios)} rounds in {low:.2f} to {high:.2f}; "
        detail += f"{statistics.median(costs_us[name]):.0f} beside {statistics.median(costs_us[open_us]):.0f} us"
        figures.append(
            Figure(
                f"{method}: {name} / {open_us}",
                statistics.median(ratios),
                "x",
                None if name == _AGAIN else at_most(_GOAL),
                detail,
            )
        )
    return figures


def _make_known(port: int, credential: str, messages: Sequence[bytes]) -> None:
    metadata = (("authorization", f"Bearer {credential}"),) if credential else None
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        record: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            "/onduty.v1.StatusService/RecordActivity"
        )
        for start in range(0, len(messages), _AT_ONCE):
            chunk = messages[start : start + _AT_ONCE]
            for future in [record.future(message, metadata=metadata) for message in chunk]:
                future.result()


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
