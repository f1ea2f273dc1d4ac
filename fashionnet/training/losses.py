"""The losses: FashionNet's five (section 3.2 of the paper) and WTBI's, each masked where a photo lacks the label.

Every loss is a sum and the number of things it counts, so that a mean over the parts of a batch and over processes is
the sum of sums over the sum of counts. The counts follow from the labels alone and can be had before the network has
seen a photo (`counts`). Labels that a batch lacks altogether give a sum and a count of zero.

Pairs are mined over the photos of all processes in one part of the batch: each process takes its own photos as anchors
or queries, and all processes' as what these are compared with. With a batch in several parts there are fewer to mine.
Which photos make a pair is found out on the CPU, where item and source are: asking a GPU would hold it up.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from fashionnet.device import sent
from fashionnet.formats.codes import CONSUMER, SHOP
from fashionnet.networks import Output
from fashionnet.training.loading import Part
from fashionnet.training.processes import gathered

NAMES = ("landmarks", "visibility", "category", "attributes", "pairs")
EVERY = slice(None)


class Loss(NamedTuple):
    """total: the sum, a scalar with gradient. count: what was counted, a scalar without."""

    total: Tensor
    count: Tensor

    @property
    def mean(self) -> Tensor:
        return self.total / self.count.clamp(min=1)


def landmark_loss(predicted: Tensor, true: Tensor, visibility: Tensor) -> Loss:
    """Squared Euclidean distance over visible landmarks: (N, 8, 2), (N, 8, 2), (N, 8) codes; crop units."""
    visible = _visible(true, visibility)
    distance = (predicted - torch.where(visible[..., None], true, 0.0)).square().sum(2)
    return Loss((distance * visible).sum(), visible.sum())


def visibility_loss(logits: Tensor, visibility: Tensor) -> Loss:
    """Softmax cross-entropy of each landmark's visibility: (N, 8, 3), (N, 8) codes, -1 unknown."""
    return softmax_loss(logits.flatten(0, 1), visibility.flatten())


def softmax_loss(logits: Tensor, labels: Tensor) -> Loss:
    """Softmax cross-entropy: (N, C), (N,) with -1 unknown."""
    known = labels >= 0
    entropy = -logits.log_softmax(1).gather(1, labels.clamp(min=0)[:, None])[:, 0]
    return Loss((entropy * known).sum(), known.sum())


def attribute_loss(logits: Tensor, labels: Tensor, positive: float, negative: float) -> Loss:
    """Cross-entropy of each attribute, weighted by two scalars: (N, A), (N, A) in {1, -1, 0 unknown}.

    positive, negative: the weights, from the ratio in the whole training set (`attribute_weights`).
    """
    weights = positive * (labels == 1) + negative * (labels == -1)
    entropy = F.binary_cross_entropy_with_logits(logits, (labels == 1).to(logits.dtype), reduction="none")
    return Loss((entropy * weights).sum(), (labels != 0).sum())


def attribute_weights(positives: int, negatives: int) -> tuple[float, float]:
    """One weight for positives and one for negatives, so that both weigh the same in sum and the mean weight is one.

    The paper has two scalars from the training set's ratio and does not print the formula: this one is ours.
    """
    if not positives or not negatives:
        return 1.0, 1.0
    known = positives + negatives
    return known / (2 * positives), known / (2 * negatives)


def triplet_loss(features: Tensor, item: Tensor, source: Tensor, margin: float, own: slice = EVERY) -> Loss:
    """max(0, margin + d(x, x+) - d(x, x-)) over the `own` photos as anchors and all their positives, d Euclidean.

    features: (N, D) of length one. item: (N,), -1 none. source: (N,), where an anchor from a shop or a consumer takes
    positives and negatives of the other domain alone, as consumer-to-shop retrieval compares them; 0 takes any of
    source 0. Mined within the batch (ours: the paper does not say how triplets are chosen): the negative of a pair is
    the nearest that lies farther than its positive, and the farthest there is when all lie nearer (semi-hard,
    Schroff et al. 2015: the hardest ones make a network that learns from nothing collapse).
    """
    distances = (2 - 2 * features[own] @ features.T).clamp(min=1e-8).sqrt()
    positives, negatives = _comparable(item, source, own)
    anchor, positive = positives.nonzero(as_tuple=True)
    candidates = negatives[anchor]  # (P, N)
    anchor, positive, candidates = sent(features.device, anchor, positive, candidates)
    pair = distances[anchor, positive]
    with torch.no_grad():
        rows = distances[anchor]
        farther = candidates & (rows > pair[:, None])
        nearest = torch.where(farther, rows, torch.inf).argmin(1)
        farthest = torch.where(candidates, rows, -torch.inf).argmax(1)
        negative = torch.where(farther.any(1), nearest, farthest)
        counted = candidates.any(1)
    loss = (margin + pair - distances[anchor, negative]).clamp(min=0)
    return Loss((loss * counted).sum(), triplet_count(item, source, own))


