"""The commands `store copy`, which copies one store into another, and `store repair`, which opens a broken database.

`store backup` and `store restore` are in `backup.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ...process.config.definitions import SETTINGS
from ..errors import ExitCode, Failure, usage
from ..help import CommandGroup
from ..options import Json
from ..output import json_line, line
from .backup import backup, restore

if TYPE_CHECKING:
    from ...app.ports.archive import StoreCounts
    from ...process.config.settings import Settings

_KEY_PREFIX: Final = SETTINGS["store_key_prefix"].default

store_app = CommandGroup("Look after stores: back them up, copy and repair them.")


@store_app.callback()
def store() -> None:
    """Look after stores: back them up, copy and repair them.

    No server may run on a store, but for its backup.
    """


store_app.command("backup")(backup)
store_app.command("restore")(restore)


@store_app.command("copy")
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", show_default=False, help="The store to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", show_default=False, help="The empty store to copy to.")],
    from_username: Annotated[
        str, typer.Option("--from-username", metavar="NAME", show_default=False, help="User name for the Redis FROM.")
    ] = "",
    to_username: Annotated[
        str, typer.Option("--to-username", metavar="NAME", show_default=False, help="User name for the Redis TO.")
    ] = "",
    from_key_prefix: Annotated[
        str, typer.Option("--from-key-prefix", metavar="PREFIX", help="Prefix of the keys in the Redis FROM.")
    ] = _KEY_PREFIX,
    to_key_prefix: Annotated[
        str, typer.Option("--to-key-prefix", metavar="PREFIX", help="Prefix of the keys in the Redis TO.")
    ] = _KEY_PREFIX,
    tls_ca: Annotated[
        str,
        typer.Option(
            "--store-tls-ca",
            metavar="FILE",
            show_default=False,
            help="PEM file with the authorities to trust for rediss://.",
        ),
    ] = "",
    accept_clock: Annotated[
        bool,
        typer.Option(
            "--accept-clock", help="Trust the clock of this machine: copy times that are in its future as now."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Copy everything that a store keeps to an empty one, and verify it.

    FROM and TO are written like serve's --store: sqlite:FILE, redis://HOST:PORT or redis+cluster://HOST:PORT,... No
    server may run on either. The copy has the accounts with their workflows, the users, the history with its revisions,
    and what keeps resume tokens valid. The time until a server starts on it counts as an outage.

    The copy is read back and compared. Until that is done TO is marked as unfinished, and no server opens it; the same
    command starts an interrupted copy again from the beginning. FROM is only read.

    With --accept-clock it mends a store whose times are ahead because a server ran with a wrong clock.

    The password of a Redis is ONDUTY_FROM_PASSWORD or ONDUTY_TO_PASSWORD, else ONDUTY_STORE_PASSWORD.
    """
    import asyncio

    from ...app.copying import CopyMismatch
    from ...app.ports.store import StoreOpenError
    from ...domain.errors import StoreUnavailable
    from ...process import logs, stores
    from ...process.clock import stopwatch

    logs.configure("error", as_json=False)
    started = stopwatch()
    try:
        ends = (
            _settings("FROM", source, username=from_username, key_prefix=from_key_prefix, tls_ca=tls_ca),
            _settings("TO", target, username=to_username, key_prefix=to_key_prefix, tls_ca=tls_ca),
        )
        if stores.is_same_store(*ends):
            raise usage(f"FROM and TO are the same store: {source}")
        with _progress() as stage:
            copied = asyncio.run(
                stores.copy_store(
                    *map(stores.build_archive, ends),
                    copying=stage("copying"),
                    verifying=stage("verifying"),
                    accept_clock=accept_clock,
                )
            )
    except (StoreOpenError, CopyMismatch) as error:
        raise Failure(str(error)) from None
    except StoreUnavailable as error:
        why = f": {error.__cause__}" if error.__cause__ else ""
        raise Failure(f"a store stopped answering or cannot be written{why}", ExitCode.UNAVAILABLE) from None
    seconds = stopwatch() - started
    if as_json:
        json_line({**copied._asdict(), "seconds": round(seconds, 3)})
    else:
        line(
            f"copied and verified {copied.accounts:,} accounts, {copied.users:,} users and {copied.events:,} events "
            f"in {seconds:.1f} s"
        )


@store_app.command("repair")
def repair(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="The database.")],
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Keep what is there, and give up what is missing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Repair a SQLite database that a server refuses because its write-ahead log is incomplete.

    Without --accept-loss it only reports what is wrong. No server may run on the database. What is given up is lost:
    look first for the missing file, or for a backup that is newer than what is left.
    """
    from ...app.ports.store import StoreOpenError
    from ...process import logs, stores

    logs.configure("error", as_json=False)
    try:
        done = stores.repair_store(_checked("FILE", store=f"sqlite:{file}"), accept_loss=accept_loss)
    except StoreOpenError as error:
        raise Failure(str(error)) from None
    aside = None if done.set_aside is None else str(done.set_aside)
    if as_json:
        json_line({"repaired": done.finding is not None, "finding": done.finding, "set_aside": aside})
    elif done.finding is None:
        line("nothing is missing; nothing was changed")
    else:
        line(f"repaired: {done.finding}")
        if aside is not None:
            line(f"the files beside it were moved to {aside}")


def _settings(side: str, store: str, *, username: str, key_prefix: str, tls_ca: str) -> Settings:
    password = os.environ.get(f"ONDUTY_{side}_PASSWORD") or os.environ.get("ONDUTY_STORE_PASSWORD") or ""
    settings = _checked(
        side,
        store=store,
        store_username=username,
        store_password=password,
        store_key_prefix=key_prefix,
        store_tls_ca=tls_ca,
    )
    if settings.sqlite_path is None and settings.redis_address is None:
        raise usage(f"{side}: a store in memory cannot be copied: it ends with its server")
    return settings


def _checked(argument: str, **values: str) -> Settings:
    # Not at the top: pydantic-settings takes longer to import than all the rest of a command.
    from pydantic import ValidationError

    from ...process.config.settings import Settings
    from ...process.config.words import in_words

    try:
        return Settings(**values)
    except ValidationError as error:
        raise usage(f"{argument}: {in_words(error.errors(include_url=False)[0], secret=True)}") from None


_Stage = Callable[["StoreCounts"], Callable[["StoreCounts"], None]]


@contextmanager
def _progress() -> Iterator[Callable[[str], _Stage]]:
    """Show a progress bar for each stage on stderr if that is a terminal: of users and events together."""
    if not sys.stderr.isatty():
        yield lambda _: lambda _: lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns: Any = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[users]:,} users"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def stage(name: str) -> _Stage:
            def of(total: StoreCounts) -> Callable[[StoreCounts], None]:
                task = progress.add_task(name, total=total.users + total.events, users=0, start=False)

                def report(done: StoreCounts) -> None:
                    progress.start_task(task)
                    progress.update(task, completed=done.users + done.events, users=done.users)

                return report

            return of

        yield stage
