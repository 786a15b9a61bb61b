"""The command `health`: asks the probes of a server on this machine, for container runtimes and scripts."""

from __future__ import annotations

from typing import Annotated

import typer

from ...text.addresses import DEFAULT_HTTP_LISTEN, split_address
from ..errors import ExitCode, Failure, usage
from ..options import parser, positive_seconds
from ..output import line

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that a server listens on, and where to reach it there."""


def health(
    address: Annotated[
        str,
        typer.Option(
            "--http-listen",
            metavar="HOST:PORT",
            envvar="ONDUTY_HTTP_LISTEN",
            help="Address that the server serves HTTP on.",
        ),
    ] = DEFAULT_HTTP_LISTEN,
    certificate: Annotated[
        str,
        typer.Option(
            "--tls-certificate",
            metavar="FILE",
            envvar="ONDUTY_TLS_CERTIFICATE",
            help="Anything but 'off' if the server serves TLS; the file is not read.",
        ),
    ] = "off",
    live: Annotated[bool, typer.Option("--live", help="Ask if the process lives, not if it takes calls.")] = False,
    timeout_s: Annotated[
        float,
        typer.Option("--timeout", metavar="PERIOD", parser=parser(positive_seconds), help="Longest wait."),
    ] = "2s",  # type: ignore[assignment] # parsed as what is typed
) -> None:
    """Ask a server on this machine if it takes calls.

    The exit code is 0 if it does, 1 if it does not, and 3 if there is no answer. In the server's own environment it
    needs no options: it takes the address from there. It asks over HTTP, with no credential, and does not verify the
    certificate, because it sends nothing that is secret.
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
    """Return the status of a probe, and its line."""
    # Here, because other commands do without them.
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
        raise Failure(f"{host}:{port} does not answer: {why}", ExitCode.UNAVAILABLE) from None
    finally:
        connection.close()
