"""The three claims, and how each is tested: written down before anything was trained.

Ours throughout: the paper compares whole systems, and FashionNet with joints and poselets, and takes no part away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

REFERENCE = "fashionnet"


@dataclass(frozen=True)
class Measure:
    """label: what it is. is_percent: a share, shown in per cent, its differences in points. smaller: is better.
    spread: the standard deviation that the difference of one photo (item, in retrieval) between two networks is taken
    to have, from which follows what a test split can detect."""

    label: str
    is_percent: bool = True
    smaller: bool = False
    spread: float = math.sqrt(0.2)  # of a share: two networks are taken to judge a fifth of the photos differently

    def detectable(self, units: int) -> float:
        """The smallest difference that a test split of so many photos or items finds with a power of 80 % at 5 %."""
        return (1.96 + 0.84) * self.spread / math.sqrt(units) if units else math.nan


MEASURES = {
    "category_top1": Measure("category, top-1 accuracy"),
    "attributes_mean_top3": Measure("attributes, top-3 recall"),
    "landmark_error": Measure("landmarks, normalised error", is_percent=False, smaller=True, spread=0.1),
    "in_shop_top1": Measure("in shop, top-1 accuracy"),
    "consumer_to_shop_top1": Measure("consumer to shop, top-1 accuracy"),
    "consumer_to_shop_top20": Measure("consumer to shop, top-20 accuracy"),
    "neighbour_category": Measure("category of the nearest other photo is the same"),
    "neighbour_attributes": Measure("attributes that the nearest other photo shares"),
    "item_silhouette": Measure("silhouette of in-shop items", is_percent=False, spread=0.2),
    "domain_accuracy": Measure("consumer or shop, told by a linear classifier", smaller=True),
    "distance_ratio": Measure("distance across domains by distance within", is_percent=False, smaller=True, spread=0.2),
}


@dataclass(frozen=True)
class Control:
    """An experiment and what it is compared with. note: what a reader has to know of it. every_seed: trained with
    every seed, not once, since the report reasons from it."""

    experiment: str
    note: str
    beside: str = REFERENCE
    every_seed: bool = False


@dataclass(frozen=True)
class Claim:
    """statement: the poster's words. main: the comparison that decides, trained with every seed; controls: further
    ones. primary: the measure that decides; secondary: the one beside it. further: shown and not tested.

    A positive difference speaks for the claim, in every measure: that of what has the part and what lacks it.
    """

    statement: str
    main: Control
    primary: str
    secondary: str
    further: tuple[str, ...]
    controls: tuple[Control, ...] = field(default=())

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.primary, self.secondary, *self.further)


CLAIMS = {
    # The poster's table: whole systems.
    "systems": Claim(
        "FashionNet recognises clothes better than DARN, and DARN better than WTBI",
        Control("darn", "the stronger of the two in the paper"),
        "category_top1",
        "attributes_mean_top3",
        ("in_shop_top1", "consumer_to_shop_top20"),
        (
            Control("wtbi", "the other one"),
            Control("wtbi", "the two beside each other", "darn"),
            Control("wtbi_faster", "at the learning rate with which it recognises more on validation", every_seed=True),
        ),
    ),
    "landmarks": Claim(
        "Landmarks improve fine-grained recognition",
        Control("no_local", "no local branch, as many parameters"),
        "category_top1",
        "attributes_mean_top3",
        ("landmark_error", "in_shop_top1", "consumer_to_shop_top20"),
        (
            Control("random_places", "pools at eight places drawn at random, the same in every photo"),
            Control("no_gate", "pools at hidden landmarks as at visible ones", every_seed=True),
            Control("jointed_landmarks", "landmarks annotated on fewer photos: those with joints", every_seed=True),
            Control("joints", "joints in place of landmarks, annotated on the same photos", "jointed_landmarks"),
            Control("true_landmarks", "an oracle: true places and visibility, at test too", every_seed=True),
            Control("true_places", "an oracle of places alone, its gates open", "no_gate", every_seed=True),
        ),
    ),
    "attributes": Claim(
        "Massive attributes better partition the feature space",
        Control("no_attributes", "no attribute trained"),
        "in_shop_top1",
        "category_top1",
        ("neighbour_category", "neighbour_attributes", "item_silhouette", "consumer_to_shop_top20"),
        (
            Control("attributes_10", "the commonest tenth of the attributes"),
            Control("attributes_50", "the commonest half"),
            Control("attributes_10_random", "a tenth drawn at random"),
            Control("attributes_50_random", "a half drawn at random"),
        ),
    ),
    "pairs": Claim(
        "Photo pairs bridge the cross-domain gap",
        Control("no_pairs", "no triplet loss"),
        "consumer_to_shop_top20",
        "domain_accuracy",
        ("distance_ratio", "consumer_to_shop_top1", "in_shop_top1", "category_top1"),
        (Control("in_shop_pairs", "pairs within shops alone"),),
    ),
    # No claim of the poster's, asked in the same way: the two alternating steps of section 3.2 of the paper.
    "steps": Claim(
        "Two-step training is better than training everything at once",
        Control("at_once", "the second step's loss weights in every epoch"),
        "category_top1",
        "landmark_error",
        ("attributes_mean_top3", "in_shop_top1", "consumer_to_shop_top20"),
    ),
}


def others(trained: Sequence[str]) -> dict[str, bool]:
    """The experiments that the claims compare beside the `trained` ones, and whether each is trained with every seed
    or once."""
    every = {claim.main.experiment: True for claim in CLAIMS.values()}
    every |= {control.experiment: control.every_seed for claim in CLAIMS.values() for control in claim.controls
              if control.experiment not in every}  # fmt: skip
    return {name: often for name, often in every.items() if name not in trained}
