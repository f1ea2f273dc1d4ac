"""A system's colour and marker beside its name in tables and sheets: the same as in every figure."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup
from matplotlib.markers import MarkerStyle

from fashionnet.systems import look


@cache
def swatch(system: str) -> Markup:
    """A small SVG of the system's marker in its colour, a dashed line where it has none; the name beside it says what
    it is, so that readers who see neither miss nothing."""
    style = look(system)
    if style.marker:
        marker = MarkerStyle(style.marker)
        path = marker.get_path().transformed(marker.get_transform())
        outlines = [" ".join(f"{x:.2f},{-y:.2f}" for x, y in part) for part in path.to_polygons()]
        shapes = Markup().join(
            Markup('<polygon points="{}" fill="{}"/>').format(points, style.colour) for points in outlines
        )
    else:
        shapes = Markup('<path d="M-.6 0h1.2" stroke="{}" stroke-width=".2" stroke-dasharray=".3 .15"/>').format(
            style.colour
        )
    box = "-.65 -.65 1.3 1.3"  # markers are of size one
    return Markup('<svg class="swatch" width="12" height="12" viewBox="{}" aria-hidden="true">{}</svg>').format(
        box, shapes
    )


def named(system: str) -> Markup:
    """The swatch and the name."""
    return Markup("{}{}").format(swatch(system), look(system).label)
