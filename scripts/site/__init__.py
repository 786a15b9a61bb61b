"""Builds the documentation as pages of HTML that need nothing from anywhere else: `make site`.

`pages` finds what there is to show, `markdown` and `reference` render it, `layout` puts it into a page, and `checks`
refuses a site with a dead link or with anything that a browser would fetch from another place.
"""
