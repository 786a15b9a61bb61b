"""What a package index shows: README with links that hold, and the addresses of the project if it has one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from scripts.package_metadata import for_index, project_urls

ROOT = Path(__file__).parents[2]
TEXT = """See [the notes](docs/python.md#clocks), [Apache](https://apache.org) and [below](#below).

![A picture](docs/a.png)

```
[kept](as/it-is)
```
"""


def test_links_are_absolute_at_the_tag_of_the_version() -> None:
    text = for_index(TEXT, "https://example.com/onduty", "v1.2.3")
    assert "[the notes](https://example.com/onduty/blob/v1.2.3/docs/python.md#clocks)" in text
    assert "![A picture](https://example.com/onduty/raw/v1.2.3/docs/a.png)" in text
    assert "[Apache](https://apache.org) and [below](#below)" in text
    assert "[kept](as/it-is)" in text


def test_without_a_public_address_links_are_their_texts() -> None:
    text = for_index(TEXT, "", "v1.2.3")
    assert text.startswith("See the notes, [Apache](https://apache.org) and [below](#below).\n\n*A picture*\n")
    assert project_urls("") == {}


def test_readme_has_no_link_that_an_index_cannot_follow() -> None:
    readme = (ROOT / "README.md").read_text()
    for repository in ("", "https://example.com/onduty"):
        prose = re.sub(r"^```.*?^```", "", for_index(readme, repository, "v1.2.3"), flags=re.DOTALL | re.MULTILINE)
        targets = re.findall(r"\]\(([^)\s]+)\)", prose)
        assert [it for it in targets if not it.startswith(("https://", "#"))] == []


def test_the_address_is_one_setting_and_no_placeholder() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    repository = project["tool"]["onduty"]["repository"]
    assert repository == "" or (repository.startswith("https://") and not repository.endswith("/"))
    assert "urls" not in project["project"]
    assert "example" not in repository