def triplet_count(item: Tensor, source: Tensor, own: slice = EVERY) -> Tensor:
    """Pairs of an `own` anchor and a positive where the anchor has a negative too."""
    positives, negatives = _comparable(item, source, own)
    return (positives.sum(1) * negatives.any(1)).sum()


def _comparable(item: Tensor, source: Tensor, own: slice) -> tuple[Tensor, Tensor]:
    """(R, N) of `own` photos with all: pairs of one item and of two that retrieval compares, a consumer's photo with a
    shop's, others among themselves."""
    across = (source[:, None] == SHOP) & (source == CONSUMER)
    asked = _of_items(item) & (across | across.T | ((source[:, None] == 0) & (source == 0)))
    same = item[:, None] == item
    return (asked & same)[own], (asked & ~same)[own]


def match_loss(logits: Tensor, item: Tensor, source: Tensor, own: slice = EVERY) -> Loss:
    """Softmax cross-entropy of match and no match over the pairs of an `own` query and a gallery photo.

    logits: (R, N, 2), row by column, query by gallery photo. item, source: as in `triplet_loss`; a consumer's photo is
    a query and a shop's a gallery photo, and of photos with source 0 each is both. Every pair in the batch is taken;
    there are many more that do not match, so these are weighted to weigh as much as those that do (ours: WTBI does
    not say how many it takes).
    """
    match, other = _asked(item, source)
    entropy = -logits.log_softmax(2)
    positives, negatives = match.sum(), other.sum()
    match, other = sent(logits.device, match[own], other[own])
    total = (entropy[..., 1] * match).sum() + (entropy[..., 0] * other).sum() * positives / negatives.clamp(min=1)
    return Loss(total, match_count(item, source, own))


def match_count(item: Tensor, source: Tensor, own: slice = EVERY) -> Tensor:
    """Pairs that match, twice where there are others to weigh as much."""
    match, other = _asked(item, source)
    return match[own].sum() * (1 + other.any())


def _asked(item: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
    """(N, N) of queries with gallery photos: pairs of one item and of two."""
    across = (source[:, None] == CONSUMER) & (source == SHOP)
    asked = _of_items(item) & (across | ((source[:, None] == 0) & (source == 0)))
    same = item[:, None] == item
    return asked & same, asked & ~same


def _of_items(item: Tensor) -> Tensor:
    """(N, N): two photos, each of an item."""
    has_item = item >= 0
    return has_item[:, None] & has_item & ~torch.eye(len(item), dtype=torch.bool, device=item.device)


def _visible(true: Tensor, visibility: Tensor) -> Tensor:
    return (visibility == 0) & true.isfinite().all(2)


def losses(output: Output, part: Part, attribute_weights: tuple[float, float], margin: float) -> dict[str, Loss]:
    """Every loss of NAMES that the network has an output for, of this process's photos. The loss of pairs is that of
    the match where the network ranks by matches, else the triplet loss."""
    labels, among = part.labels, (part.item, part.source)
    if output.match is not None:
        gallery = gathered(output.match.gallery, len(part.item))
        found = {"pairs": match_loss(output.match._replace(gallery=gallery).logits(), *among, part.own)}
    else:
        features = gathered(output.feature, len(part.item))
        found = {"pairs": triplet_loss(features, *among, margin, part.own)}
    if output.landmarks is not None:
        found["landmarks"] = landmark_loss(output.landmarks, labels.landmarks, labels.visibility)
    if output.visibility is not None:
        found["visibility"] = visibility_loss(output.visibility, labels.visibility)
    rows = EVERY if output.rows is None else output.rows
    if output.category is not None:
        found["category"] = softmax_loss(output.category, labels.category[rows])
    if output.attributes is not None:
        found["attributes"] = attribute_loss(output.attributes, labels.attributes[rows], *attribute_weights)
    return found


def counts(part: Part, rows: Tensor | None, by_match: bool) -> dict[str, Tensor]:
    """What each of `losses` will count. rows: the output's, of a network that judges photos twice. by_match: whether
    the network ranks by matches."""
    labels, rows = part.labels, EVERY if rows is None else rows
    pairs = (match_count if by_match else triplet_count)(part.item, part.source, part.own)
    return {
        "landmarks": _visible(labels.landmarks, labels.visibility).sum(),
        "visibility": (labels.visibility >= 0).sum(),
        "category": (labels.category[rows] >= 0).sum(),
        "attributes": (labels.attributes[rows] != 0).sum(),
        "pairs": sent(labels.category.device, pairs)[0],
    }
