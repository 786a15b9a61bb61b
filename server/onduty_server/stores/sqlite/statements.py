"""Reads the SQL of this store from its files."""

from __future__ import annotations

from importlib import resources


def statement(name: str) -> str:
    """Return the SQL of `sql/{name}.sql`."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
