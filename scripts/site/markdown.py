"""Markdown to HTML.

Headings get the anchors that GitHub gives them, code is coloured, and links lead to pages of the site.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading: its level, anchor and text."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A document as HTML, with its headings and the plain text below each of them, by anchor."""

    html: str
    headings: list[Heading] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)


def anchor_of(text: str) -> str:
    """Return the anchor that GitHub makes of a heading's text."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def coloured(code: str, lexer: Any) -> str:
    """Return `code` as HTML with classes."""
    formatter: Any = HtmlFormatter(nowrap=True)
    return str(highlight(code, lexer, formatter))


def fence(code: str, language: str) -> str:
    """Return a block of code."""
    try:
        content = coloured(code, get_lexer_by_name(language)) if language else escape(code)
    except ClassNotFound:
        content = escape(code)
    return f'<pre tabindex="0"><code>{content}</code></pre>\n'


def source_page(code: str, name: str) -> str:
    """Return a file that is no document."""
    try:
        return f'<pre tabindex="0"><code>{coloured(code, get_lexer_for_filename(name))}</code></pre>\n'
    except ClassNotFound:
        return fence(code, "")


def render(text: str, address_of: Callable[[str], str]) -> Rendered:
    """Render a document. `address_of` turns the address of a link or picture into the one in the site."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("fence", _fence)
    tokens = parser.parse(_COMMENT.sub("", text))
    headings: list[Heading] = []
    sections: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            heading = _heading(int(token.tag[1:]), _text(following.children or []), taken)
            token.attrSet("id", heading.anchor)
            headings.append(heading)
        elif token.type == "inline":
            _follow(token.children or [], address_of)
        if token.type in ("inline", "fence"):
            anchor = headings[-1].anchor if headings else ""
            words = token.content if token.type == "fence" else _text(token.children or [])
            sections[anchor] = f"{sections.get(anchor, '')} {' '.join(words.split())}"
    html = parser.renderer.render(tokens, parser.options, {})
    # Wide tables scroll by themselves instead of the page.
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return Rendered(html=_with_marks(html), headings=headings, sections=sections)


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    token = tokens[index]
    return fence(token.content, token.info.strip().partition(" ")[0])


def _heading(level: int, text: str, taken: Counter[str]) -> Heading:
    anchor = anchor_of(text)
    number = taken[anchor]
    taken[anchor] += 1
    return Heading(level=level, anchor=f"{anchor}-{number}" if number else anchor, text=text)


def _text(children: Sequence[Token]) -> str:
    """Return the text of inline tokens: a link's is its label."""
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in children
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    )


def _follow(children: Sequence[Token], address_of: Callable[[str], str]) -> None:
    for child in children:
        for name in ("href", "src"):
            if (address := child.attrGet(name)) is not None:
                child.attrSet(name, address_of(str(address)))


def _with_marks(html: str) -> str:
    """Give every heading but the title a link to itself."""
    return re.sub(
        r'<h([2-6]) id="([^"]+)">(.*?)</h\1>',
        r'<h\1 id="\2">\3 <a class="mark" href="#\2" aria-label="Link to this section">#</a></h\1>',
        html,
    )
