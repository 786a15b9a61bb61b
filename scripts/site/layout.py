"""A page: the menu, the content, and what the content consists of. Plain HTML with one stylesheet and one script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .markdown import Heading
from .pages import REFERENCE, Menu, between, place_of


def page(
    *,
    place: str,
    title: str,
    content: str,
    headings: Sequence[Heading],
    menu: Menu,
    titles: dict[str, str],
    version: str,
) -> str:
    """Return the HTML of the page at `place`."""

    def to(target: str) -> str:
        return escape(between(place, target))

    def item(target: str, label: str) -> str:
        current = ' aria-current="page"' if target == place else ""
        return f'<li><a href="{to(target)}"{current}>{escape(label)}</a></li>'

    listed = ""
    for name, documents in menu.groups.items():
        items = [item(place_of(path), "Overview" if path == "README.md" else titles[path]) for path in documents]
        if name == "Use":
            items.append(item(REFERENCE, "API reference"))
        listed += f"<p>{escape(name)}</p><ul>{''.join(items)}</ul>\n"
    parts = "".join(
        f'<li><a href="#{escape(each.anchor)}">{escape(each.text)}</a></li>' for each in headings if each.level == 2
    )
    contents = (
        f'<nav class="parts" aria-label="On this page"><p>On this page</p><ul>{parts}</ul></nav>' if parts else ""
    )
    full = title if title == "onduty" else f"{title} - onduty"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(full)}</title>
<link rel="icon" href="{to("icon.svg")}">
<link rel="stylesheet" href="{to("site.css")}">
<script src="{to("search-index.js")}" defer></script>
<script src="{to("search.js")}" defer></script>
</head>
<body data-root="{to("index.html").removesuffix("index.html")}">
<a class="skip" href="#content">To the content</a>
<header><a class="name" href="{to("index.html")}">onduty</a> <span>{escape(version)}</span>
<label class="search">Search <input id="search" type="search" autocomplete="off"></label>
<div id="found" hidden></div></header>
<div class="columns">
<nav class="menu" aria-label="Documents">
{listed}</nav>
<main id="content">
{content}</main>
{contents}
</div>
</body>
</html>
"""
