"""Calls to a server: one client for one command, and its errors as exit codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._errors import ExitCode, Failure, usage

if TYPE_CHECKING:
    from onduty_client import Client


def quiet_grpc() -> None:
    """Keep gRPC's core from writing lines of its own to stderr, unless the environment asks for them."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


@contextmanager
def connect(server: str, timeout: float, actor: str = "") -> Iterator[Client]:
    """A client of `server` for the length of a command.

    Raises:
        Failure: a call failed, in words for the person who typed the command.
    """
    quiet_grpc()
    import onduty_client

    with onduty_client.Client(server, timeout=timeout, actor=actor) as client:
        try:
            yield client
        except onduty_client.StoreUnavailable as error:
            raise Failure(f"{server}: {error.message}", ExitCode.UNAVAILABLE) from None
        except onduty_client.Unavailable as error:
            raise Failure(f"no answer from {server}: {error.message}", ExitCode.UNAVAILABLE) from None
        except onduty_client.DeadlineExceeded:
            raise Failure(
                f"no answer from {server} within {timeout:g} s; whether a change took place is unknown",
                ExitCode.UNAVAILABLE,
            ) from None
        except onduty_client.OndutyError as error:
            raise Failure(error.message) from None
        except UnicodeEncodeError:
            raise usage("an argument is not valid UTF-8") from None
        except ValueError as error:
            # What cannot even be sent.
            raise usage(str(error)) from None
