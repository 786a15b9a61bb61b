"""Finds and clears what is left of deleted rows in the parts of a SQLite file that hold nothing.

`PRAGMA secure_delete` overwrites deleted rows and freed pages. It does not overwrite the copies that stay behind where
rows move to another page, as when a page is split; and a file that was written without it holds all that was ever
deleted. Nothing here changes what SQLite reads: only bytes between the rows of a page, pages that are free, and the
rest of a row's last overflow page are set to zero.

https://www.sqlite.org/fileformat.html, 1.5 and 1.6
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_INTERIOR_INDEX: Final = 2
_INTERIOR_TABLE: Final = 5
_LEAF_INDEX: Final = 10
_LEAF_TABLE: Final = 13
_TREE_PAGES: Final = frozenset({_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE})
_FILE_HEADER: Final = 100
_NOTHING: Final = bytes(65_536)
_PAGES_AT_ONCE: Final = 256


class Part(NamedTuple):
    """A part of a page: where it starts and ends."""

    start: int
    end: int


def unused_parts(page: bytes, *, is_first: bool = False) -> Iterator[Part]:
    """Yield the parts of a page of a tree that hold nothing and are not zero; of other pages there are none.

    The first page of a file begins with the header of the file. A page that contradicts itself is left alone.
    """
    head = _FILE_HEADER if is_first else 0
    kind = page[head]
    if kind not in _TREE_PAGES:
        return
    cells_end = _cells_start(page, head) + 2 * int.from_bytes(page[head + 3 : head + 5], "big")
    content = int.from_bytes(page[head + 5 : head + 7], "big") or 65_536
    if not cells_end <= content <= len(page):
        return
    if page[cells_end:content] != _NOTHING[: content - cells_end]:
        yield Part(cells_end, content)
    # Freed space within the rows is a list: the place of the next, the size of this one, then nothing.
    at, last = int.from_bytes(page[head + 1 : head + 3], "big"), content - 1
    while last < at <= len(page) - 4:
        end = at + int.from_bytes(page[at + 2 : at + 4], "big")
        if not at + 4 <= end <= len(page):
            return
        if page[at + 4 : end] != _NOTHING[: end - at - 4]:
            yield Part(at + 4, end)
        last, at = end - 1, int.from_bytes(page[at : at + 2], "big")


def _cells_start(page: bytes, head: int) -> int:
    return head + (8 if page[head] >= _LEAF_INDEX else 12)


class PagedFile:
    """A database file by its descriptor. Pages count from 1.

    Nobody may write to the file meanwhile, but SQLite may read it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        head = os.pread(descriptor, _FILE_HEADER, 0)
        size = int.from_bytes(head[16:18], "big")
        self.page_bytes = 65_536 if size == 1 else size
        self._usable = self.page_bytes - (head[20] if len(head) > 20 else 0)
        self._first_free = int.from_bytes(head[32:36], "big")

    @property
    def pages(self) -> int:
        """The number of pages."""
        return os.fstat(self._descriptor).st_size // self.page_bytes if self.page_bytes else 0

    def clear(self, numbers: Iterable[int]) -> None:
        """Clear the unused parts of these pages, as far as there are such pages and they belong to a tree."""
        for number in numbers:
            self._clear(number, self._page(number))

    def clear_range(self, first: int, end: int) -> None:
        """Clear the unused parts of the pages from `first` on, up to and without `end`."""
        for start in range(first, end, _PAGES_AT_ONCE):
            pages = min(_PAGES_AT_ONCE, end - start)
            block = os.pread(self._descriptor, pages * self.page_bytes, (start - 1) * self.page_bytes)
            for index in range(len(block) // self.page_bytes):
                self._clear(start + index, block[index * self.page_bytes : (index + 1) * self.page_bytes])

    def clear_all(self) -> None:
        """Clear all that is unused, also free pages and the ends of long rows. The file is complete without its log."""
        self._clear_free_pages()
        for number in range(1, self.pages + 1):
            page = self._page(number)
            self._clear(number, page)
            for first, kept in self._long_rows(page, _FILE_HEADER if number == 1 else 0):
                self._clear_after(first, kept)

    def sync(self) -> None:
        """Make it durable."""
        os.fsync(self._descriptor)

    def _page(self, number: int) -> bytes:
        return os.pread(self._descriptor, self.page_bytes, (number - 1) * self.page_bytes)

    def _clear(self, number: int, page: bytes) -> None:
        if len(page) == self.page_bytes:
            for start, end in unused_parts(page, is_first=number == 1):
                self._write_nothing(number, start, end)

    def _write_nothing(self, number: int, start: int, end: int) -> None:
        os.pwrite(self._descriptor, _NOTHING[: end - start], (number - 1) * self.page_bytes + start)

    def _clear_free_pages(self) -> None:
        trunk = self._first_free
        for _ in range(self.pages):
            if not 1 < trunk <= self.pages:
                return
            page = self._page(trunk)
            leaves = min(int.from_bytes(page[4:8], "big"), self._usable // 4 - 2)
            for at in range(8, 8 + 4 * leaves, 4):
                leaf = int.from_bytes(page[at : at + 4], "big")
                if 1 < leaf <= self.pages and self._page(leaf) != _NOTHING[: self.page_bytes]:
                    self._write_nothing(leaf, 0, self.page_bytes)
            self._write_nothing(trunk, 8 + 4 * leaves, self.page_bytes)
            trunk = int.from_bytes(page[:4], "big")

    # --- rows that go on in other pages ------------------------------------------------------------------------------

    def _long_rows(self, page: bytes, head: int) -> Iterator[tuple[int, int]]:
        """Yield the first overflow page of each row that has one, and the number of bytes in all of them."""
        kind = page[head]
        if kind not in _TREE_PAGES or kind == _INTERIOR_TABLE:
            return
        most = self._usable - 35 if kind == _LEAF_TABLE else (self._usable - 12) * 64 // 255 - 23
        least = (self._usable - 12) * 32 // 255 - 23
        start = _cells_start(page, head)
        for place in range(start, start + 2 * int.from_bytes(page[head + 3 : head + 5], "big"), 2):
            at = int.from_bytes(page[place : place + 2], "big") + (4 if kind == _INTERIOR_INDEX else 0)
            if at >= len(page) or page[at] < 0x80:
                continue  # less than 128 bytes
            size, at = _number(page, at)
            if size <= most:
                continue
            if kind == _LEAF_TABLE:
                _, at = _number(page, at)
            here = least + (size - least) % (self._usable - 4)
            here = here if here <= most else least
            yield int.from_bytes(page[at + here : at + here + 4], "big"), size - here

    def _clear_after(self, number: int, kept: int) -> None:
        """Clear the rest of the last overflow page of a row of which `kept` bytes are in overflow pages."""
        while kept > self._usable - 4 and 1 < number <= self.pages:
            number = int.from_bytes(os.pread(self._descriptor, 4, (number - 1) * self.page_bytes), "big")
            kept -= self._usable - 4
        if 1 < number <= self.pages:
            self._write_nothing(number, 4 + kept, self.page_bytes)


def _number(page: bytes, at: int) -> tuple[int, int]:
    """Read a number of variable length; return it, and where it ends."""
    value = 0
    for offset in range(8):
        byte = page[at + offset]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + offset + 1
    return value << 8 | page[at + 8], at + 9
