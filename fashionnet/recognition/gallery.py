"""The shop photos that are searched: both retrieval benchmarks' test galleries, as a system's predictions have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fashionnet.metrics import nearest
from fashionnet.predictions import Arrays, aligned, load_predictions
from fashionnet.prepare.tables import Prepared
from fashionnet.ranking import ranking

SEARCHED = ("in_shop", "consumer_to_shop")


@dataclass(frozen=True)
class Gallery:
    """rows: (G,) of `Prepared.photos`. arrays: what the photos are ranked by, (G, …), "match_weights" as it is; empty
    where the data has no gallery."""

    rows: np.ndarray
    arrays: Arrays

    def nearest(self, asked: Mapping[str, np.ndarray], k: int, without: int | None = None) -> tuple[list[int], list]:
        """The k photos nearest to one query: their places in `rows`, and what `metrics.nearest` calls distances.

        asked: the predictions of the query, (1, …). without: a row that is left out, where the query is in the gallery.
        """
        if not len(self.rows):
            return [], []
        by, of = ranking(asked), ranking(self.arrays)
        if of.match is None:
            places, far = _nearest_to_one(by.query[0], of.gallery, k + 1)
        else:
            (places,), (far,) = nearest(by.query, of.gallery, k + 1, match=of.match)
        kept = [at for at, place in enumerate(places) if self.rows[place] != without][:k]
        return places[kept].tolist(), far[kept].tolist()


def _nearest_to_one(query: np.ndarray, gallery: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """`metrics.nearest` of one query (D,). That prepares the gallery for thousands of queries, which takes a second at
    official size; for one, as when a landmark is moved, a single pass is enough."""
    apart = gallery - query
    far = np.sqrt(np.einsum("gd,gd->g", apart, apart, dtype=np.float64))
    places = np.argsort(far, kind="stable")[:k]
    return places, far[places]


def load_gallery(prepared: Prepared, folder: Path) -> Gallery:
    """folder: the predictions of one system.

    Raises FileNotFoundError where the data has a gallery and the system no predictions of it, ValueError where these
    are of other data.
    """
    rows, parts = [], []
    for benchmark in SEARCHED:
        own = prepared.rows(benchmark, "test")
        kept = (prepared.photos["role"].to_numpy()[own] == "gallery").nonzero()[0]
        if not len(kept):
            continue
        path = Path(folder) / f"{benchmark}.npz"
        if not path.is_file():
            raise FileNotFoundError(
                f"{path}: found no predictions, expected those of the shop photos that are searched: "
                f"`dvc repro` writes them"
            )
        arrays = aligned(prepared, benchmark, {folder.name: load_predictions(path)})[folder.name]
        rows.append(own[kept])
        parts.append({name: arrays[name] if name == "match_weights" else arrays[name][kept] for name in arrays})
    if not rows:
        return Gallery(np.zeros(0, np.int64), {})
    names = ("feature", "match_query", "match_gallery", "match_weights")
    joined = {
        name: parts[0][name] if name == "match_weights" else np.concatenate([part[name] for part in parts])
        for name in names
        if name in parts[0]
    }
    return Gallery(np.concatenate(rows), joined)
