"""Makes a database that a server refuses, because its write-ahead log is not whole, one that it opens again.

What is missing stays missing. Everything that is set aside keeps its bytes, in a file whose name the result says.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from ...app.ports.store import StoreOpenError
from . import recovery
from .file import check_pages, check_whole, make_whole
from .header import not_of_onduty
from .lock import FileLock, beside

_SET_ASIDE = ".set-aside"


class Repaired(NamedTuple):
    """What was done: `finding` is None where nothing was wrong; `set_aside` is a copy of the log, or the log itself."""

    finding: str | None
    set_aside: Path | None = None


def repair(path: Path, *, accept_loss: bool) -> Repaired:
    """See the module.

    Raises:
        StoreOpenError: it is not a database of onduty, is in use, is missing or is damaged otherwise; or something is
            missing of it and `accept_loss` is false.
    """
    if not path.exists():
        raise StoreOpenError(f"there is no {path}")
    if why := not_of_onduty(path):
        raise StoreOpenError(f"{path} {why}")
    lock = FileLock(path)
    lock.acquire()
    try:
        try:
            check_whole(path)
        except recovery.NotWhole as error:
            if not accept_loss:
                raise StoreOpenError(f"{error.what}; {error.mend}, or repeat with --accept-loss") from error
            check_pages(path, with_log=error.kind is not recovery.Kind.FOREIGN)
            return Repaired(error.what, _repair(path, error.kind))
        check_pages(path)
        return Repaired(None)
    finally:
        lock.release()


def _repair(path: Path, kind: recovery.Kind) -> Path | None:
    log = beside(path, "-wal")
    aside = _free(Path(f"{log}{_SET_ASIDE}"))
    if kind is recovery.Kind.FOREIGN:
        log.rename(aside)
        beside(path, "-shm").unlink(missing_ok=True)
    elif kind is recovery.Kind.CUT:
        shutil.copy2(log, aside)
    make_whole(path)
    return None if kind is recovery.Kind.MISSING else aside


def _free(path: Path) -> Path:
    """The path, or the next one like it at which there is nothing."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
