"""Runs the comparisons and writes the page."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from .. import machine
from . import floor, growth, reads, timers
from .environments import ROOT
from .page import Section, page
from .sizes import FULL, QUICK, TINY, Sizes

_PAGE = ROOT / "docs" / "benchmarks.md"
_LARGEST_USERS = 10_000_000
_PLOTS = "benchmarks"
"""The folder beside the page that the plots go into."""

COMPARISONS: dict[str, Callable[..., Section]] = {
    "timers": timers.compare,
    "reads": reads.compare,
    "floor": floor.compare,
    "growth": growth.compare,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="COMPARISON", help=f"of {', '.join(COMPARISONS)}; default: all")
    parser.add_argument("--quick", action="store_const", const=QUICK, dest="sizes", help="small sizes, in 3 minutes")
    parser.add_argument("--tiny", action="store_const", const=TINY, dest="sizes", help="only see whether it works")
    parser.add_argument("--largest", action="store_true", help="also the engine with 10,000,000 users: 5 minutes more")
    parser.add_argument("--no-install", action="store_true", help="leave out peers that are not installed anyway")
    parser.add_argument(
        "--page", type=Path, help="where to write; default: docs/benchmarks.md for a full run, else none"
    )
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in COMPARISONS:
            parser.error(f"no comparison is called {name!r}; there are {', '.join(COMPARISONS)}")
    sizes: Sizes = options.sizes or FULL
    full = sizes is FULL
    if options.largest:
        sizes = replace(sizes, grown_users=(*sizes.grown_users, _LARGEST_USERS))
    names = [name for name in COMPARISONS if not options.names or name in options.names]

    started, when = time.perf_counter(), datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="onduty-peers-") as directory:
        described = machine.describe(Path(directory))
    sections = []
    for name in names:
        began = time.perf_counter()
        try:
            section = COMPARISONS[name](sizes, install=not options.no_install)
        except Exception as error:  # noqa: BLE001 (what the others found is not lost with it)
            traceback.print_exc()
            section = Section(name, name.capitalize(), "This comparison failed.")
            section.missing["all of it"] = type(error).__name__
        section.seconds = time.perf_counter() - began
        print("\n".join(section.lines(_PLOTS)), f"\n{section.seconds:.0f} s\n", flush=True)
        sections.append(section)

    target = options.page or (_PAGE if full and names == list(COMPARISONS) else None)
    if target is not None:
        asked = [*options.names, *(["--largest"] if options.largest else []), *([] if full else [f"--{sizes.name}"])]
        command = f'make bench-peers ARGS="{" ".join(asked)}"' if asked else "make bench-peers"
        _write(
            target,
            sections,
            described,
            command,
            sizes.name,
            f"{when:%Y-%m-%d %H:%M} UTC",
            time.perf_counter() - started,
        )
        print(f"written: {target.name} and its plots", file=sys.stderr)
    return 0


def _write(
    target: Path,
    sections: Sequence[Section],
    described: dict[str, str],
    command: str,
    scale: str,
    when: str,
    seconds: float,
) -> None:
    plots = target.parent / _PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    for section in sections:
        for name, svg in section.plots.items():
            (plots / name).write_text(svg, encoding="utf-8")
    text = page(sections, described, command=command, scale=scale, when=when, seconds=seconds, folder=_PLOTS)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
