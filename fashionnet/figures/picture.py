"""README's picture: test photos with predicted and true landmarks."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from fashionnet.figures.photos import Tile
from fashionnet.figures.style import PREDICTED, TRUE, canvas, styled


@styled
def picture(tiles: Sequence[Tile], columns: int = 6) -> Figure:
    """Photos in rows: a diamond where a landmark was predicted, a line from it to the circle where it is."""
    rows = max(1, -(-len(tiles) // columns))
    figure, panels = canvas(1.25 * rows + 0.3, columns=columns, rows=rows)
    for axes in panels:
        axes.set_axis_off()
    if not tiles:
        figure.text(0.5, 0.5, "no photos with landmarks", ha="center", va="center")
    for axes, tile in zip(panels, tiles):
        side = tile.pixels.shape[0]
        axes.imshow(tile.pixels)
        for true, guess in zip(tile.landmarks[tile.compared] * side, tile.predicted[tile.compared] * side):
            axes.plot(*zip(true, guess), color="white", lw=2.4)
            axes.plot(*zip(true, guess), color=PREDICTED, lw=1.2)
            axes.plot(*true, "o", color=TRUE, ms=4.5, mec="#111827", mew=0.8)
            axes.plot(*guess, "D", color=PREDICTED, ms=4, mec="white", mew=0.8)
        axes.set(xlim=(0, side), ylim=(side, 0))
    return figure
