"""The documentation as a site: every document and every call, no dead link, and nothing that comes from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.site.checks import problems
from scripts.site.markdown import render
from scripts.site.pages import Broken, files_of, menu, place_of, resolve

from onduty.v1 import status_pb2

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "scripts.site", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.slow
class TestTheSite:
    def test_every_document_is_in_it_and_in_the_menu(self, site: Path) -> None:
        start = (site / "index.html").read_text()
        documents = [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")]
        assert set(documents) <= set(menu(ROOT).documents)
        for path in documents:
            assert (site / place_of(path)).is_file()
            assert f'<li><a href="{place_of(path)}">' in start

    def test_every_call_message_and_value_of_the_contract_is_described(self, site: Path) -> None:
        text = (site / "api.html").read_text()
        file = status_pb2.DESCRIPTOR
        service = file.services_by_name["StatusService"]
        names = [*service.methods_by_name, *file.message_types_by_name, *file.enum_types_by_name]
        assert [name for name in names if f' id="{name}"' not in text] == []
        for message in file.message_types_by_name.values():
            assert [field.name for field in message.fields if f"<td><code>{field.name}</code></td>" not in text] == []

    def test_nothing_is_fetched_from_elsewhere(self, site: Path) -> None:
        for page in site.rglob("*.html"):
            text = page.read_text()
            assert re.findall(r"<(?!a\b)[a-z]+[^>]*\b(?:src|href|srcset|data)=[\"'](?:https?:)?//[^>]*>", text) == [], (
                page
            )
        for style in site.rglob("*.css"):
            assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", style.read_text())

    def test_it_is_the_same_when_it_is_built_again(self, site: Path, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "scripts.site", str(tmp_path / "site")]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        first, second = (
            {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
            for place in (site, tmp_path / "site")
        )
        assert first == second


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<a href="gone.html">x</a>', "a.html: the link gone.html leads nowhere"),
        ('<a href="b.html#gone">x</a>', "a.html: the link b.html#gone leads nowhere"),
        ('<a href="#gone">x</a>', "a.html: the link #gone leads nowhere"),
        ('<img src="gone.png">', "a.html: fetches gone.png, which is not there"),
        ('<img src="https://example.com/a.png">', "a.html: fetches https://example.com/a.png from elsewhere"),
        ('<script src="//example.com/a.js"></script>', "a.html: fetches //example.com/a.js from elsewhere"),
        ('<link rel="stylesheet" href="/a.css">', "a.html: fetches /a.css from elsewhere"),
        ('<p style="background: url(https://example.com/a)">', "a.html: fetches https://example.com/a from elsewhere"),
    ],
)
def test_what_a_site_must_not_have_is_found(tmp_path: Path, body: str, says: str) -> None:
    (tmp_path / "a.html").write_text(body)
    (tmp_path / "b.html").write_text('<h1 id="here">B</h1>')
    assert problems(tmp_path) == [says]
    (tmp_path / "a.html").write_text('<a href="b.html#here">x</a> <a href="https://example.com/">y</a>')
    assert problems(tmp_path) == []


def test_a_linked_folder_is_its_readme_or_the_list_of_its_files() -> None:
    assert resolve("docs/redis.md", "../benchmarks/results", ROOT) == "benchmarks/results/README.md"
    assert resolve("docs/redis.md", "../proto/onduty", ROOT) == "proto/onduty/"
    assert place_of("proto/onduty/") == "proto/onduty/index.html"
    assert "proto/onduty/v1/status.proto" in files_of("proto/onduty/", ROOT)
    for link in ("gone.md", "../gone/", "../../outside.md"):
        with pytest.raises(Broken):
            resolve("docs/redis.md", link, ROOT)


def test_headings_have_the_anchors_of_github_and_links_lead_to_the_site() -> None:
    rendered = render(
        "# A\n\n## What `x_y` is: 1, 2\n\n## B\n\n## B\n\n[c](c.md#d) ![p](p.png)\n", lambda it: f"to/{it}"
    )
    assert [each.anchor for each in rendered.headings] == ["a", "what-x_y-is-1-2", "b", "b-1"]
    assert 'href="to/c.md#d"' in rendered.html
    assert 'src="to/p.png"' in rendered.html


def test_markup_in_a_document_is_shown_and_not_obeyed() -> None:
    html = render("<script>a</script>\n\n[x](javascript:a)\n\n<!-- gone -->\n", lambda it: it).html
    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert "gone" not in html
