"""Packages that are not installed: what a command needs is told in one line, with the extra that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_OF_REMOTE_USE: Final = frozenset({"rich", "transitions", "typer"})
"""Packages of `onduty[cli]`; every other package that a command needs is the server's."""

_OF_SERVER: Final = frozenset({"config", "serve", "store"})
"""Commands that need the server's packages."""

_EXPORT: Final = "export"


def what_to_install(package: str, arguments: Sequence[str]) -> str:
    """Return the message for the command `arguments`, which could not import `package`."""
    command = arguments[0] if arguments else ""
    if command not in _OF_SERVER and package in _OF_REMOTE_USE:
        return (
            f"the package {package} is not installed; the command line comes with: pip install 'onduty[cli]', "
            "or with the server: pip install 'onduty[server]'"
        )
    if command == _EXPORT:
        return f"the package {package} is not installed; `onduty export` comes with: pip install 'onduty[export]'"
    line = f"the package {package} is not installed; the server comes with: pip install 'onduty[server]'"
    return f"{line}, or run: uvx --from 'onduty[server]' onduty serve" if command == "serve" else line
