"""The commands `store backup`, which a running server does not notice, and `store restore`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...text.times import rfc3339
from ..errors import ExitCode, Failure, usage
from ..options import Json
from ..output import json_line, line
from ..times import wall_clock

if TYPE_CHECKING:
    from ...stores.sqlite.backup import Progress

_MIB = 1 << 20


def backup(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False, help="The database.")],
    to: Annotated[
        Path | None,
        typer.Argument(
            metavar="TO",
            show_default=False,
            help="The file to write, which must not exist; or a directory, for a file named after FILE and the time. "
            "Without it, that file goes beside FILE.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Back up a SQLite database, while its server runs or not, and verify the backup.

    The backup is one file, with everything that was acknowledged before it began, as of one moment. It is written as
    TO.unfinished, checked page by page, counted against the database, read as a start would read it, made durable, and
    only then named TO. So a file of that name is complete.

    The server goes on meanwhile. To restore, stop it and run `onduty store restore`.
    """
    from ...app.ports.store import StoreOpenError
    from ...process import logs
    from ...process.clock import stopwatch
    from ...stores.sqlite.backup import BackupNotWritten, back_up, backup_path, is_of_database

    logs.configure("error", as_json=False)
    path = _database(file)
    began, started = wall_clock(), stopwatch()
    target = backup_path(path, to, f"{began:%Y%m%dT%H%M%SZ}")
    if is_of_database(path, target):
        raise usage(f"TO must be another file than the database and those beside it, got {target}")
    try:
        with _progress() as (progress, verifying):
            done = back_up(path, target, progress=progress, verifying=verifying)
    except BackupNotWritten as error:
        raise Failure(str(error), ExitCode.UNAVAILABLE) from None
    except StoreOpenError as error:
        raise Failure(str(error)) from None
    seconds = stopwatch() - started
    if as_json:
        fields = {**done._asdict(), "path": str(done.path), "begin_time": rfc3339(began), "seconds": round(seconds, 3)}
        json_line(fields)
    else:
        line(
            f"{done.path}: backed up and verified {done.accounts:,} accounts, {done.users:,} users and "
            f"{done.events:,} events ({done.size_bytes / _MIB:,.1f} MiB) in {seconds:.1f} s"
        )


def restore(
    backup_file: Annotated[Path, typer.Argument(metavar="BACKUP", show_default=False, help="The backup.")],
    file: Annotated[
        str, typer.Argument(metavar="FILE", show_default=False, help="The database, on which no server may run.")
    ],
    as_json: Json = False,
) -> None:
    """Put a backup in the place of a SQLite database, once the backup has been verified.

    What is at FILE, its log included, is kept: it is moved to the directory FILE.replaced (FILE.replaced-2, and so on).
    BACKUP is only read, and need not be there afterwards. The time since it was made counts as an outage, and changes
    made after it are gone; watchers who had received them begin again with a snapshot, by themselves.
    """
    from ...app.ports.store import StoreOpenError
    from ...process import logs
    from ...stores.sqlite.backup import BackupNotWritten, is_of_database
    from ...stores.sqlite.restore import put_back

    logs.configure("error", as_json=False)
    path = _database(file)
    if is_of_database(path, backup_file):
        raise usage("BACKUP must be another file than the database")
    try:
        with _progress() as (progress, verifying):
            done = put_back(backup_file, path, progress=progress, verifying=verifying)
    except BackupNotWritten as error:
        raise Failure(str(error), ExitCode.UNAVAILABLE) from None
    except StoreOpenError as error:
        raise Failure(str(error)) from None
    replaced = None if done.replaced is None else str(done.replaced)
    if as_json:
        json_line({**done.backup._asdict(), "path": str(path), "replaced": replaced})
        return
    line(
        f"{path}: restored and verified {done.backup.accounts:,} accounts, {done.backup.users:,} users and "
        f"{done.backup.events:,} events"
    )
    if replaced is not None:
        line(f"the files that were there are in {replaced}")


def _database(text: str) -> Path:
    """Return the path of a database, also if it is written like serve's --store."""
    scheme, colon, rest = text.partition(":")
    if colon and scheme == "sqlite":
        text = rest
    elif text.startswith(("redis:", "rediss:", "redis+cluster:", "rediss+cluster:", "memory:")):
        raise usage(f"FILE: only a SQLite database is backed up by onduty, got {scheme}:; see docs/redis.md for Redis")
    if not text:
        raise usage("FILE: the path of a database is missing")
    return Path(text)


@contextmanager
def _progress() -> Iterator[tuple[Progress, Callable[[], None]]]:
    """Show a progress bar on stderr if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None, lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("copying", total=None)

        def copied(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        def verifying() -> None:
            bar.update(task, description="verifying", total=None)

        yield copied, verifying
