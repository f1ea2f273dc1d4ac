"""What a trained experiment says of a photo, and the same as JSON holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

FIRST = 5  # of the categories, and of each group's attributes, that JSON holds
DIGITS = 6  # of numbers in JSON: beyond them, machines differ


class Scored(NamedTuple):
    name: str
    score: float


class Landmark(NamedTuple):
    """x, y: pixels of the photo; may lie outside. visible: probability."""

    name: str
    x: float
    y: float
    visible: float


class Near(NamedTuple):
    """A shop photo. row: of `Prepared.photos`. measure: of `value`, "distance" (Euclidean, of features of length one: 0
    to 2) or, of a system that matches pairs, "match" (probability)."""

    benchmark: str
    image_name: str
    item: str
    row: int
    measure: str
    value: float


@dataclass(frozen=True)
class Recognised:
    """What one photo shows; empty where the system does not say it, or was not trained to.

    photo: its name. width, height, box: pixels; boxed: False where the whole photo stands in for a box.
    category: every category with its probability, the most probable first.
    attributes: by group, every attribute with its score in (0, 1), the highest first; the logistic function of the
        raw score. Positive labels weigh more in training, so it ranks and is no probability.
    landmarks: the eight, in the data set's order. nearest: shop photos, the nearest first.
    """

    photo: str
    width: int
    height: int
    box: tuple[float, float, float, float]
    boxed: bool
    category: list[Scored]
    attributes: dict[str, list[Scored]]
    landmarks: list[Landmark]
    nearest: list[Near]

    def as_json(self) -> dict[str, Any]:
        return {
            "photo": self.photo,
            "width": self.width,
            "height": self.height,
            "box": [_round(value) for value in self.box],
            "boxed": self.boxed,
            "category": [{"name": name, "probability": _round(score)} for name, score in self.category[:FIRST]],
            "attributes": {
                group: [{"name": name, "score": _round(score)} for name, score in scored[:FIRST]]
                for group, scored in self.attributes.items()
            },
            "landmarks": [
                {"name": name, "x": _round(x), "y": _round(y), "visible": _round(visible)}
                for name, x, y, visible in self.landmarks
            ],
            "nearest": [
                {"benchmark": near.benchmark, "image_name": near.image_name, "item": near.item,
                 near.measure: _round(near.value)}
                for near in self.nearest
            ],
        }  # fmt: skip


def _round(value: float) -> float:
    return round(float(value), DIGITS)
