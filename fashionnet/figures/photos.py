"""Sheets of photos as HTML that wraps on a narrow screen: boxes, landmarks and joints drawn over them as vectors.

A photo's alt text says what is on it; its overlay repeats what the alt text and the caption say.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup, escape
from PIL import Image

from fashionnet.figures.style import PREDICTED, TRUE
from fashionnet.formats.codes import VISIBILITY
from fashionnet.prepare.tables import Prepared, photo_to_crop

SHARPNESS = 1.1  # stored pixels a CSS pixel, at most: more would make a page of hundreds of photos heavy
QUALITY = 72  # of WebP, which takes half of JPEG's bytes at this size
GAP = 8  # CSS pixels between photos
LEFT, RIGHT = "#56B4E9", "#F0E442"  # sides of the garment; both stand out on photos, with a dark outline
_INK = "#111827"
# Joints that a limb connects, by their place in JOINT_NAMES.
_LIMBS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (6, 7), (7, 8), (8, 9), (9, 10), (10, 11), (8, 12), (9, 12), (12, 13))

STYLE = """<style>
.fn-sheet{margin:1em 0;font:13px/1.35 system-ui,sans-serif}
.fn-sheet figcaption{font-weight:600;margin-bottom:.5em;text-align:left}
.fn-sheet .fn-label{font-weight:600;margin:.5em 0 .25em}
.fn-sheet .fn-grid{display:grid;gap:0 10px}
.fn-sheet .fn-row{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 6px;padding:0;list-style:none}
.fn-sheet .fn-row li{margin:0;padding:0;list-style:none}
.fn-sheet .fn-photo{position:relative;display:block;box-sizing:border-box;border:3px solid transparent;overflow:hidden}
.fn-sheet .fn-photo img{display:block;width:100%;height:100%;margin:0}
.fn-sheet .fn-photo svg{position:absolute;inset:0;width:100%;height:100%}
.fn-sheet .fn-right{border-color:#00714f}
.fn-sheet .fn-wrong{border:3px dotted #b33a00}
.fn-sheet .fn-query{border:3px double #1f2933}
.fn-sheet .fn-mark{position:absolute;right:0;bottom:0;padding:0 3px;background:#fff;
font-weight:700;font-size:11px;line-height:1.15}
.fn-sheet .fn-right .fn-mark{color:#00714f}
.fn-sheet .fn-wrong .fn-mark{color:#b33a00}
.fn-sheet .fn-text{color:#3e4c59;overflow-wrap:anywhere;font-size:12px}
.fn-sheet .fn-key{color:#3e4c59;margin:.5em 0 0}
.fn-sheet .fn-key svg{width:14px;height:14px;vertical-align:-2px;margin:0 3px 0 10px}
</style>"""
_MARKS = {"right": "✓", "wrong": "✗"}


@dataclass(frozen=True)
class Tile:
    """One photo of a sheet.

    pixels: (S, S, 3) uint8 RGB. box: x_1, y_1, x_2, y_2 as shares of the crop, as all points. landmarks (8, 2) with
    visibility (8,) codes, joints (14, 2) with codes (14,), predicted (8, 2) with `compared` (8,) bool: where a line
    leads to the true landmark. frame: "right", "wrong", "query" or "".
    """

    pixels: np.ndarray
    caption: str
    alt: str
    box: np.ndarray | None = None
    landmarks: np.ndarray | None = None
    visibility: np.ndarray | None = None
    joints: np.ndarray | None = None
    joint_visibility: np.ndarray | None = None
    predicted: np.ndarray | None = None
    compared: np.ndarray | None = None
    frame: str = ""


def tiles(
    prepared: Prepared,
    rows: Sequence[int],
    captions: Sequence[str],
    frames: Sequence[str] | None = None,
    alts: Sequence[str] | None = None,
    box: bool = False,
    landmarks: bool = False,
    joints: bool = False,
) -> list[Tile]:
    """Tiles of the prepared photos in `rows`, with the overlays that are asked for and annotated.

    alts: what is on each photo, where the caption does not say it.
    """
    found = []
    for place, (row, caption) in enumerate(zip(rows, captions, strict=True)):
        photo = prepared.photos.iloc[[row]]
        alt = f"Photo: {alts[place] if alts else caption}"
        tile = Tile(prepared.crops[row], caption, alt, frame=frames[place] if frames else "")
        if box and photo["boxed"].item():
            corners = photo[["x_1", "y_1", "x_2", "y_2"]].to_numpy(np.float64).reshape(1, 2, 2)
            tile = replace(tile, box=photo_to_crop(corners, photo).ravel())
        if landmarks and photo["landmarked"].item():
            visibility = prepared.visibility[row]
            alt = f"{tile.alt}; landmarks {_counts(visibility)}"
            tile = replace(tile, landmarks=prepared.landmarks[row], visibility=visibility, alt=alt)
        if joints and photo["jointed"].item():
            tile = replace(tile, joints=prepared.joints[row], joint_visibility=prepared.joint_visibility[row])
        found.append(tile)
    return found


def sheet(
    caption: str,
    rows: Iterable[tuple[str, Sequence[Tile]]],
    size: int = 84,
    meaning: tuple[str, str] = ("right", "wrong"),
) -> Markup:
    """Rows of photos, each with a label ("" for none); a photo is shown `size` CSS pixels wide.

    Short rows stand side by side where the page is wide enough. meaning: what a tick and a cross say.
    """
    rows = list(rows)
    widest = max((len(row) for _, row in rows), default=1) * (size + GAP)
    groups = [
        Markup("<div>{}{}</div>").format(
            Markup('<div class="fn-label">{}</div>').format(label) if label else "", photo_list(row, size)
        )
        for label, row in rows
    ]
    return Markup(
        '{}<figure class="fn-sheet"><figcaption>{}</figcaption>\n'
        '<div class="fn-grid" style="grid-template-columns:repeat(auto-fill,minmax(min(100%,{}px),1fr))">{}</div>\n'
        "{}</figure>"
    ).format(
        Markup(STYLE),
        caption,
        widest,
        Markup("\n").join(groups),
        key([tile for _, row in rows for tile in row], meaning),
    )


def photo_list(row: Sequence[Tile], size: int) -> Markup:
    """Photos beside each other, each `size` CSS pixels wide."""
    return Markup('<ul class="fn-row">{}</ul>').format(Markup("\n").join(_tile(tile, size) for tile in row))


def _tile(tile: Tile, size: int) -> Markup:
    mark = _MARKS.get(tile.frame, "")
    return Markup(
        '<li style="width:{size}px"><span class="fn-photo {frame}" style="width:{size}px;height:{size}px">'
        '<img alt="{alt}" src="data:image/webp;base64,{data}">{overlay}{mark}</span>'
        '<span class="fn-text">{caption}</span></li>'
    ).format(
        size=size,
        frame=f"fn-{tile.frame}" if tile.frame else "",
        alt=tile.alt,
        data=_webp(tile.pixels, round(SHARPNESS * size)),
        overlay=_overlay(tile),
        mark=Markup('<span class="fn-mark">{}</span>').format(mark) if mark else "",
        caption=tile.caption,
    )


def _webp(pixels: np.ndarray, largest: int) -> str:
    picture = Image.fromarray(np.asarray(pixels))
    if picture.width > largest:
        picture = picture.resize((largest, largest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=6)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _overlay(tile: Tile) -> Markup:
    shapes = []
    if tile.box is not None:
        x_1, y_1, x_2, y_2 = 100 * tile.box
        shapes.append(
            f'<rect x="{x_1:.1f}" y="{y_1:.1f}" width="{x_2 - x_1:.1f}" height="{y_2 - y_1:.1f}" fill="none" '
            f'stroke="{_INK}" stroke-width="2"/><rect x="{x_1:.1f}" y="{y_1:.1f}" width="{x_2 - x_1:.1f}" '
            f'height="{y_2 - y_1:.1f}" fill="none" stroke="#fff" stroke-width="1" stroke-dasharray="3 2"/>'
        )
    if tile.joints is not None:
        shapes += _skeleton(tile.joints, tile.joint_visibility)
    if tile.landmarks is not None and tile.predicted is None:
        for slot in np.flatnonzero(tile.visibility >= 0):
            shapes.append(_point(tile.landmarks[slot], int(tile.visibility[slot]), (LEFT, RIGHT)[slot % 2]))
    if tile.predicted is not None:
        for slot in np.flatnonzero(tile.compared):
            (x, y), (u, v) = 100 * tile.landmarks[slot], 100 * tile.predicted[slot]
            shapes.append(
                f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{u:.1f}" y2="{v:.1f}" stroke="#fff" stroke-width="1.6"/>'
                + _point(tile.landmarks[slot], 0, TRUE)
                + _diamond(tile.predicted[slot])
            )
    if not shapes:
        return Markup()
    return Markup('<svg viewBox="0 0 100 100" aria-hidden="true">' + "".join(shapes) + "</svg>")


def _point(point: np.ndarray, visibility: int, colour: str) -> str:
    x, y = 100 * point
    if visibility == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}" stroke="{_INK}"/>'
    if visibility == 1:
        return "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="none" stroke="{ink}" stroke-width="{wide}"/>'
            for ink, wide in ((_INK, 3), (colour, 1.6))
        )
    cross = f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"
    return "".join(f'<path d="{cross}" stroke="{ink}" stroke-width="{w}"/>' for ink, w in ((_INK, 3.4), (colour, 1.8)))


def _diamond(point: np.ndarray) -> str:
    x, y = 100 * point
    return f'<path d="M{x:.1f} {y - 3.6:.1f}l3.6 3.6l-3.6 3.6l-3.6 -3.6z" fill="{PREDICTED}" stroke="#fff"/>'


def _skeleton(joints: np.ndarray, visibility: np.ndarray) -> list[str]:
    shapes = []
    for start, end in _LIMBS:
        if visibility[start] >= 0 and visibility[end] >= 0:
            (x, y), (u, v) = 100 * joints[start], 100 * joints[end]
            dash = "" if visibility[start] == visibility[end] == 0 else ' stroke-dasharray="2 2"'
            line = f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{u:.1f}" y2="{v:.1f}"'
            shapes.append(
                f'{line} stroke="#fff" stroke-width="2.4"/>{line} stroke="#8a1f6b" stroke-width="1.4"{dash}/>'
            )
    return shapes


def _counts(visibility: np.ndarray) -> str:
    named = (f"{int((visibility == code).sum())} {name}" for code, name in VISIBILITY.items())
    return ", ".join(text for text in named if not text.startswith("0 ")) or "none"


def key(shown: list[Tile], meaning: tuple[str, str]) -> Markup:
    """What the marks mean, for those that occur."""
    entries = []
    middle = np.array([0.5, 0.5])
    if any(tile.box is not None for tile in shown):
        box = '<rect x="20" y="30" width="60" height="45" fill="none" stroke="#111827" stroke-width="9"/>'
        entries.append((box, "box", 100))
    if any(tile.landmarks is not None and tile.predicted is None for tile in shown):
        entries += [(_point(middle, code, "#fff"), f"{name} landmark", 10) for code, name in VISIBILITY.items()]
        entries += [(_point(middle, 0, colour), side, 10) for colour, side in ((LEFT, "left"), (RIGHT, "right"))]
    if any(tile.joints is not None for tile in shown):
        limb = '<line x1="10" y1="80" x2="90" y2="20" stroke="#8a1f6b" stroke-width="14"/>'
        entries.append((limb, "between joints (dashed: one is hidden)", 100))
    if any(tile.predicted is not None for tile in shown):
        entries += [(_point(middle, 0, TRUE), "true landmark", 10), (_diamond(middle), "predicted", 10)]
    for frame, colour, word, line in zip(_MARKS, ("#00714f", "#b33a00"), meaning, ("solid", "dotted")):
        if any(tile.frame == frame for tile in shown):
            tick = f'<text x="10" y="85" font-size="90" fill="{colour}">{_MARKS[frame]}</text>'
            entries.append((tick, f"{escape(word)} ({line} frame)", 100))
    if not entries:
        return Markup()
    texts = [
        f'<svg viewBox="{50 - span / 2} {50 - span / 2} {span} {span}" aria-hidden="true">{shape}</svg>{name}'
        for shape, name, span in entries
    ]
    return Markup('<div class="fn-key">' + " ".join(texts) + "</div>")
