"""Calls a server: makes one client for each command, and turns its errors into messages and exit codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from ..errors import ExitCode, Failure, usage
from .words import message_of

if TYPE_CHECKING:
    from onduty_client import (
        Client,
        Disconnected,
        MetadataProvider,
        OndutyError,
        Reconnected,
        ResumeRefused,
        Security,
    )

SECURITY_FLAGS: ContextVar[dict[str, Any]] = ContextVar("security_flags")
"""The command's security options, as fields of the client's `Security`."""


def quiet_grpc() -> None:
    """Keep gRPC's core from writing lines of its own to stderr, unless the environment asks for them."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def security(server: str) -> Security:
    """Return the credentials and the trusted authorities for a server, from the options or else the environment.

    Raises:
        Failure: they contradict each other, or would send a token in plain text.
    """
    from onduty_client import Security

    try:
        found = Security.from_environment(**SECURITY_FLAGS.get({}))
        found.check(server)
        found.credentials()
    except ValueError as error:
        raise usage(_in_options(str(error))) from None
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from None
    return found


def _in_options(message: str) -> str:
    """Return the message about a contradiction in terms of the options."""
    if message in ("certificate needs key as well", "key needs certificate as well"):
        return "--client-certificate needs --client-key, and the other way round"
    return message


def token_of(found: Security) -> MetadataProvider | None:
    """Return the provider of the token, or None if there is no token. It raises Failure if the token cannot be read."""
    provider = found.metadata()
    if provider is None:
        return None

    def metadata() -> list[tuple[str, str | bytes]]:
        try:
            return list(provider())
        except OSError as error:
            # Leave out the file's name, which is the token itself if the two options were mixed up.
            raise Failure(
                f"the token file cannot be read: {error.strerror}; check --token-file, or ONDUTY_TOKEN_FILE"
            ) from None
        except ValueError as error:
            raise usage(str(error)) from None

    return metadata


def unreachable(server: str, reason: str) -> Failure:
    """Return the failure for a server that was not reached. Connects again to find out why; may block for 2 s."""
    from onduty_client import diagnose_connection

    found = security(server)
    problem = diagnose_connection(server, found)
    if problem is None:
        return Failure(f"no answer from {server}{reason}", ExitCode.UNAVAILABLE)
    mend = _MENDS.get(problem.kind, "")
    if problem.kind == "CERTIFICATE_UNTRUSTED" and found.ca is None:
        mend = ": give --server-ca FILE"
    return Failure(problem.message + mend, ExitCode.UNAVAILABLE)


_MENDS: Final = {
    "HOST_NOT_FOUND": "; check --server",
    "REFUSED": "; start `onduty serve` there, or name another with --server",
    "NOT_GRPC": "; is it metrics_listen?",
    "TLS_REQUIRED": ": give --server-ca FILE, or --tls for the usual authorities",
    "TLS_NOT_SPOKEN": ": leave --tls, --server-ca and --client-certificate out",
    "CLIENT_CERTIFICATE_REQUIRED": ": give --client-certificate and --client-key",
}
"""The advice, in terms of the options, by kind of problem."""


def _was_connected(error: OndutyError) -> bool:
    import grpc

    cause = error.__cause__
    details = (cause.details() or "") if isinstance(cause, grpc.RpcError) else ""
    return not details.startswith(("failed to connect", "errors resolving"))


def refused(error: OndutyError, found: Security) -> Failure:
    """Return the failure for a call that the server refused, made with the credentials in `found`."""
    import onduty_client

    message = message_of(error)
    if isinstance(error, onduty_client.CredentialRequired) and found.token is None and found.token_file is None:
        return Failure(f"{message}; give --token-file, or set ONDUTY_TOKEN_FILE")
    if error.code.name == "INTERNAL" and error.request_id:
        # Only the server's log can tell more.
        return Failure(f"{message}; the server's log tells more under request_id {error.request_id}")
    return Failure(message)


@contextmanager
def connect(server: str, timeout: float, actor: str = "") -> Iterator[Client]:
    """Yield a client of `server` for a command.

    Raises:
        Failure: a call failed; the message is for the user of the command.
    """
    import onduty_client

    found = security(server)
    with onduty_client.Client(
        server, timeout=timeout, actor=actor, credentials=found.credentials(), metadata=token_of(found)
    ) as client:
        try:
            yield client
        except onduty_client.OndutyError as error:
            raise _call_failure(error, server, found, timeout) from None
        except UnicodeEncodeError:
            raise usage("an argument is not valid UTF-8") from None
        except ValueError as error:
            # The call cannot be sent at all.
            raise usage(str(error)) from None


def _call_failure(error: OndutyError, server: str, found: Security, timeout: float) -> Failure:
    import onduty_client

    if isinstance(error, onduty_client.StoreUnavailable):
        return Failure(f"{server}: {error.message}", ExitCode.UNAVAILABLE)
    if isinstance(error, onduty_client.Unavailable):
        if _was_connected(error):
            # A diagnosis now would say nothing about a call that may have been carried out.
            return Failure(f"no answer from {server}: {error.message}", ExitCode.UNAVAILABLE)
        return unreachable(server, f": {error.message}")
    if isinstance(error, onduty_client.DeadlineExceeded):
        return unreachable(server, f" within {timeout:g} s; whether a change took place is unknown")
    return refused(error, found)


def stream_failure(error: OndutyError, server: str) -> Failure:
    """Return the failure that ended a watch or an upload. May block for 2 s."""
    import onduty_client

    if error.is_final:
        return refused(error, security(server))
    if error.reason:
        # The server is there and refuses, but a store that cannot write counts as an unavailable server.
        cannot = isinstance(error, onduty_client.StoreUnavailable)
        return Failure(f"{server}: {error.message}", ExitCode.UNAVAILABLE if cannot else ExitCode.FAILED)
    return unreachable(server, f": {error.message}")


def connection_note(server: str, event: Disconnected | Reconnected | ResumeRefused) -> str:
    """Return the message about a change of the connection."""
    import onduty_client

    if isinstance(event, onduty_client.Reconnected):
        return f"{server}: connected again after {event.after:.1f} s"
    if isinstance(event, onduty_client.Disconnected):
        return f"{server}: connection lost: {event.error}; trying to reconnect"
    return f"{server}: the watch cannot be resumed; beginning with a snapshot"
