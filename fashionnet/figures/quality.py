"""Figures of quality control: which benchmark's training photos stand in which one's test split."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fashionnet.figures.style import canvas, styled


@styled
def leak_matrix(counts: pd.DataFrame) -> Figure:
    """A cell for each pair of benchmarks, its number of leaking photos in it; as rows and columns of `counts`."""
    figure, (axes,) = canvas(1.6 + 0.55 * len(counts))
    values = counts.to_numpy()
    # Few beside many stay visible, zero is white, and a black number is legible on the darkest.
    axes.imshow(np.sqrt(values), cmap="Blues", vmin=0, vmax=2 * np.sqrt(max(values.max(initial=0), 1)), aspect="auto")
    for row, column in np.ndindex(values.shape):
        axes.annotate(f"{values[row, column]:,}", (column, row), ha="center", va="center", fontsize=11)
    titles = [fill(name, 16) for name in counts.columns]
    axes.set_xticks(np.arange(len(titles)), titles, fontsize=8.5)
    axes.set_yticks(np.arange(len(counts)), counts.index, fontsize=8.5)
    axes.set(xlabel="in the test split of", ylabel="training photos of")
    axes.grid(visible=False)
    return figure
