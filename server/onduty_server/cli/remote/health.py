"""The command `health`: queries the probes of a server on this machine, for container runtimes and scripts."""

from __future__ import annotations

from typing import Annotated

import typer

from ...text.addresses import DEFAULT_HTTP_LISTEN, split_address
from ..errors import ExitCode, Failure, usage
from ..options import parser, positive_seconds
from ..output import line

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that stand for all of a machine's, and the local address at which such a server can be reached."""


def health(
    address: Annotated[
        str,
        typer.Option(
            "--http-listen",
            metavar="HOST:PORT",
            envvar="ONDUTY_HTTP_LISTEN",
            help="Address on which the server serves HTTP.",
        ),
    ] = DEFAULT_HTTP_LISTEN,
    certificate: Annotated[
        str,
        typer.Option(
            "--tls-certificate",
            metavar="FILE",
            envvar="ONDUTY_TLS_CERTIFICATE",
            help="Any value but 'off' means that the server uses TLS; the file is not read.",
        ),
    ] = "off",
    live: Annotated[bool, typer.Option("--live", help="Check only that the process is alive.")] = False,
    timeout_s: Annotated[
        float,
        typer.Option("--timeout", metavar="PERIOD", parser=parser(positive_seconds), help="Longest wait."),
    ] = "2s",  # type: ignore[assignment] # parsed as what is typed
) -> None:
    """Check that a server on this machine takes calls.

    The exit code is 0 if it does, 1 if it does not, and 3 if there is no answer. It needs no options where the server's
    environment variables are set, such as in its container. The request goes over HTTP without a credential, and the
    certificate is not verified, since nothing secret is sent.
    """
    try:
        host, port = split_address(address)
    except ValueError as error:
        raise usage(f"--http-listen: {error}") from None
    path = "/healthz" if live else "/readyz"
    status, said = _ask(_ANYWHERE.get(host, host), port, path, timeout_s, tls=certificate != "off")
    if status != 200:
        raise Failure(f"{address}: {said}")
    line(said)


def _ask(host: str, port: int, path: str, timeout_s: float, *, tls: bool) -> tuple[int, str]:
    """Return the HTTP status and the text of a probe."""
    # Imported here, because other commands do not need them.
    import http.client
    import ssl

    connection = (
        http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl._create_unverified_context())
        if tls
        else http.client.HTTPConnection(host, port, timeout=timeout_s)
    )
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(1_000).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or "no answer"
        if not tls and isinstance(error, http.client.RemoteDisconnected | ConnectionResetError):
            why += "; if it uses TLS, give --tls-certificate, too"
        raise Failure(f"{host}:{port} does not answer: {why}", ExitCode.UNAVAILABLE) from None
    finally:
        connection.close()
