"""How a feature space is partitioned: by category, attributes, items, and by domain, which it should not be. Ours."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.metrics import pairwise_distances, silhouette_samples
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fashionnet.evaluate.evaluation import Sums, mean_of_ratios, ratio
from fashionnet.formats.codes import CONSUMER, SHOP
from fashionnet.metrics import nearest
from fashionnet.prepare.tables import Prepared

FOLDS = 5


def neighbours(prepared: Prepared, rows: np.ndarray, feature: np.ndarray) -> dict[str, Sums]:
    """What each photo's nearest other photo shares with it: features (N, D) of the photos `rows`.

    neighbour_category: whether it has the same category, of photos whose category is known. neighbour_attributes: the
    share of a photo's positive attributes that its neighbour has too, of those that are known of both.
    """
    if len(rows) < 2:
        return {}
    near, _ = nearest(feature, feature, 2)
    # Of photos with the same feature either may come first: the other one is the neighbour.
    own = near[:, 0] == np.arange(len(rows))
    other = np.where(own, near[:, 1], near[:, 0])
    category = prepared.photos["category"].to_numpy()[rows]
    known = (category >= 0) & (category[other] >= 0)
    same = np.stack([(category == category[other]) & known, known], axis=1)
    labels = prepared.attributes[rows]
    positive = (labels == 1) & (labels[other] != 0)
    shared = np.stack([(positive & (labels[other] == 1)).sum(1), positive.sum(1)], axis=1)
    found = {
        "neighbour_category": Sums(rows, same.astype(float), ratio, known),
        "neighbour_attributes": Sums(rows, shared.astype(float), ratio, positive.any(1)),
    }
    return {name: sums for name, sums in found.items() if sums.n}


def silhouettes(items: np.ndarray, rows: np.ndarray, feature: np.ndarray) -> dict[str, Sums]:
    """item_silhouette: how much nearer a photo is to others of its item than to those of the nearest other item, -1 to
    1 (Rousseeuw 1987); items (N,) and features (N, D) of the photos `rows`, an item's photos drawn together."""
    _, item, counts = np.unique(items, return_inverse=True, return_counts=True)
    if len(counts) < 2 or len(counts) >= len(rows):
        return {}
    values = silhouette_samples(feature, item)
    counted = counts[item] > 1
    return {"item_silhouette": Sums(rows, np.stack([values * counted, counted], axis=1), ratio, counted, item)}


def domain_gap(items: np.ndarray, source: np.ndarray, rows: np.ndarray, feature: np.ndarray) -> dict[str, Sums]:
    """How far consumers' photos lie from shops'; items and sources (N,), features (N, D) of the photos `rows`.

    domain_accuracy: mean over the two domains of the share that a linear classifier tells right, trained on other items
    (in FOLDS parts); a half where the domains cannot be told apart. distance_ratio: mean distance of a consumer's photo
    to the item's shop photos, by that to the item's other photos by consumers; one where the domain does not matter.
    """
    _, item = np.unique(items, return_inverse=True)
    consumer, shop = source == CONSUMER, source == SHOP
    if item.max(initial=0) < FOLDS or not consumer.any() or not shop.any():
        return {}
    right = np.zeros(len(rows), bool)
    for fit, test in GroupKFold(FOLDS).split(feature, groups=item):
        linear = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
        right[test] = linear.fit(feature[fit], consumer[fit]).predict(feature[test]) == consumer[test]
    told = np.stack([right & consumer, right & shop, consumer, shop], axis=1).astype(float)
    found = {"domain_accuracy": Sums(rows, told, mean_of_ratios, consumer | shop, item)}

    distances = np.zeros((len(rows), 4))  # of each consumer's photo: sum and number across, sum and number within
    for places in pd.Series(np.arange(len(rows))).groupby(item).indices.values():
        apart = pairwise_distances(feature[places])
        for mine, place in enumerate(places):
            if consumer[place]:
                across, within = shop[places], consumer[places] & (places != place)
                distances[place] = apart[mine, across].sum(), across.sum(), apart[mine, within].sum(), within.sum()
    counted = (distances[:, 1] > 0) & (distances[:, 3] > 0)
    distances[~counted] = 0
    if counted.any():
        found["distance_ratio"] = Sums(rows, distances, _across_by_within, counted, item)
    return found


def flat_map(feature: np.ndarray, seed: int = 0) -> np.ndarray:
    """(N, D) features → (N, 2), neighbours kept together as far as a plane allows (t-SNE, van der Maaten and Hinton
    2008). Distances between groups on it mean little."""
    if len(feature) < 5:
        return np.zeros((len(feature), 2))
    perplexity = min(30, (len(feature) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(feature)


def _across_by_within(sums: np.ndarray) -> np.ndarray:
    """(B, 4) sums → (B,) mean distance across domains by that within one."""
    return (sums[:, 0] / sums[:, 1]) / (sums[:, 2] / sums[:, 3])
