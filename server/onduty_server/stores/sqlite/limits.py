"""The limits by which the store uses its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Sizes that only tests have other values for."""

    checkpoint_pages: int = 4_000
    """The write-ahead log is moved into the file once it has so many pages."""
    checkpoint_again_pages: int = 1_000
    """How much the log grows until the next checkpoint, after one that another program's reading kept from its end."""
    lineages_max: int = 1_000
    """A resume token from so many starts ago may still be followed."""


DEFAULT_LIMITS: Final = FileLimits()
