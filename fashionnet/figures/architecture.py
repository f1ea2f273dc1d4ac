"""FashionNet as a drawing: three branches from one trunk, as in figure 3 of the paper."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from fashionnet.figures.style import canvas, styled

_POSE, _GLOBAL, _LOCAL, _SHARED = "#cfe3f3", "#fbe3bf", "#c9e8d9", "#e9ecef"
# Name, text, centre x and y, width, colour; units of the drawing's 14 x 6 plane.
_BOXES = (
    ("photo", "photo", 0.8, 3.0, 1.3, "#ffffff"),
    ("trunk", "conv1 to conv4\n(VGG-16)", 2.95, 3.0, 2.15, _SHARED),
    ("pose", "conv5, fc6, fc7\npose branch", 6.0, 5.0, 2.3, _POSE),
    ("landmarks", "landmarks,\nvisibility", 9.3, 5.0, 1.9, "#ffffff"),
    ("pool", "landmark\npooling", 6.0, 3.0, 1.7, _LOCAL),
    ("local", "fc6\nlocal branch", 8.6, 3.0, 1.7, _LOCAL),
    ("global", "conv5, fc6\nglobal branch", 6.0, 1.0, 2.3, _GLOBAL),
    ("fusion", "fc7\nfusion", 10.9, 2.0, 1.3, _SHARED),
    ("category", "category", 13.1, 3.2, 1.7, "#ffffff"),
    ("attributes", "attributes", 13.1, 2.0, 1.7, "#ffffff"),
    ("feature", "feature for\nretrieval", 13.1, 0.8, 1.7, "#ffffff"),
)
_HEIGHT = 1.0
_ARROWS = (
    ("photo", "trunk"),
    ("trunk", "pose"),
    ("trunk", "pool"),
    ("trunk", "global"),
    ("pose", "landmarks"),
    ("pool", "local"),
    ("local", "fusion"),
    ("global", "fusion"),
    ("fusion", "category"),
    ("fusion", "attributes"),
    ("fusion", "feature"),
)


@styled
def architecture() -> Figure:
    """The network's parts and what flows between them."""
    figure, (axes,) = canvas(3.1)
    axes.set(xlim=(0, 14.1), ylim=(0.2, 5.8))
    axes.axis("off")
    places = {}
    for name, text, x, y, width, colour in _BOXES:
        places[name] = (x, y, width)
        corner = (x - width / 2, y - _HEIGHT / 2)
        axes.add_patch(
            FancyBboxPatch(corner, width, _HEIGHT, "round,pad=0,rounding_size=0.15", fc=colour, ec="#52606d", lw=0.9)
        )
        axes.text(x, y, text, ha="center", va="center", fontsize=8.5, linespacing=1.25)
    for start, end in _ARROWS:
        (x, y, width), (u, v, other) = places[start], places[end]
        _arrow(axes, (x + width / 2, y), (u - other / 2, v))
    # What the pose branch estimates says where the local branch looks.
    _arrow(axes, (9.3, 4.5), (6.0 + 0.85, 3.3), dashed=True)
    axes.text(8.6, 3.87, "where to pool, and whether", fontsize=8, color="#3e4c59", ha="left", style="italic")
    return figure


def _arrow(axes, start, end, dashed: bool = False) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=9,
            lw=1.1,
            color="#3e4c59",
            shrinkA=0,
            shrinkB=0,
            ls="--" if dashed else "-",
        )
    )
