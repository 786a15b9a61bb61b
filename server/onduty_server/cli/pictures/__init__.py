"""Draws pictures of statuses as SVG: values in, text out. Knows nothing of the wire, of files and of the present time.

Invariants: the same values give the same bytes; whatever a name holds, the text is well-formed XML; what a colour says,
a pattern and a word say too; times are told by the clock of the zone, on days of 23 and 25 hours as well.
"""

from __future__ import annotations

from .bars import Bar, Bars, Empty
from .columns import Column, Columns, ColumnsOf
from .coverage import Coverage, CoverageOf, Moment
from .drawing import Caption, Part, picture
from .figures import Figures
from .series import Series
from .timelines import Stretch, TimelineOf, Timelines
from .times import Span, clock_in_words, date_in_words, length_in_words, span_in_words

__all__ = [
    "Bar",
    "Bars",
    "Caption",
    "Column",
    "Columns",
    "ColumnsOf",
    "Coverage",
    "CoverageOf",
    "Empty",
    "Figures",
    "Moment",
    "Part",
    "Series",
    "Span",
    "Stretch",
    "TimelineOf",
    "Timelines",
    "clock_in_words",
    "date_in_words",
    "length_in_words",
    "picture",
    "span_in_words",
]
