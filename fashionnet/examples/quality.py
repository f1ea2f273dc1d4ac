"""Photos that quality control found: pairs side by side, and flagged photos by their flaw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fashionnet.describe import TITLES
from fashionnet.figures.photos import Tile, tiles
from fashionnet.prepare.tables import Prepared

Rows = list[tuple[str, list[Tile]]]


def duplicate_rows(prepared: Prepared, pairs: pd.DataFrame, most: int, seed: int = 0) -> Rows:
    """At most `most` pairs of each kind, drawn at random: how different the two are, and where each stands."""
    found: Rows = []
    for kind, own in pairs.groupby("kind", sort=True):
        for pair in _some(own, most, seed).sort_values("difference").itertuples():
            label = kind if kind == "exact" else f"{kind}, difference {pair.difference:.2f}"
            found.append((label, _pair(prepared, pair.first, pair.second)))
    return found


def leak_rows(prepared: Prepared, leaks: pd.DataFrame, most: int, seed: int = 0) -> Rows:
    """At most `most` leaks drawn at random: the training photo, then the test photo (framed) that it shows."""
    drawn = _some(leaks, most, seed)
    return [
        (f"{leak.kind}, difference {leak.difference:.2f}", _pair(prepared, leak.train, leak.test, frame="query"))
        for leak in drawn.itertuples()
    ]


def screened_rows(prepared: Prepared, screened: pd.DataFrame, flaws: Sequence[str], most: int, seed: int = 0) -> Rows:
    """A row for each of `flaws` that was found: at most `most` photos, drawn at random, with box and landmarks and what
    was seen."""
    found: Rows = []
    for flaw in (name for name in flaws if (screened["flaw"] == name).any()):
        own = screened[screened["flaw"] == flaw]
        drawn = _some(own, most, seed)
        alts = [f"flagged as {flaw}: {words}" for words in drawn["found"]]
        shown = tiles(prepared, drawn["row"], drawn["found"].tolist(), alts=alts, box=True, landmarks=True)
        found.append((f"{flaw} ({len(own):,})", shown))
    return found


def _pair(prepared: Prepared, first: int, second: int, frame: str = "") -> list[Tile]:
    photos = prepared.photos
    captions = [f"{TITLES[photos['benchmark'][row]]}, {photos['split'][row]}" for row in (first, second)]
    return tiles(prepared, [first, second], captions, frames=["", frame])


def _some(table: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    return table.iloc[np.sort(np.random.default_rng(seed).permutation(len(table))[:most])]
