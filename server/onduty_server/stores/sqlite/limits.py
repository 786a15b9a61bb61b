"""Limits on the store's use of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Sizes of the log, and how many lineages are kept. Only tests use other values."""

    checkpoint_pages: int = 4_000
    """The number of pages at which the write-ahead log is moved into the file."""
    checkpoint_again_pages: int = 1_000
    """The number of pages by which the log grows before the next checkpoint, if a reader kept the last from
    finishing."""
    lineages_max: int = 1_000
    """The number of starts ago from which a resume token is still accepted."""


DEFAULT_LIMITS: Final = FileLimits()
