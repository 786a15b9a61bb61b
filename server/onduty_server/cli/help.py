"""Formats help as plain text, with many options under headings, and takes `-h` for `--help`.

Typer has headings only together with rich, which takes longer to load than everything else that help needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from .output import line

_ARGUMENTS = "Arguments"
_OPTIONS = "Options"


class _PlainCommand(TyperCommand):
    def get_help_option(self, ctx: Any) -> Any:
        return _help_option(super().get_help_option(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        _format_options(self, ctx, formatter)


class _PlainGroup(TyperGroup):
    def get_help_option(self, ctx: Any) -> Any:
        return _help_option(super().get_help_option(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        _format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def _help_option(option: Any) -> Any:
    def show(context: Any, _parameter: Any, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            line(context.get_help())
            raise typer.Exit

    # Typer's own callback writes to stdout directly; an error there would not be told as one of the output.
    option.callback = show
    return option


def _format_options(command: Any, ctx: Any, formatter: Any) -> None:
    sections: dict[str, list[tuple[str, str]]] = {_ARGUMENTS: [], _OPTIONS: []}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is None:
            continue
        if parameter.param_type_name == "argument":
            # Its type, which Typer adds to the name, is a Python one, such as <list[str]>.
            sections[_ARGUMENTS].append((parameter.display_name_raw, record[1]))
        else:
            sections.setdefault(parameter.rich_help_panel or _OPTIONS, []).append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


class CommandGroup(typer.Typer):
    """A group of commands with plain help, which it also prints when no command is named."""

    def __init__(self, summary: str, **options: Any) -> None:
        super().__init__(
            cls=_PlainGroup,
            help=summary,
            no_args_is_help=True,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
            **options,
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Add a command, as Typer does."""
        return super().command(name, cls=_PlainCommand, **options)
