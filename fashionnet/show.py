"""How a notebook shows what it has: figures with alt text, sentences, tables. Every name from a file is escaped."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from numbers import Integral
from pathlib import Path

import pandas as pd
from IPython.display import HTML, Image, Markdown, display
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image as Picture

from fashionnet.files import replacing

WIDTH = 700  # CSS pixels of a figure on a page; twice as many in the file, for sharp screens
COLOURS = 256  # of a figure on a page: curves and bars look the same in a third of the bytes


def show(figure: Figure | Markup, alt: str = "") -> None:
    """Display a figure as a PNG whose metadata holds `alt`, or a sheet of photos (which has an alt text a photo).

    The same figure is the same bytes: neither a date nor a version is written into the file. Raises ValueError for a
    matplotlib figure without alt text.
    """
    if isinstance(figure, Markup):
        display(HTML(figure))
        return
    if not alt.strip():
        raise ValueError("found no alt text, expected a sentence that says what the figure shows")
    buffer = io.BytesIO()
    with Picture.open(io.BytesIO(_png(figure))) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Picture.Dither.NONE)
    few.save(buffer, format="png", optimize=True)
    display(Image(buffer.getvalue(), format="png", alt=alt, width=WIDTH))


def keep(figure: Figure, path: Path) -> None:
    """Write the figure as a PNG file, whole or not at all, in all its colours."""
    with replacing(path) as temporary:
        temporary.write_bytes(_png(figure))


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes: no reason to fill a page with warnings.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="png", dpi=2 * WIDTH / figure.get_figwidth(), metadata={"Software": None})
    return buffer.getvalue()


def say(*paragraphs: str) -> None:
    """Display sentences that were made from numbers; what is not Markup is escaped."""
    display(HTML(Markup().join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs if paragraph)))


def text(markdown: str) -> None:
    """Display Markdown that was made from numbers; its headings become the page's."""
    display(Markdown(markdown))


def answer(sentence: str) -> None:
    """Display what a section comes to, set apart on the page."""
    display(HTML(Markup('<p class="answer">{}</p>').format(sentence)))


def table(
    frame: pd.DataFrame, caption: str, formats: dict[str, str] | None = None, missing: str = "–", index: bool = True
) -> None:
    """Display a DataFrame as a plain HTML table with a caption; `formats` maps columns to format strings ("{:.1f}")."""
    formats = formats or {}
    numeric = {name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
    head = [_header(frame.index.name or "")] if index else []
    head += [_header(name, numeric=name in numeric) for name in frame.columns]
    if not any(frame.columns):
        head = []
    rows = []
    for label, row in zip(frame.index, frame.itertuples(index=False), strict=True):
        cells = [Markup('<th scope="row">{}</th>').format(label)] if index else []
        for name, value in zip(frame.columns, row, strict=True):
            text = missing if pd.isna(value) else formats.get(name, _default_format(value)).format(value)
            cells.append(Markup('<td class="{}">{}</td>').format("number" if name in numeric else "text", text))
        rows.append(cells)
    display(HTML(html_table(caption, head, [rows])))


def html_table(
    caption: str, head: Iterable[Markup], bodies: Iterable[Iterable[Iterable[Markup]]], note: str = ""
) -> Markup:
    """A table from ready cells: `bodies` holds groups of rows of cells. note: what its marks mean."""
    parts = [Markup("<thead><tr>{}</tr></thead>").format(Markup().join(head))] if any(head) else []
    for rows in bodies:
        lines = Markup("\n").join(Markup("<tr>{}</tr>").format(Markup().join(cells)) for cells in rows)
        parts.append(Markup("<tbody>{}</tbody>").format(lines))
    # Not <caption>: a long one would stretch a narrow table. In the order of tabs, for it may scroll sideways.
    return Markup(
        '<figure class="table" tabindex="0"><figcaption>{caption}</figcaption>'
        '<table aria-label="{caption}">{rows}</table>{note}</figure>'
    ).format(
        caption=caption,
        rows=Markup("\n").join(parts),
        note=Markup('<p class="note">{}</p>').format(note) if note else "",
    )


def _header(name: str, numeric: bool = False) -> Markup:
    if not name:  # a head that says nothing is none
        return Markup("<td></td>")
    return Markup('<th scope="col" class="{}">{}</th>').format("number" if numeric else "text", name)


def _default_format(value: object) -> str:
    return "{:,}" if isinstance(value, Integral) and not isinstance(value, bool) else "{}"
