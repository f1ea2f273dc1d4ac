"""Queries beside what the compared systems find, successes and failures by a stated rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fashionnet.figures.photos import tiles
from fashionnet.figures.retrieval import Comparison, Found
from fashionnet.prepare.tables import Prepared
from fashionnet.systems import look


def compared(
    prepared: Prepared,
    kinds: pd.Series,
    about: pd.DataFrame,
    queries: pd.DataFrame,
    retrieved: pd.DataFrame,
    systems: Sequence[str],
    each: int,
    photos: int,
    seed: int = 0,
) -> list[tuple[str, list[Comparison]]]:
    """For each kind of query that occurs a caption and `each` of its queries, drawn at random, with the first `photos`
    that every system finds.

    kinds, about: of `evaluate.agreement` and `kinds_of`. queries, retrieved: tables of an evaluation of retrieval.
    """
    ranks = queries.set_index(["system", "row"])["rank"]
    found = []
    for kind, own in about.iterrows():
        rows = np.array(kinds.index[kinds == kind])
        chosen = np.sort(np.random.default_rng(seed).permutation(rows)[:each])
        if len(chosen):
            words = own["kind of query"]
            share = f"{own['queries']:,} of {len(kinds):,} queries ({own['share']:.0%})"
            caption = f"{words[0].upper()}{words[1:]}: {share}"
            found.append((caption, [_one(prepared, row, ranks, retrieved, systems, photos) for row in chosen]))
    return found


def _one(
    prepared: Prepared, row: int, ranks: pd.Series, retrieved: pd.DataFrame, systems: Sequence[str], photos: int
) -> Comparison:
    item, benchmark = prepared.photos["item"][row], prepared.photos["benchmark"][row]
    gallery = prepared.rows(benchmark, "test", "gallery")
    sought = gallery[prepared.photos["item"].to_numpy()[gallery] == item][:1]
    own = retrieved[(retrieved["row"] == row) & (retrieved["place"] <= photos)]
    results = []
    for system in systems:
        near = own[own["system"] == system].sort_values("place")
        alts = [
            f"place {place} by {look(system).label}, {'the right' if right else 'another'} item"
            for place, right in zip(near["place"], near["right"])
        ]
        shown = tiles(prepared, near["retrieved"], [""] * len(near), alts=alts,
                      frames=["right" if right else "" for right in near["right"]])  # fmt: skip
        results.append(Found(system, int(ranks[system, row]), shown))
    return Comparison(
        tiles(prepared, [row], [""], frames=["query"], alts=["the query"])[0],
        tiles(prepared, sought, [""], alts=["a gallery photo of the query's item"])[0],
        results,
    )
