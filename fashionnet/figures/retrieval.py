"""A query and what each system finds for it, side by side, as HTML that wraps on a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fashionnet.figures.photos import STYLE, Tile, key, photo_list
from fashionnet.figures.swatch import named

LAYOUT = """<style>
.fn-sheet .fn-query-row{display:flex;flex-wrap:wrap;gap:4px 24px;padding:10px 0;border-top:1px solid #d9dee4}
.fn-sheet .fn-asked{display:flex;gap:10px}
.fn-sheet .fn-results{flex:1 1 330px;min-width:0}
.fn-sheet .fn-result{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px}
.fn-sheet .fn-system{flex:0 0 104px;padding-bottom:6px}
.fn-sheet .fn-system span{display:block;color:#3e4c59;font-size:12px}
.fn-sheet .fn-result .fn-row{flex:1 1 250px;flex-wrap:nowrap}
.fn-sheet .fn-result li{width:auto!important;flex:0 1 66px;min-width:0}
.fn-sheet .fn-result .fn-photo{width:100%!important;height:auto!important;aspect-ratio:1}
.fn-sheet .swatch{margin-right:5px;vertical-align:-1px}
</style>"""


@dataclass(frozen=True)
class Found:
    """rank: the place of a system's first photo of the right item. photos: its first ones, the first first."""

    system: str
    rank: int
    photos: Sequence[Tile]


@dataclass(frozen=True)
class Comparison:
    """sought: a photo of the query's item in the gallery."""

    query: Tile
    sought: Tile
    results: Sequence[Found]


def comparison(caption: str, queries: Sequence[Comparison], size: int = 66) -> Markup:
    """A row a query: the query and a photo that is looked for on the left, then a line of photos a system."""
    rows = [
        Markup(
            '<div class="fn-query-row"><div class="fn-asked">{}{}</div><div class="fn-results">{}</div></div>'
        ).format(
            _labelled("query", one.query, size),
            _labelled("looked for", one.sought, size),
            Markup("\n").join(_result(found, size) for found in one.results),
        )
        for one in queries
    ]
    shown = [tile for one in queries for found in one.results for tile in found.photos]
    return Markup('{}{}<figure class="fn-sheet"><figcaption>{}</figcaption>\n{}\n{}</figure>').format(
        Markup(STYLE), Markup(LAYOUT), caption, Markup("\n").join(rows), key(shown, ("right item", ""))
    )


def _labelled(label: str, tile: Tile, size: int) -> Markup:
    return Markup('<div><div class="fn-text">{}</div>{}</div>').format(label, photo_list([tile], size))


def _result(found: Found, size: int) -> Markup:
    return Markup('<div class="fn-result"><div class="fn-system">{}<span>{}</span></div>{}</div>').format(
        named(found.system), f"first right: {found.rank:,}", photo_list(found.photos, size)
    )
