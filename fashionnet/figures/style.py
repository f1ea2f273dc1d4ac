"""One look for every figure: type, lines, and the colours of what is no system (those stand in fashionnet.systems)."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 7.0  # inches; `show` displays 100 CSS pixels an inch

_STYLE = {
    "figure.dpi": 100,
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same glyphs on every machine
    "font.size": 10.5,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#6b7280",
    "axes.labelcolor": "#1f2933",
    "text.color": "#1f2933",
    "xtick.color": "#3e4c59",
    "ytick.color": "#3e4c59",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e7eb",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "text.parse_math": False,  # a "$" in a name from a file is a dollar sign
}
# As a decorator: a figure's properties are fixed while it is built, so notebooks' own settings stay as they are.
styled = rc_context(_STYLE)


# Okabe and Ito's again, for what is no system: splits, groups, codes.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7A5C00", "#767676")
TRUE, PREDICTED, RIGHT, WRONG = "#E69F00", "#0072B2", "#00714F", "#B33A00"


def canvas(height: float, columns: int = 1, rows: int = 1, **options) -> tuple[Figure, list[Axes]]:
    """A figure of the page's width and `height` inches, and its axes in reading order."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, list(axes.flat)
