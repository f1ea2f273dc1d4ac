"""Photos that quality control found: copies side by side, and one row for each flaw."""

from __future__ import annotations

import pandas as pd

from fashionnet.describe import TITLES
from fashionnet.examples.labels import Rows
from fashionnet.figures.photos import tiles
from fashionnet.prepare.tables import Prepared


def copy_rows(prepared: Prepared, pairs: pd.DataFrame, number: int) -> Rows:
    """A row a pair, `number` of each kind, the least alike first: those are where a mistake would show.

    pairs: columns first, second (rows of the photos), kind, difference.
    """
    chosen = pairs.sort_values("difference", ascending=False, kind="stable").groupby("kind", sort=True).head(number)
    found = []
    for kind, own in chosen.groupby("kind", sort=True):
        for pair in own.itertuples():
            rows = [pair.first, pair.second]
            places = [_place(prepared, row) for row in rows]
            found.append((f"{kind}, difference {pair.difference:.2f}", tiles(prepared, rows, places)))
    return found


def flaw_rows(prepared: Prepared, screening: pd.DataFrame, number: int) -> Rows:
    """A row a flaw with up to `number` of its photos, box and landmarks drawn, and what was found of each."""
    rows = []
    for flaw, own in screening.groupby("flaw", sort=False):
        some = own.head(number)
        alts = [f"{flaw.replace('_', ' ')}: {found}" for found in some["found"]]
        label = f"{flaw.replace('_', ' ')} ({len(own):,})"
        rows.append((label, tiles(prepared, some["row"], some["found"], alts=alts, box=True, landmarks=True)))
    return rows


def _place(prepared: Prepared, row: int) -> str:
    photo = prepared.photos.iloc[row]
    return f"{TITLES[photo['benchmark']]}, {photo['split']}"
