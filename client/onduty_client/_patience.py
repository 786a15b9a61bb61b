"""The records `Patience`, and the events of a connection."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """The time for which a watch or an upload keeps trying while the server can't be reached.

    There is a random wait of up to 5 s between two attempts, or longer if the server asks for it. A refusal that would
    be repeated (`OndutyError.is_final`) ends the attempts at once.

    Attributes:
        connect: seconds until the server has answered for the first time.
        reconnect: seconds until a lost connection is there again.
    """

    connect: float = math.inf
    reconnect: float = math.inf

    def __post_init__(self) -> None:
        for name in ("connect", "reconnect"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be more than 0 seconds, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection was lost because of `error`, and is being made again."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The connection is there again, after `after` seconds without one."""

    after: float
