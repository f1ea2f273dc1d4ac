"""What the exploration notebook asks for: photos by what is known of them, and answers. No widget in it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.anatomy import pools
from fashionnet.batches import sources
from fashionnet.device import reproducible
from fashionnet.evaluate.landmarks import WITHIN, box_distances
from fashionnet.explore.pooling import Seen, judged, look, windows
from fashionnet.formats.layout import find_benchmarks
from fashionnet.metrics import retrieval
from fashionnet.predictions import Arrays, aligned, load_predictions
from fashionnet.prepare.photos import read_photo
from fashionnet.prepare.tables import BENCHMARKS, Prepared
from fashionnet.ranking import ranking
from fashionnet.recognition import Asked, Recognised, Recogniser, load_recogniser, parse_box, trained_experiments
from fashionnet.recognition.recogniser import THREADS

ANY, RIGHT, WRONG = "any", "right", "wrong"
RULES = {
    "category_attribute": "its most probable category is the true one",
    "landmarks": f"its visible landmarks are {WITHIN} of the box or less from the true ones, on average",
    "in_shop": "the nearest photo of the benchmark's gallery shows the same item",
    "consumer_to_shop": "the nearest photo of the benchmark's gallery shows the same item",
}


@dataclass(frozen=True)
class Shown:
    """A photo that is looked at. row: of the prepared photos, None for one's own. source: as of `batches.sources`."""

    asked: Asked
    row: int | None = None
    source: int | None = None


@dataclass(frozen=True)
class Answer:
    """own: what the system says by itself. given: with the landmarks as they were put; the same where none was.

    places (8, 2), gates (8,), windows (8, 4): where it pooled, as shares of the crop; None of a system that does not.
    changed: the landmarks that were moved or hidden.
    """

    shown: Shown
    own: Recognised
    given: Recognised
    places: np.ndarray | None
    gates: np.ndarray | None
    windows: np.ndarray | None
    changed: frozenset[int]


