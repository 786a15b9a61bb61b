"""Writes the tables of settings in docs/configuration.md from the definitions; --check fails if they are out of date.

Only the text between the two marks is written; the rest of the page is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from onduty_server.process.config.definitions import SETTINGS, Group, Setting

PAGE: Final = Path(__file__).parents[1] / "docs" / "configuration.md"
BEGIN: Final = "<!-- begin: settings, written by `make docs` -->\n"
END: Final = "<!-- end: settings -->\n"


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    page = PAGE.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.stderr.write(f"{PAGE} lacks the marks between which the settings are written:\n{BEGIN}{END}")
        return 1
    fresh = "".join((before, begin, *tables(), end, after))
    if "--check" not in arguments:
        PAGE.write_text(fresh, encoding="utf-8")
    elif fresh != page:
        sys.stderr.write(f"{PAGE} is not up to date: run 'make docs'\n")
        return 1
    return 0


def tables() -> Iterator[str]:
    """The table of each group, under its heading."""
    for group in Group:
        yield f"\n### {group.value}\n\n"
        yield "| setting | flag and variable | default | meaning |\n| --- | --- | --- | --- |\n"
        yield from (row(setting) for setting in SETTINGS.values() if setting.about.group is group)
    yield "\n"


def row(setting: Setting) -> str:
    """One line of a table."""
    if setting.about.secret:
        flag = "no flag"
    elif setting.is_switch:
        flag = f"`{setting.flag}`"
    else:
        flag = f"`{setting.flag} {setting.about.metavar}`"
    meaning = re.sub(r"(?<!\w)'([^']+)'(?!\w)", r"`\1`", setting.about.text)
    if setting.limits and not setting.choices:  # a text names its choices itself
        meaning += f" {setting.limits[0].upper()}{setting.limits[1:]}."
    if setting.about.reloads:
        meaning += " *Reloaded.*"
    default = f"`{setting.shown_default}`" if setting.default != "" else setting.shown_default
    cells = (f"`{setting.name}`", f"{flag}, `{setting.variable}`", default, meaning)
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
