"""Calls to a server: one client for one command, and its errors as exit codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ..errors import ExitCode, Failure, usage

if TYPE_CHECKING:
    from onduty_client import Client, MetadataProvider, OndutyError, Security

SECURITY_FLAGS: ContextVar[dict[str, Any]] = ContextVar("security_flags")
"""What the command's own options say about security: fields of the client's `Security`."""


def quiet_grpc() -> None:
    """Keep gRPC's core from writing lines of its own to stderr, unless the environment asks for them."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def security(server: str) -> Security:
    """How to reach a server, and as whom: by the options, else by the environment.

    Raises:
        Failure: they contradict each other, or would send a token in plain text.
    """
    from onduty_client._security import Security, environment_values

    flags = SECURITY_FLAGS.get({})
    try:
        values = environment_values(os.environ)
        if "token" in flags or "token_file" in flags:
            values.pop("token", None), values.pop("token_file", None)
        if ("certificate" in (given := {**values, **flags})) != ("key" in given):
            raise usage("--client-certificate needs --client-key, and the other way round")
        found = Security(**given)
        found.check(server)
        found.credentials()
    except ValueError as error:
        raise usage(str(error)) from None
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from None
    return found


def token_of(found: Security) -> MetadataProvider | None:
    """What sends the token along with a call, if there is one; it raises Failure when the token cannot be had."""
    provider = found.metadata()
    if provider is None:
        return None

    def metadata() -> list[tuple[str, str | bytes]]:
        try:
            return list(provider())
        except OSError as error:
            # Without its name, which is the token itself when somebody has mixed the two options up.
            raise Failure(
                f"the token file cannot be read: {error.strerror}; check --token-file, or ONDUTY_TOKEN_FILE"
            ) from None
        except ValueError as error:
            raise usage(str(error)) from None

    return metadata


def unreachable(server: str, reason: str) -> Failure:
    """Why a server could not be reached, for the person who typed the command. Looks again, so it may block for 2 s."""
    from .probe import connection_mistake

    message = connection_mistake(server, security(server)) or f"no answer from {server}{reason}"
    return Failure(message, ExitCode.UNAVAILABLE)


def _was_connected(error: OndutyError) -> bool:
    import grpc

    cause = error.__cause__
    details = (cause.details() or "") if isinstance(cause, grpc.RpcError) else ""
    return not details.startswith(("failed to connect", "errors resolving"))


def refused(error: OndutyError, found: Security) -> Failure:
    """Why the server refused a call that presented `found`, for the person who typed the command."""
    import onduty_client

    if isinstance(error, onduty_client.CredentialRequired) and found.token is None and found.token_file is None:
        return Failure(f"{error.message}; give --token-file, or set ONDUTY_TOKEN_FILE")
    return Failure(error.message)


@contextmanager
def connect(server: str, timeout: float, actor: str = "") -> Iterator[Client]:
    """A client of `server` for the length of a command.

    Raises:
        Failure: a call failed, in words for the person who typed the command.
    """
    import onduty_client

    found = security(server)
    with onduty_client.Client(
        server, timeout=timeout, actor=actor, credentials=found.credentials(), metadata=token_of(found)
    ) as client:
        try:
            yield client
        except onduty_client.StoreUnavailable as error:
            raise Failure(f"{server}: {error.message}", ExitCode.UNAVAILABLE) from None
        except onduty_client.Unavailable as error:
            if _was_connected(error):
                # What is found now says nothing of a call that may have taken place.
                raise Failure(f"no answer from {server}: {error.message}", ExitCode.UNAVAILABLE) from None
            raise unreachable(server, f": {error.message}") from None
        except onduty_client.DeadlineExceeded:
            raise unreachable(server, f" within {timeout:g} s; whether a change took place is unknown") from None
        except onduty_client.OndutyError as error:
            raise refused(error, found) from None
        except UnicodeEncodeError:
            raise usage("an argument is not valid UTF-8") from None
        except ValueError as error:
            # What cannot even be sent.
            raise usage(str(error)) from None
