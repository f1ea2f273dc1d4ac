"""The fashion landmark detection benchmark, and the landmarks of the category and attribute benchmark's photos."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fashionnet.evaluate.evaluation import Evaluation, Sums, mean_of_ratios, measure, ratio, why_missing
from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.metrics import landmark_distances, share_within
from fashionnet.predictions import Arrays, aligned
from fashionnet.prepare.tables import Prepared, crop_to_photo

BENCHMARK, FURTHER = "landmarks", "category_attribute"
THRESHOLDS = np.linspace(0, 0.5, 51)  # of the curve, in box units
WITHIN = 0.1


def landmarks(
    prepared: Prepared, predictions: Mapping[str, Arrays], category_attribute: Mapping[str, Arrays] | None = None
) -> Evaluation:
    """Normalised errors of each system that predicts landmarks, over visible landmarks, in units of the box.

    predictions: of the landmark benchmark. category_attribute: of that benchmark, whose test photos are measured too
    where they have landmarks, as the papers do; the names of these metrics begin with category_attribute_.
    Metrics: normalised_error, error_LANDMARK, within_0.1 (share of visible landmarks), visibility_accuracy (of the
    landmarks that the garment's type has: is the landmark visible; a probability of one half counts as wrong). Tables:
    "thresholds" and "within" {system: shares}, which "curves" (system, distance, share) holds as one,
    "landmarks" (benchmark, system, landmark, photos, error, within_0.1) and "photos" (benchmark, system,
    row of `prepared.photos`, error: the mean of the photo). Raises ValueError for predictions that do not fit.
    """
    sums: dict[str, dict[str, Sums]] = {}
    by_landmark, photos, within, notes, excluded = [], [], {}, [], {}
    for benchmark, given in ((BENCHMARK, predictions), (FURTHER, category_attribute or {})):
        rows, given = _landmarked(prepared, benchmark, given)
        visible = (prepared.visibility[rows] == 0).any()
        if benchmark == BENCHMARK:
            reason = "no system predicts landmarks" if visible else why_missing(prepared, benchmark, "landmarks")
        if not visible or not given:
            continue
        prefix = "" if benchmark == BENCHMARK else f"{benchmark}_"
        excluded[f"test photos of {benchmark} without landmarks"] = len(prepared.rows(benchmark, "test")) - len(rows)
        for system, arrays in given.items():
            distances = box_distances(prepared, rows, arrays["landmarks"])
            own = errors(rows, distances)
            if "visibility" in arrays:
                own["visibility_accuracy"] = _visibility(rows, prepared.visibility[rows], arrays["visibility"])
            sums.setdefault(system, {}).update({prefix + name: value for name, value in own.items()})
            names = {"benchmark": benchmark, "system": system}
            by_landmark.append(_by_landmark(distances).assign(**names))
            shown = ~np.isnan(distances).all(axis=1)
            means = {"row": rows[shown], "error": np.nanmean(distances[shown], axis=1)}
            photos.append(pd.DataFrame(means).assign(**names))
            if benchmark == BENCHMARK:
                within[system] = share_within(distances, THRESHOLDS)
    if not within:
        if not sums:
            return Evaluation(BENCHMARK, reason=reason)
        notes.append(f"The landmark benchmark was not measured: {reason}.")
    columns = {"distance": THRESHOLDS, "system": "", "share": 0.0}
    curves = [pd.DataFrame({**columns, "system": system, "share": share}) for system, share in within.items()]
    tables = {
        "thresholds": THRESHOLDS,
        "within": within,
        "curves": pd.concat(curves or [pd.DataFrame(columns=[*columns])], ignore_index=True),
        "landmarks": pd.concat(by_landmark, ignore_index=True),
        "photos": pd.concat(photos, ignore_index=True),
    }
    headline = ("normalised_error",) if within else (f"{FURTHER}_normalised_error",)
    return Evaluation(BENCHMARK, measure(sums), tables, headline, excluded, tuple(notes), sums=sums)


def landmark_sums(prepared: Prepared, benchmark: str, predictions: Mapping[str, Arrays]) -> dict[str, dict[str, Sums]]:
    """What `landmarks` measures of distances, of any benchmark's test photos; empty where none shows a landmark."""
    rows, given = _landmarked(prepared, benchmark, predictions)
    if not (prepared.visibility[rows] == 0).any():
        return {}
    return {
        system: errors(rows, box_distances(prepared, rows, arrays["landmarks"])) for system, arrays in given.items()
    }


def _landmarked(
    prepared: Prepared, benchmark: str, predictions: Mapping[str, Arrays]
) -> tuple[np.ndarray, dict[str, Arrays]]:
    """The test photos with landmarks and, in their order, the arrays of each system that predicts landmarks."""
    rows = prepared.rows(benchmark, "test")
    keep = prepared.photos["landmarked"].to_numpy()[rows]
    given = {
        system: {name: arrays[name][keep] for name in ("landmarks", "visibility") if name in arrays}
        for system, arrays in aligned(prepared, benchmark, predictions).items()
        if "landmarks" in arrays
    }
    return rows[keep], given


def box_distances(prepared: Prepared, rows: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """(N, 8, 2) predictions in pixels of photos `rows` → (N, 8) distances in box units, NaN where not visible."""
    photos = prepared.photos.iloc[rows]
    corner, far = (photos[[f"x_{n}", f"y_{n}"]].to_numpy(np.float64)[:, None] for n in (1, 2))
    true = crop_to_photo(prepared.landmarks[rows], photos)
    return landmark_distances(predicted / (far - corner), true / (far - corner), prepared.visibility[rows] == 0)


def errors(rows: np.ndarray, distances: np.ndarray) -> dict[str, Sums]:
    """normalised_error, error_LANDMARK and within_0.1 of photos `rows` from their (N, 8) distances; n: those that show
    any."""
    shown = ~np.isnan(distances)
    lengths = np.where(shown, distances, 0)
    seen = shown.any(axis=1)
    found = {"normalised_error": Sums(rows, np.concatenate([lengths, shown], axis=1), mean_of_ratios, seen)}
    for place, name in enumerate(LANDMARK_NAMES):
        units = np.stack([lengths[:, place], shown[:, place]], axis=1)
        found[f"error_{name.replace(' ', '_')}"] = Sums(rows, units, ratio, shown[:, place])
    near = np.stack([(shown & (lengths <= WITHIN)).sum(axis=1), shown.sum(axis=1)], axis=1)
    return found | {f"within_{WITHIN}": Sums(rows, near, ratio, seen)}


def _visibility(rows: np.ndarray, codes: np.ndarray, probability: np.ndarray) -> Sums:
    present = codes >= 0
    right = present & np.where(codes == 0, probability > 0.5, probability < 0.5)
    counts = np.stack([right.sum(axis=1), present.sum(axis=1)], axis=1)
    return Sums(rows, counts, ratio, present.any(axis=1))


def _by_landmark(distances: np.ndarray) -> pd.DataFrame:
    """Of the landmarks that some photo shows."""
    shown = [column[~np.isnan(column)] for column in distances.T]
    table = pd.DataFrame(
        {
            "landmark": LANDMARK_NAMES,
            "photos": [len(column) for column in shown],
            "error": [column.mean() if len(column) else np.nan for column in shown],
            f"within_{WITHIN}": [(column <= WITHIN).mean() if len(column) else np.nan for column in shown],
        }
    )
    return table[table["photos"] > 0].reset_index(drop=True)
