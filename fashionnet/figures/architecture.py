"""FashionNet as a drawing, in the manner of figure 3 of the paper: three branches from one trunk, with their shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from fashionnet.figures.style import canvas, styled


class Part(Protocol):
    shape: tuple[int, ...]
    parameters: int


_POSE, _GLOBAL, _LOCAL, _SHARED, _OUT = "#9cc6e4", "#f5cd8b", "#9ad3b8", "#cfd6dd", "#ffffff"
_EDGE, _INK = "#3e4c59", "#1f2933"
# Name in the module, centre x and y on the drawing's plane of 100 x 56, colour. What the network lacks is not drawn.
_PLACES = (
    ("photo", 4.5, 28, _OUT),
    ("conv1", 14.5, 28, _SHARED),
    ("conv2", 23.5, 28, _SHARED),
    ("conv3", 31.8, 28, _SHARED),
    ("conv4", 39.5, 28, _SHARED),
    ("conv5_pose", 51, 46, _POSE),
    ("fc6_pose", 58.5, 46, _POSE),
    ("fc7_pose", 65, 46, _POSE),
    ("landmarks", 76, 51, _OUT),
    ("visibility", 76, 42.5, _OUT),
    ("pooling", 56.5, 28, _LOCAL),
    ("fc6_local", 69, 28, _LOCAL),
    ("conv5_global", 51, 9.5, _GLOBAL),
    ("fc6_global", 60.5, 9.5, _GLOBAL),
    ("fc7_fusion", 78.5, 18.5, _SHARED),
    ("category", 92.5, 28.5, _OUT),
    ("attributes", 92.5, 18.5, _OUT),
    ("feature", 92.5, 8.5, _OUT),
)
_ARROWS = (
    ("photo", "conv1"),
    ("conv4", "conv5_pose"),
    ("fc7_pose", "landmarks"),
    ("fc7_pose", "visibility"),
    ("conv4", "pooling"),
    ("pooling", "fc6_local"),
    ("conv4", "conv5_global"),
    ("fc6_local", "fc7_fusion"),
    ("fc6_global", "fc7_fusion"),
    ("fc7_fusion", "category"),
    ("fc7_fusion", "attributes"),
    ("fc7_fusion", "feature"),
)
# What stands above a part, and how far to the right of its left edge.
_BRANCHES = (("conv5_pose", "pose branch", 0), ("fc6_local", "local branch", -9), ("conv5_global", "global branch", 0))
_NAMES = {"fc7_fusion": "fc7 fusion", "pooling": "landmark pooling"}  # others: as in the module, up to "_"
_BOX = (11.0, 6.2)  # width and height of an output
_BAR = (1.7, 9.0)  # of a fully connected layer
_CELL = 1.7  # of a pooled window


@styled
def architecture(parts: Mapping[str, Part]) -> Figure:
    """Maps as blocks, as high as their side and as deep as their channels (both grow with the logarithm), fully
    connected layers as bars; below each its name in the module and its shape. parts: of `anatomy.parts`."""
    figure, (axes,) = canvas(4.1)
    axes.set(xlim=(0, 99), ylim=(-1, 56))
    axes.axis("off")
    drawn = {name: _draw(axes, name, x, y, colour, parts[name].shape)
             for name, x, y, colour in _PLACES if name in parts}  # fmt: skip
    for start, end in _ARROWS:
        if start in drawn and end in drawn:
            (_, right, y), (left, _, v) = drawn[start], drawn[end]
            _arrow(axes, (right, y), (left, v))
    if "pooling" in drawn:
        left, right, y = drawn["pooling"]
        axes.plot([75, 75, (left + right) / 2 + 2], [39.2, 36.5, 36.5], color=_EDGE, lw=1.1, ls=(0, (3, 2)))
        _arrow(axes, ((left + right) / 2 + 2, 36.6), ((left + right) / 2 + 2, y + 4.4))
        axes.text(75.6, 36.3, "where to pool,\nand how far each\ngate is open", fontsize=7, color=_EDGE, style="italic",
                  va="center")  # fmt: skip
    for name, branch, right in _BRANCHES:
        if name in drawn:
            axes.text(drawn[name][0] + right, drawn[name][2] + 6.3, branch, fontsize=8.5, weight="bold", color=_INK)
    return figure


def _draw(axes: Axes, name: str, x: float, y: float, colour: str, shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Draws one part; gives its left and right edge and the height at which arrows meet it."""
    text = "\n".join((_NAMES.get(name, name.partition("_")[0]), *_sizes(name, shape)))
    if name == "pooling":
        count, bins = shape[0], shape[-1]
        columns = -(-count // 2)
        left, bottom = x - columns * (_CELL + 0.6) / 2, y - _CELL - 0.3
        for place in range(count):
            corner = (left + place % columns * (_CELL + 0.6), bottom + place // columns * (_CELL + 0.6))
            for cell in range(bins**2):
                inner = (corner[0] + cell % bins * _CELL / bins, corner[1] + cell // bins * _CELL / bins)
                axes.add_patch(Rectangle(inner, _CELL / bins, _CELL / bins, fc=colour, ec=_EDGE, lw=0.6))
        _label(axes, x, bottom - 0.8, text)
        return left, left + columns * (_CELL + 0.6) - 0.6, y
    if colour == _OUT and len(shape) < 3:
        width, height = _BOX
        axes.add_patch(Rectangle((x - width / 2, y - height / 2), width, height, fc=colour, ec=_EDGE, lw=0.9))
        axes.text(x, y, text, ha="center", va="center", fontsize=7.5, linespacing=1.2)
        return x - width / 2, x + width / 2, y
    if len(shape) == 3:
        side, depth = 2.6 * math.log2(1 + shape[1]), 0.35 * math.log2(shape[0])
    else:
        side, depth = _BAR[1], 0.6
    width = side * 0.42 if len(shape) == 3 else _BAR[0]
    _block(axes, x - width / 2, y - side / 2, width, side, depth, colour)
    _label(axes, x + depth / 2, y - side / 2 - 0.8, text)
    return x - width / 2, x + width / 2 + depth, y


def _block(axes: Axes, left: float, bottom: float, width: float, height: float, depth: float, colour: str) -> None:
    """A box seen from the front, its top and right side receding."""
    right, top = left + width, bottom + height
    back = 0.6 * depth
    faces = (
        ([(left, bottom), (right, bottom), (right, top), (left, top)], 1.0),
        ([(left, top), (right, top), (right + depth, top + back), (left + depth, top + back)], 1.06),
        ([(right, bottom), (right + depth, bottom + back), (right + depth, top + back), (right, top)], 0.82),
    )
    for corners, light in faces:
        shade = tuple(min(1.0, light * channel) for channel in to_rgb(colour))
        axes.add_patch(Polygon(corners, fc=shade, ec=_EDGE, lw=0.7, joinstyle="round"))


def _label(axes: Axes, x: float, y: float, text: str) -> None:
    axes.text(x, y, text, ha="center", va="top", fontsize=7, linespacing=1.25, color=_INK)


def _sizes(name: str, shape: tuple[int, ...]) -> list[str]:
    """A shape in words, a line each."""
    if name == "photo":
        return [f"{shape[1]} × {shape[2]}", "RGB"]
    if name == "pooling":
        return [f"{shape[0]} landmarks ×", f"{shape[1]} maps, {shape[2]} × {shape[3]}"]
    if len(shape) == 3:
        return [f"{shape[0]} maps", f"{shape[1]} × {shape[2]}"]
    return [" × ".join(map(str, shape))]


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=8, lw=1.1, color=_EDGE, shrinkA=1, shrinkB=1)
    )
