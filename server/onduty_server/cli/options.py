"""Builds options: what commands of every kind share, and how the values are read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import typer

from ..domain.periods import DAY_MS, parse_period

T = TypeVar("T")


_LONGEST_MS = 36_500 * DAY_MS


def parser(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Return `parse` for an option: its ValueError becomes an error that names the option."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return checked


def positive_seconds(text: str) -> float:
    """Return the seconds of a period that is not 0.

    Raises:
        ValueError: the text is not such a period.
    """
    period_ms = parse_period(text)
    if period_ms == 0:
        raise ValueError("must be more than 0")
    if period_ms > _LONGEST_MS:
        raise ValueError("must be at most 36500d")
    return period_ms / 1_000


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, for programs.")]


def described_as(
    command: Callable[..., None], parameters: Sequence[inspect.Parameter], run: Callable[..., None]
) -> Callable[..., None]:
    """Give `run` the name and the help of `command`, and the parameters of which Typer makes options."""
    described: Any = run
    described.__name__, described.__doc__ = command.__name__, command.__doc__
    described.__signature__ = inspect.Signature(parameters)
    described.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
