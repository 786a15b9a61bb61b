"""The capacity page quotes what was measured: each figure is in the file that it names."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
RESULTS = "../benchmarks/results/2026-11-23T004057Z.md"


def test_every_figure_is_in_the_file_that_the_page_names() -> None:
    text = (DOCS / "capacity.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \| ([^|]+) \|$", text, flags=re.MULTILINE)
    assert len(rows) >= 15
    for name, figure, where in rows:
        linked = re.search(r"\]\(([^)#]+)", where)
        # Rows without a link say "the same", which are the results.
        source = DOCS / (linked[1] if linked else RESULTS)
        assert figure in source.read_text(), name
