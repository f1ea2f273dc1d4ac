"""Linear models on those features, each with its strength chosen on the validation split. Ours."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge

from fashionnet.baselines.features import colour_grid, gradients
from fashionnet.metrics import attribute_recall, category_accuracy, landmark_error
from fashionnet.prepare.tables import SLOTS, Prepared

COMPONENTS = 256
COLOUR = 0.5  # weight of colour beside gradients, each scaled to the same spread
STRENGTHS = (0.01, 0.1, 1.0)  # C of logistic regression
PENALTIES = (1.0, 10.0, 100.0, 1000.0)  # alpha of ridge regression
NEVER = -20.0  # score of an attribute or category that no training photo has


class HogColour:
    """HOG and colour, reduced to their principal components on the training photos."""

    def __init__(self, prepared: Prepared, threads: int) -> None:
        hog, colour = gradients(prepared.crops, threads), colour_grid(prepared.crops, threads)
        self.prepared, self.threads = prepared, threads
        self.split = prepared.photos["split"].to_numpy(dtype=str)
        train = self.split == "train"
        joined = np.concatenate([_spread(hog, train), COLOUR * _spread(colour, train)], axis=1)
        size = min(COMPONENTS, int(train.sum()), joined.shape[1])
        reduce = PCA(size, svd_solver="randomized", random_state=0).fit(joined[train])
        self.features = reduce.transform(joined)
        self.features /= self.features[train].std()

    def rows(self, split: str, known: np.ndarray) -> np.ndarray:
        """Numbers of a split's rows where `known` (N,) bool."""
        return np.flatnonzero((self.split == split) & known)

    def category(self) -> np.ndarray | None:
        """(N, C) scores by multinomial logistic regression; None without labels."""
        labels = self.prepared.photos["category"].to_numpy()
        train, val = self.rows("train", labels >= 0), self.rows("val", labels >= 0)
        if len(np.unique(labels[train])) < 2:
            return None

        def fit(strength: float) -> np.ndarray:
            model = LogisticRegression(C=strength, max_iter=400).fit(self.features[train], labels[train])
            scores = np.full((len(self.features), len(self.prepared.categories)), NEVER)
            found = model.decision_function(self.features)
            scores[:, model.classes_] = found if found.ndim == 2 else np.stack([-found, found], 1)
            return scores

        return _best(STRENGTHS, fit, lambda scores: category_accuracy(scores[val], labels[val], 1), len(val))

    def attributes(self) -> np.ndarray | None:
        """(N, A) scores by a logistic regression an attribute, unknown labels left out; None without labels."""
        labels = self.prepared.attributes
        attributed = self.prepared.photos["attributed"].to_numpy()
        val = self.rows("val", attributed)
        if not labels.shape[1] or not len(self.rows("train", attributed)):
            return None

        known = np.where((attributed & (self.split == "train"))[:, None], labels, 0)

        def fit(strength: float) -> np.ndarray:
            columns = Parallel(n_jobs=self.threads)(
                delayed(_attribute)(self.features, known[:, column], strength) for column in range(labels.shape[1])
            )
            return np.stack(columns, axis=1)

        groups = self.prepared.groups
        return _best(
            STRENGTHS, fit, lambda scores: attribute_recall(scores[val], labels[val], groups, 3)["mean"], len(val)
        )

    def landmarks(self) -> np.ndarray | None:
        """(N, 8, 2) shares of the crop by ridge regression, a model a landmark; None without landmarks."""
        visible, points = self.prepared.visibility == 0, self.prepared.landmarks
        if not visible[self.split == "train"].any():
            return None
        val = self.rows("val", visible.any(1))

        def fit(penalty: float) -> np.ndarray:
            found = np.full((len(self.features), SLOTS, 2), 0.5)
            for slot in range(SLOTS):
                train = self.rows("train", visible[:, slot])
                if len(train):
                    model = Ridge(alpha=penalty, random_state=0).fit(self.features[train], points[train, slot])
                    found[:, slot] = model.predict(self.features)
            return found

        return _best(PENALTIES, fit, lambda found: -landmark_error(found[val], points[val], visible[val])[0], len(val))


def _attribute(features: np.ndarray, labels: np.ndarray, strength: float) -> np.ndarray:
    """(N,) scores of an attribute for all features (N, D), learned from those whose label is not 0."""
    train = np.flatnonzero(labels)
    if len(np.unique(labels[train])) < 2:  # every training photo has it, or none
        return np.full(len(labels), -NEVER if (labels[train] == 1).any() else NEVER)
    model = LogisticRegression(C=strength, max_iter=200).fit(features[train], labels[train] == 1)
    return model.decision_function(features)


def majority(prepared: Prepared) -> dict[str, np.ndarray]:
    """category (C,) and attributes (A,): how often each occurs among the training photos that are labelled for it."""
    train = (prepared.photos["split"] == "train").to_numpy()
    category = prepared.photos["category"].to_numpy()
    found = {}
    if (category[train] >= 0).any():
        found["category"] = np.bincount(category[train & (category >= 0)], minlength=len(prepared.categories)) / 1.0
    labels = prepared.attributes[train & prepared.photos["attributed"].to_numpy()]
    if labels.size:
        found["attributes"] = (labels == 1).sum(0) / np.maximum((labels != 0).sum(0), 1)
    return found


def mean_position(prepared: Prepared) -> np.ndarray | None:
    """(8, 2) each landmark's mean place as a share of the box, over the training photos that show it."""
    train = (prepared.photos["split"] == "train").to_numpy()
    visible = prepared.visibility[train] == 0
    if not visible.any():
        return None
    photos = prepared.photos[train]
    corner, side = box_corner_and_sides(photos)
    crop = photos[["crop_x", "crop_y"]].to_numpy(np.float64)[:, None]
    pixels = prepared.landmarks[train] * photos["crop_side"].to_numpy(np.float64)[:, None, None] + crop
    shares = np.where(visible[..., None], (pixels - corner) / side, 0.0)
    counts = visible.sum(0)[:, None]
    return np.where(counts > 0, shares.sum(0) / np.maximum(counts, 1), 0.5)


def box_corner_and_sides(photos) -> tuple[np.ndarray, np.ndarray]:
    """(N, 1, 2) each: the box's first corner, and its width and height, photo pixels."""
    boxes = photos[["x_1", "y_1", "x_2", "y_2"]].to_numpy(np.float64)[:, None]
    return boxes[..., :2], boxes[..., 2:] - boxes[..., :2]


def _spread(values: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Centred on the training photos and scaled so that their mean squared length is one."""
    centred = values - values[train].mean(0)
    return centred / max(float(np.sqrt((centred[train] ** 2).sum(1).mean())), 1e-12)


def _best(strengths, fit, score, validated: int) -> np.ndarray:
    """The outcome of the strength that scores highest on validation; of the middle one without a validation split."""
    if not validated:
        return fit(strengths[len(strengths) // 2])
    outcomes = [fit(strength) for strength in strengths]
    return outcomes[int(np.nanargmax([score(outcome) for outcome in outcomes]))]
