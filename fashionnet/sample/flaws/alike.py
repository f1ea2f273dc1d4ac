"""Photos that no duplicate finder may merge: two items that differ in one attribute, in one pose and surroundings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fashionnet.sample.attributes import ATTRIBUTES, NAMES
from fashionnet.sample.benchmarks import labels_of
from fashionnet.sample.camera import jpeg
from fashionnet.sample.catalogue import Item, draw_item, present, settle
from fashionnet.sample.conditions import Conditions, draw_conditions
from fashionnet.sample.flaws.ground import Ground
from fashionnet.sample.flaws.names import as_in
from fashionnet.sample.palettes import COMMON
from fashionnet.sample.photo import Photo, take
from fashionnet.sample.plan import PORTRAIT, SQUARE, Shot
from fashionnet.sample.shooting import LEAST

ATTEMPTS = 50
PLAIN = 24  # grey levels by which a pixel has to differ to be counted: what compressing again does not do
CHANGED = (0.004, 0.04)  # share of the photo's pixels that differ: plain to a person who looks, and little
SLOTS = ("neck", "sleeve", "sleeve_cut", "length", "cut", "closure")
SPLITS = (("train", "train"), ("train", "test"), ("test", "test"))
_STYLE = np.array([group == "style" for _, group, _ in ATTRIBUTES])  # styles follow from the others


@dataclass(frozen=True)
class _View:
    """The two items' photos in one pose and surroundings. changed: share of the pixels that differ."""

    name: str
    conditions: Conditions
    photos: tuple[Photo, Photo]
    changed: float


def plant_alike(ground: Ground, count: int) -> None:
    """`count` pairs of items in in-shop, two photos each, and as many pairs of photos in category and attribute
    prediction; of a third of them one is trained on and the other tested."""
    for number in range(2 * count):
        benchmark = "in_shop" if number < count else "category_attribute"
        rng = ground.stream("alike", number)
        items, views = _draw(rng, benchmark)
        ids = [ground.names.new_item(benchmark) if benchmark == "in_shop" else "" for _ in items]
        for k, view in enumerate(views):
            shots = []
            for item, item_id, split, photo in zip(items, ids, SPLITS[number % 3], view.photos):
                status = ("query", "gallery")[k] if benchmark == "in_shop" and split == "test" else split
                size = photo.mask.shape[::-1]
                shot = Shot(benchmark, (), "", item, item_id, status, 1, 0, 0, view.name, 1, 0, size)
                shots.append(ground.names.named(as_in(shot, benchmark, status, item_id)))
                ground.add(shots[-1], labels_of(photo), jpeg(photo.image, view.conditions.sensor.quality))
            ground.note_different(*shots, attributes=_differing(*items), changed=round(view.changed, 4))


def _draw(rng: np.random.Generator, benchmark: str) -> tuple[tuple[Item, Item], list[_View]]:
    """The first garment that chance gives with another that is all but like it in every view, and the views."""
    for _ in range(ATTEMPTS):
        item = draw_item(rng, palettes=COMMON)
        if benchmark == "in_shop":
            names, size, studio = ("front", ("alone", "front")[int(rng.integers(0, 2))]), SQUARE, True
        else:
            names, size, studio = ("front",), PORTRAIT[0], bool(rng.integers(0, 2))
        surroundings = [draw_conditions(rng, item.clothes_type, studio, name) for name in names]
        photos = [take(item, conditions, *size, LEAST, True) for conditions in surroundings]
        if None in photos:
            continue
        others = _others(item)
        for place in rng.permutation(len(others)):
            against = [take(others[place], conditions, *size) for conditions in surroundings]
            changed = [_changed(*pair, _differing(item, others[place])) for pair in zip(photos, against)]
            if all(CHANGED[0] <= share <= CHANGED[1] for share in changed):
                pairs = zip(photos, against)
                return (item, others[place]), [_View(*each) for each in zip(names, surroundings, pairs, changed)]
    raise RuntimeError(f"found no two items that are nearly alike in {ATTEMPTS} attempts, expected two")


def _others(item: Item) -> list[Item]:
    """The garments that differ from it in one detail, or in the form of one part, and in nothing that follows."""
    others = [replace(item, details=item.details ^ {name}) for name in item.recipe.details]
    for slot in SLOTS:
        others += [replace(item, **{slot: value}) for value in getattr(item.recipe, slot)]
    return [other for other in others if other == settle(other) and 1 <= len(_differing(item, other)) <= 2]


def _differing(item: Item, other: Item) -> list[str]:
    """One attribute that comes or goes, or one that takes another's place."""
    return sorted(present(item) ^ present(other))


def _changed(photo: Photo, other: Photo, attributes: list[str]) -> float:
    """The share of pixels that differ; 0 where the photos do not show these attributes, and nothing else, to differ."""
    labelled = [NAMES[k] for k in np.flatnonzero((photo.labels != other.labels) & ~_STYLE)]
    if sorted(labelled) != attributes:
        return 0.0
    return float((np.abs(photo.image.astype(np.int16) - other.image).max(2) >= PLAIN).mean())
