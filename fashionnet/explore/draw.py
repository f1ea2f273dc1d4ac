"""What the exploration notebook shows, as HTML: every name escaped, every picture with its alt text."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from markupsafe import Markup
from PIL import Image

from fashionnet.explore.session import Answer, Shown
from fashionnet.figures.photos import Tile, sheet
from fashionnet.figures.style import PREDICTED
from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.prepare.photos import PADDING, crop_photo
from fashionnet.prepare.tables import Prepared
from fashionnet.recognition import Near, Scored
from fashionnet.recognition.text import MEASURES
from fashionnet.show import html_table

SIZE = 336  # CSS pixels of the photo
WINDOW = 76  # CSS pixels of a pooled window
CHOSEN = "#D55E00"  # the landmark that is being moved
BEST = 3  # categories, and attributes of a group, that are listed
LITTLE = 0.005  # a change that two digits do not show
_STYLE = """<style>
.fn-said{font-size:12px;line-height:1.25;margin-left:12px}
.fn-said figure,.fn-said table{margin:0}
.fn-said th,.fn-said td{padding:1px 7px!important;text-align:left}
.fn-said .number{text-align:right;font-variant-numeric:tabular-nums}
</style>"""
TRUTH = {1: " ✓", -1: " ✗", 0: ""}  # beside a name: what the label says


def photo(answer: Answer, slot: int, box: np.ndarray | None) -> Markup:
    """The crop at full resolution, with the garment's box, the pooled windows, and the landmarks on them.

    slot: the landmark that is being moved. box: (4,) shares of the crop, None for a whole photo.
    """
    shapes = [_rectangle(box, "#fff", 'stroke-dasharray="3 2"')] if box is not None else []
    if answer.places is not None:
        order = sorted(range(len(answer.places)), key=lambda place: place == slot)  # the chosen one on top
        colours = [CHOSEN if place == slot else PREDICTED for place in range(len(answer.places))]
        for place in order:
            faint = f'stroke-opacity="{0.2 + 0.8 * answer.gates[place]:.2f}"'
            shapes.append(_rectangle(answer.windows[place], colours[place], faint))
        shapes += [_mark(answer.places[place], answer.gates[place], colours[place]) for place in order]
    overlay = Markup('<svg viewBox="0 0 100 100" aria-hidden="true" style="position:absolute;inset:0">{}</svg>')
    return Markup(
        '<div style="position:relative;width:{size}px;height:{size}px;overflow:hidden">'
        '<img alt="{alt}" width="{size}" height="{size}" style="margin:0" src="{source}">{overlay}</div>'
    ).format(
        size=SIZE, alt=_alt(answer), source=_picture(answer.shown), overlay=overlay.format(Markup("").join(shapes))
    )


def _rectangle(corners: np.ndarray, colour: str, style: str) -> Markup:
    x_1, y_1, x_2, y_2 = 100 * corners
    shape = f'<rect x="{x_1:.1f}" y="{y_1:.1f}" width="{x_2 - x_1:.1f}" height="{y_2 - y_1:.1f}" fill="none" {style} '
    return Markup(f'{shape} stroke="#111827" stroke-width="1.4"/>{shape} stroke="{colour}" stroke-width=".8"/>')


def _mark(place: np.ndarray, gate: float, colour: str) -> Markup:
    """A diamond, the more filled the more its gate is open."""
    x, y = 100 * place
    path = f"M{x:.1f} {y - 2.4:.1f}l2.4 2.4l-2.4 2.4l-2.4 -2.4z"
    return Markup(
        f'<path d="{path}" fill="{colour}" fill-opacity="{gate:.2f}" stroke="#111827" stroke-width="1.2"/>'
        f'<path d="{path}" fill="none" stroke="#fff" stroke-width=".7"/>'
    )


def _alt(answer: Answer) -> str:
    asked = answer.shown.asked
    whole = "a line around the garment" if asked.boxed else "whole"
    if answer.places is None:
        return f"Photo {asked.name}, {whole}; this system pools at no landmarks"
    marks = zip(LANDMARK_NAMES, 100 * answer.places, answer.gates)
    told = "; ".join(f"{name} at {x:.0f} %, {y:.0f} % with gate {gate:.2f}" for name, (x, y), gate in marks)
    return f"Photo {asked.name}, {whole}. Pooled at {told}"


@lru_cache(maxsize=8)
def _picture(shown: Shown) -> str:
    buffer = io.BytesIO()
    Image.fromarray(enlarged(shown)).save(buffer, "WEBP", quality=88, method=2)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


@lru_cache(maxsize=8)
def enlarged(shown: Shown) -> np.ndarray:
    """(SIZE, SIZE, 3) uint8: what the crop shows, out of the photo itself."""
    asked = shown.asked
    longer = max(asked.box[2] - asked.box[0], asked.box[3] - asked.box[1])
    return crop_photo(asked.photo, np.array(asked.box), (asked.square[2] / longer - 1) / 2, SIZE)


def pooled(answer: Answer) -> Markup:
    """What is pooled: the part of the photo in each window, as faint as its gate is shut."""
    if answer.places is None:
        return Markup("<p>This system pools at no landmarks.</p>")
    picture = enlarged(answer.shown)
    parts = []
    for slot, (name, corners, gate) in enumerate(zip(LANDMARK_NAMES, answer.windows, answer.gates)):
        change = " (put)" if slot in answer.changed else ""
        caption = f"{name}{change}, gate {gate:.2f}"
        parts.append(Tile(faded(cut_out(picture, corners), gate), caption, f"Window at the {caption}"))
    return sheet("What is pooled: the windows, as faint as their gates are shut", [("", parts)], size=WINDOW)


def cut_out(picture: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The square of a picture (S, S, 3) between corners (4,) in shares of it; padding where it lies outside."""
    left, top, right, bottom = np.round(corners * len(picture)).astype(int)
    side = max(right - left, bottom - top)
    part = np.full((side, side, 3), PADDING, np.uint8)
    inside = picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    y, x = max(-top, 0), max(-left, 0)
    part[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
    return part


def faded(pixels: np.ndarray, gate: float) -> np.ndarray:
    return (255 - gate * (255.0 - pixels)).round().astype(np.uint8)


def said(answer: Answer, prepared: Prepared) -> Markup:
    """Category and attributes by group with their scores; beside them, where a landmark was put, those of before."""
    labels = _labels(prepared, answer.shown.row)
    groups = [("category", answer.given.category, answer.own.category)]
    groups += [(group, scored, answer.own.attributes[group]) for group, scored in answer.given.attributes.items()]
    head = [_head("what"), _head("name"), _head("score", "number")]
    if answer.changed:
        head += [_head("by itself", "number"), _head("change", "number")]
    bodies = []
    for what, given, own in groups:
        names = dict.fromkeys(scored.name for scored in [*given[:BEST], *own[:BEST]])
        if what == "category" and given:  # the true one, however improbable
            names |= {name: None for (of, name), mark in labels.items() if of == what and mark == TRUTH[1]}
        rows = []
        for name in names:
            cells = [_cell(what if not rows else ""), _cell(f"{name}{labels.get((what, name), '')}")]
            now, before = _score(given, name), _score(own, name)
            cells.append(_cell(f"{now:.2f}", "number"))
            if answer.changed:
                change = now - before
                cells += [
                    _cell(f"{before:.2f}", "number"),
                    _cell(f"{change:+.2f}" if abs(change) >= LITTLE else "", "number"),
                ]
            rows.append(cells)
        if rows:
            bodies.append(rows)
    if not bodies:
        return Markup("<p>This system was trained to say neither category nor attributes.</p>")
    caption = "Category (probability) and attributes by group (score)"
    caption += "; ✓ and ✗: what the labels say" if labels else ""
    return Markup('{}<div class="fn-said">{}</div>').format(Markup(_STYLE), html_table(caption, head, bodies))


def _labels(prepared: Prepared, row: int | None) -> dict[tuple[str, str], str]:
    """Of a test photo: what its labels say of a category's or an attribute's name."""
    if row is None:
        return {}
    found = {}
    if (label := prepared.photos["category"].iloc[row]) >= 0:
        for place, name in enumerate(prepared.categories["category_name"]):
            found["category", name] = TRUTH[1 if place == label else -1]
    if prepared.photos["attributed"].iloc[row]:
        table = prepared.attribute_names
        for group, name, value in zip(table["group"], table["attribute_name"], prepared.attributes[row]):
            found[group, name] = TRUTH[int(value)]
    return found


def _score(scored: Sequence[Scored], name: str) -> float:
    return next(one.score for one in scored if one.name == name)


def _head(text: str, kind: str = "text") -> Markup:
    return Markup('<th scope="col" class="{}">{}</th>').format(kind, text)


def _cell(text: str, kind: str = "text") -> Markup:
    return Markup('<td class="{}">{}</td>').format(kind, text)


def shops(answer: Answer, prepared: Prepared) -> Markup:
    """The nearest shop photos; where a landmark was put, those of before below. A tick: the same item."""
    item = "" if answer.shown.row is None else prepared.photos["item"].iloc[answer.shown.row]
    benchmark = "" if answer.shown.row is None else prepared.photos["benchmark"].iloc[answer.shown.row]
    if not answer.own.nearest:
        return Markup("<p>There are no shop photos to search: the data has no retrieval benchmark with a gallery.</p>")

    def tiles(nearest: Sequence[Near]) -> list[Tile]:
        shown = []
        for place, near in enumerate(nearest, 1):
            same = bool(item) and (near.benchmark, near.item) == (benchmark, item)
            far = MEASURES[near.measure].format(near.value)
            alt = f"Shop photo in place {place}, {far}, item {near.item}{', the same item' if same else ''}"
            shown.append(Tile(prepared.crops[near.row], f"{far} {near.item}", alt, frame="right" if same else ""))
        return shown

    if not answer.changed:
        return sheet("The nearest shop photos", [("", tiles(answer.own.nearest))], meaning=("the same item", ""))
    rows = [("with the landmarks as they were put", tiles(answer.given.nearest))]
    rows.append(("by itself", tiles(answer.own.nearest)))
    return sheet("The nearest shop photos", rows, meaning=("the same item", ""))