class Session:
    """The trained experiments of a project and its raw photos; what is slow is done once."""

    def __init__(self, root: Path, data: Path) -> None:
        """Raises FileNotFoundError where nothing is trained, or no data is there."""
        self.root, self.found = root, find_benchmarks(data)
        self.experiments = trained_experiments(root)
        self.recogniser = cache(self._load)
        self.outcomes = cache(self._outcomes)
        self._seen = lru_cache(maxsize=8)(self._look)
        self.prepared: Prepared = self.recogniser(self.experiments[0] if self.experiments else "fashionnet").prepared

    def benchmarks(self) -> list[str]:
        """Those that have test photos."""
        return [name for name in BENCHMARKS if len(self.prepared.rows(name, "test"))]

    def categories(self, benchmark: str) -> list[str]:
        """Those that a benchmark's test photos are labelled with."""
        labels = self.prepared.photos["category"].iloc[self.prepared.rows(benchmark, "test")]
        return sorted(self.prepared.categories["category_name"].iloc[np.unique(labels[labels >= 0])])

    def rows(self, experiment: str, benchmark: str, category: str = ANY, outcome: str = ANY) -> np.ndarray:
        """A benchmark's test photos of a category, and those that the system gets right or wrong as RULES say."""
        rows = self.prepared.rows(benchmark, "test")
        keep = np.ones(len(rows), bool)
        if category != ANY:
            names = self.prepared.categories["category_name"].to_numpy()
            labels = self.prepared.photos["category"].to_numpy()[rows]
            keep &= (labels >= 0) & (names[labels] == category)
        if outcome != ANY:
            keep &= self.outcomes(experiment, benchmark) == outcome
        return rows[keep]

    def test_photo(self, experiment: str, row: int) -> Shown:
        """Raises what `Benchmark.open` and `read_photo` do where the raw photo is not there any more."""
        photo = self.prepared.photos.iloc[row]
        if photo["benchmark"] not in self.found:
            raise FileNotFoundError(f"found no folder of {photo['benchmark']} any more, expected the one of its photos")
        with self.found[photo["benchmark"]].open(photo["image_name"]) as file:
            whole = read_photo(file)
        box = tuple(photo[["x_1", "y_1", "x_2", "y_2"]].astype(float)) if photo["boxed"] else None
        asked = self.recogniser(experiment).asked(whole, box, photo["image_name"])
        return Shown(asked, int(row), int(sources(self.prepared.photos.iloc[[row]])[0]))

    def own_photo(self, experiment: str, name: str, content: bytes, box: str) -> Shown:
        """box: as `--box`, "" for the whole photo. Raises ValueError for what is no photo or no box."""
        whole = read_photo(io.BytesIO(content))
        return Shown(self.recogniser(experiment).asked(whole, parse_box(box) if box.strip() else None, name))

    def answer(
        self, experiment: str, shown: Shown, moved: dict[int, tuple[float, float]], hidden: frozenset[int] = frozenset()
    ) -> Answer:
        """moved: where landmarks are put, x and y as shares of the crop. hidden: those whose gates are shut."""
        recogniser = self.recogniser(experiment)
        own, seen = self._seen(experiment, shown)
        if seen is None:
            return Answer(shown, own, own, None, None, None, frozenset())
        places, gates = seen.places.copy(), seen.gates.copy()
        for slot, place in moved.items():
            places[slot] = place
        gates[list(hidden)] = 0.0
        given = own
        if changed := frozenset(moved) | hidden:
            with reproducible(seen.maps.device, THREADS):
                said = judged(recogniser.network, seen, places, gates)
            given = recogniser.recognised(shown.asked, said, without=shown.row)
        return Answer(shown, own, given, places, gates, windows(recogniser.network, seen, places), changed)

    def _load(self, experiment: str) -> Recogniser:
        return load_recogniser(experiment, self.root)

    def _look(self, experiment: str, shown: Shown) -> tuple[Recognised, Seen | None]:
        recogniser = self.recogniser(experiment)
        network = recogniser.network
        arrays = recogniser.arrays(shown.asked.crop, shown.source)
        own, seen = recogniser.recognised(shown.asked, arrays, without=shown.row), None
        if pools(network):
            with reproducible(next(network.parameters()).device, THREADS):
                seen = look(network, shown.asked.crop)
        return own, seen

    def _outcomes(self, experiment: str, benchmark: str) -> np.ndarray:
        """(N,) RIGHT, WRONG, or "" where it cannot be told, of the benchmark's test photos."""
        path = self.root / "artifacts/predictions" / experiment / f"{benchmark}.npz"
        arrays = aligned(self.prepared, benchmark, {experiment: load_predictions(path)})[experiment]
        right = right_ones(self.prepared, benchmark, arrays)
        return np.where(right.isna(), "", np.where(right.fillna(False).astype(bool), RIGHT, WRONG))


def right_ones(prepared: Prepared, benchmark: str, arrays: Arrays) -> pd.Series:
    """Whether a system is right about each test photo of a benchmark, as RULES say; NA where it cannot be told.

    arrays: its predictions, in the order of the test photos.
    """
    rows = prepared.rows(benchmark, "test")
    photos = prepared.photos.iloc[rows]
    right = pd.Series(pd.NA, index=np.arange(len(rows)), dtype="boolean")
    if benchmark == "category_attribute" and "category" in arrays:
        labels = photos["category"].to_numpy()
        known = np.flatnonzero(labels >= 0)
        right[known] = arrays["category"].argmax(1)[known] == labels[known]
    elif benchmark == "landmarks" and "landmarks" in arrays:
        distances = box_distances(prepared, rows, arrays["landmarks"])
        known = np.flatnonzero(~np.isnan(distances).all(1))
        right[known] = np.nanmean(distances[known], axis=1) <= WITHIN
    elif benchmark in ("in_shop", "consumer_to_shop") and (by := ranking(arrays)) is not None:
        roles, items = (photos[name].to_numpy(str) for name in ("role", "item"))
        gallery = np.flatnonzero((roles == "gallery") & (items != ""))
        known = np.flatnonzero((roles == "query") & np.isin(items, items[gallery]) & (items != ""))
        if len(known):
            result = retrieval(by.query[known], by.gallery[gallery], items[known], items[gallery], match=by.match)
            right[known] = result.rank == 1
    return right
