"""The commands `key create`, `key list` and `key revoke`: the file of API keys that the server reads.

Invariants: a key is shown once, on standard output, and never kept; the file is replaced whole (`_replace`), so that a
server never reads half of one; nobody else may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..errors import Failure, usage
from ..help import CommandGroup
from ..options import Json, parser, positive_seconds
from ..output import json_line, line, note, table
from ..times import wall_clock
from ..zone import Zone
from .file_replacement import replacing

if TYPE_CHECKING:
    from ...access.key_file import ApiKey

_ID_LENGTH: Final = 12
_TIMES: Final = ("created", "expires")

key_app = CommandGroup("Create, list and revoke API keys.")

KeyFile = Annotated[
    Path,
    typer.Option(
        "--key-file", metavar="FILE", envvar="ONDUTY_KEY_FILE", help="File of keys: the key_file of the server."
    ),
]
AccessFile = Annotated[
    Path | None,
    typer.Option(
        "--access-file",
        metavar="FILE",
        envvar="ONDUTY_ACCESS_FILE",
        show_default=False,
        help="File with roles of your own: the access_file of the server.",
    ),
]


@key_app.command("create")
def create(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", show_default=False, help="Name of its owner, which the history shows as the actor."
        ),
    ],
    key_file: KeyFile,
    roles: Annotated[
        list[str],
        typer.Option("--role", metavar="ROLE", show_default=False, help="Role of the key; may be repeated."),
    ],
    accounts: Annotated[
        list[str] | None,
        typer.Option(
            "--account",
            metavar="ACCOUNT",
            show_default=False,
            help="Account in which the roles hold; may be repeated; '*' for all.",
        ),
    ] = None,
    user: Annotated[
        str,
        typer.Option("--user", metavar="USER", show_default=False, help="User whose key it is, for the role agent."),
    ] = "",
    expires_in: Annotated[
        Any,
        typer.Option(
            "--expires-in",
            metavar="PERIOD",
            parser=parser(positive_seconds),
            show_default=False,
            help="Time until the key expires, like 90d; never if not given.",
        ),
    ] = None,
    access_file: AccessFile = None,
    as_json: Json = False,
) -> None:
    """Create an API key, add its digest to the file, and print the key.

    The key is shown only this once. The roles are agent, backend, router, supervisor, admin, and those of the access
    file. A running server accepts it within a second or two.
    """
    from ...access.key_file import NEVER, written_key
    from ...access.keys import new_key
    from ...app.fields import check_ends
    from ...domain.errors import InvalidField
    from ...process.clock import wall_clock_ms

    try:
        for option, value in (("NAME", name), ("--user", user), *(("--account", each) for each in accounts or ())):
            check_ends(option, value)
    except InvalidField as error:
        raise usage(error.message) from None
    now = wall_clock_ms()
    key = new_key()
    entry = written_key(
        key_id=key.key_id,
        digest=key.digest,
        name=name,
        roles=roles,
        accounts=accounts or (),
        user_id=user,
        created_at=now,
        expires_at=NEVER if expires_in is None else now + round(expires_in * 1_000),
    )
    with _changing(key_file) as lines:
        _parsed(key_file, lines, access_file)
        _parsed(None, [entry], access_file)
        lines.append(entry)
    if as_json:
        json_line({"id": key.key_id, "name": name, "key": key.secret})
    else:
        note(f"key {key.key_id} for {name} is in {key_file}; it is shown only this once")
        line(key.secret)


@key_app.command("list")
def list_(key_file: KeyFile, access_file: AccessFile = None, as_json: Json = False) -> None:
    """List the keys in the file, without their digests."""
    import json

    try:
        lines = _lines(key_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{key_file}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    _parsed(key_file, lines, access_file)
    _warn(key_file)
    entries = [json.loads(line) for line in lines if line.strip() and not line.startswith("#")]
    if as_json:
        for entry in entries:
            json_line({name: value for name, value in entry.items() if name != "sha256"})
        return
    shown = ("id", "name", "roles", "accounts", "user", "created", "expires")
    zone = Zone(wall_clock(), local=False)
    rows = [[_cell(name, entry.get(name, ""), zone) for name in shown] for entry in entries]
    table([name.upper() for name in shown], rows)


def _cell(name: str, value: object, zone: Zone) -> str:
    if name in _TIMES and isinstance(value, str):
        # Only `expires` was read by the parser.
        with suppress(ValueError):
            return zone.clock(datetime.fromisoformat(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@key_app.command("revoke")
def revoke(
    key_id: Annotated[
        str, typer.Argument(metavar="ID", show_default=False, help="Id of the key, as 'key list' shows it.")
    ],
    key_file: KeyFile,
    access_file: AccessFile = None,
) -> None:
    """Remove a key from the file. A running server refuses it, and ends its streams, within a second or two."""
    from ...domain.errors import quoted

    if not key_file.exists():
        raise Failure(f"{key_file}: No such file or directory")
    with _changing(key_file) as lines:
        keys = _parsed(key_file, lines, access_file)
        if key_id not in keys:
            # A whole key, given in place of its id, must not be shown.
            which = f"key {quoted(key_id)}" if len(key_id) <= _ID_LENGTH else "a key with this id"
            raise Failure(f"{which} not found in {key_file}; 'onduty key list --key-file {key_file}' shows the ids")
        lines[:] = [line for line in lines if _id_of(line) != key_id]
    note(f"key {key_id} ({keys[key_id].caller.name}) was revoked")


def _id_of(line: str) -> str:
    import json

    return "" if not line.strip() or line.startswith("#") else str(json.loads(line)["id"])


def _lines(text: str) -> list[str]:
    # Not splitlines(), for which a name may hold what ends a line.
    return text.removesuffix("\n").split("\n") if text else []


def _parsed(key_file: Path | None, lines: Sequence[str], access_file: Path | None) -> dict[str, ApiKey]:
    """Parse the keys of these lines.

    Raises:
        Failure: a line is not a key, or has a role that is unknown.
    """
    from ...access.access_file import EMPTY_ACCESS_FILE, parse_access_file
    from ...access.file_entries import NoAccounts
    from ...access.key_file import parse_key_file

    try:
        access = EMPTY_ACCESS_FILE if access_file is None else parse_access_file(access_file.read_bytes())
        return dict(parse_key_file("\n".join(lines).encode(), access.roles))
    except UnicodeEncodeError:
        raise usage("an argument is not valid UTF-8") from None
    except NoAccounts as error:
        raise usage(
            "give --account ACCOUNT, or --account '*' for all" if key_file is None else f"{key_file}: {error}"
        ) from None
    except ValueError as error:
        message = str(error) if key_file is not None else str(error).removeprefix("line 1: ")
        raise usage(f"{key_file}: {message}" if key_file is not None else message) from None
    except OSError as error:
        raise Failure(f"{access_file}: {error.strerror}") from None


@contextmanager
def _changing(path: Path) -> Iterator[list[str]]:
    """Yield the lines of the file, and write them back at the end of the block."""
    try:
        with replacing(path) as draft:
            lines = _lines(draft.text)
            yield lines
            draft.text = "".join(f"{line}\n" for line in lines)
    except UnicodeDecodeError:
        raise usage(f"{path}: not UTF-8") from None
    _warn(path)


def _warn(path: Path) -> None:
    from ...access.files import exposure

    risk = exposure(path)
    if risk:
        note(f"warning: {risk}; anybody who can write it can create keys for everything")
