"""What fast screening looks for: photos that show nothing, and boxes, landmarks and types that cannot be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from fashionnet import formats
from fashionnet.sample.benchmarks import Labels
from fashionnet.sample.camera import Sensor, expose, jpeg
from fashionnet.sample.catalogue import TYPE_OF, draw_item
from fashionnet.sample.flaws.changes import Change
from fashionnet.sample.flaws.ground import Ground
from fashionnet.sample.palettes import COMMON
from fashionnet.sample.plan import BENCHMARKS, SQUARE, Shot
from fashionnet.sample.recipes import RECIPES

THUMBNAIL = (8, 33)  # pixels of a tiny photo's long side, the end left out
STRIP = (36, 48)  # of a strip's short side; the long one stays within the grain of camera.py
LENGTHS = (6, 9)  # of a strip, in short sides
SMALL_BOX = (1, 6)  # pixels of an all but empty box's sides
LITTLE = 0.4  # of the photo: what a garment's true box takes at most where a false one takes all
FAR = 0.1  # of the box's sides: how far outside a landmark lies at least, so that no rounding puts it there


def plant_faults(ground: Ground, count: int) -> None:
    """`count` faults of each kind; those of clothes_type against category_type come with `write_mismatches`."""
    _blank(ground, count)
    _tiny(ground, count)
    _extreme_aspect(ground, count)
    _single_photo_item(ground, count)
    _boxes(ground, count)
    _landmarks_outside(ground, count)


def _another(ground: Ground, kind: str, number: int) -> tuple[Shot, Labels]:
    """A further photo, to be taken, of a garment of the sample; and what is said of the photo that there is of it."""
    rng = ground.stream(kind, number)
    benchmark = BENCHMARKS[int(rng.integers(0, 4))]
    shot, labels = ground.pairs[ground.choose(lambda shot, _: shot.benchmark == benchmark)]
    return ground.names.named(replace(shot, key=(*ground.key(kind, number), 1))), labels


def _blank(ground: Ground, count: int) -> None:
    """One colour, as a shop shows where a photo is missing; every second one only nearly, with grain under JPEG."""
    colours = _colours(ground.stream("blank"), count)
    for number in range(count):
        shot, labels = _another(ground, "blank", number)
        rng = ground.stream("blank noise", number)
        width, height = shot.size
        image = np.broadcast_to(np.array(colours[number], np.uint8), (height, width, 3))
        nearly = number % 2 == 1
        if nearly:
            sensor = Sensor(noise=int(rng.integers(1, 4)), quality=int(rng.integers(40, 86)))
            image = expose(image.transpose(2, 0, 1).astype(np.float32), sensor, rng)
        ground.add(shot, labels, jpeg(np.ascontiguousarray(image), sensor.quality if nearly else 90))
        ground.note("blank", shot, colour=list(colours[number]), nearly=nearly)


def _colours(rng: np.random.Generator, count: int) -> list[tuple[int, int, int]]:
    """White, black and grey first, then any; no two alike, or blank photos would be duplicates of each other."""
    steps = (20, 60, 100, 140, 180, 220)
    colours = [(red, green, blue) for red in steps for green in steps for blue in steps]
    return [(255, 255, 255), (0, 0, 0), (128, 128, 128), *(colours[k] for k in rng.permutation(len(colours)))][:count]


def _tiny(ground: Ground, count: int) -> None:
    """Thumbnails. Of photos of their own: those of photos in the sample would be near duplicates."""
    shots = [_another(ground, "tiny", number)[0] for number in range(count)]
    for number, place in enumerate(ground.shoot(shots)):
        shot, labels = ground.pairs[place]
        photo = ground.read(shot)
        long = int(ground.stream("thumbnail", number).integers(*THUMBNAIL))
        size = tuple(max(1, side * long // max(photo.size)) for side in photo.size)
        change = Change((0, 0, 0, 0), size, 1000, 0, 90)
        ground.write(shot, jpeg(change.image(photo), change.quality))
        ground.pairs[place] = shot, change.labels(labels, photo.size)
        ground.note("tiny", shot, size=list(size))


def _extreme_aspect(ground: Ground, count: int) -> None:
    """Banners and strips."""
    shots = []
    for number in range(count):
        rng = ground.stream("strip", number)
        short = int(rng.integers(*STRIP))
        size = (short * int(rng.integers(*LENGTHS)), short)
        shot, _ = _another(ground, "extreme aspect", number)
        shots.append(replace(shot, size=size if rng.integers(0, 2) else size[::-1], zoom=0))
    ground.shoot(shots)
    for shot in shots:
        ground.note("extreme_aspect", shot, size=list(shot.size))


def _single_photo_item(ground: Ground, count: int) -> None:
    """Items without a second photo: one in three in the gallery, where no query looks for it."""
    shots = []
    for number in range(count):
        item = draw_item(ground.stream("single", number), palettes=COMMON)
        status, key = "gallery" if number % 3 == 2 else "train", (*ground.key("single", number), 1)
        item_id = ground.names.new_item("in_shop")
        shot = Shot("in_shop", key, "", item, item_id, status, 1, 1, 1, "front", 1, 0, SQUARE)
        shots.append(ground.names.named(shot))
    ground.shoot(shots)
    for shot in shots:
        ground.note("single_photo_item", shot, item_id=shot.item_id)


def _boxes(ground: Ground, count: int) -> None:
    """Boxes of a few pixels, and whole photos as boxes of garments that take a small part of them."""
    for number in range(count):
        rng = ground.stream("box tiny", number)
        place = _choose_in_any(ground, rng, lambda shot, labels: min(_sides(labels)) > SMALL_BOX[1])
        x_1, y_1, x_2, y_2 = ground.pairs[place][1].box
        width, height = (int(side) for side in rng.integers(*SMALL_BOX, 2))
        left, top = int(rng.integers(x_1, x_2 - width + 1)), int(rng.integers(y_1, y_2 - height + 1))
        _set_box(ground, place, "box_tiny", (left, top, left + width, top + height))
    for number in range(count):
        rng = ground.stream("box whole", number)

        def small(shot: Shot, labels: Labels) -> bool:
            return np.prod(_sides(labels)) <= LITTLE * np.prod(shot.size)

        place = _choose_in_any(ground, rng, small)
        _set_box(ground, place, "box_whole", (0, 0, *ground.pairs[place][0].size))


def _choose_in_any(ground: Ground, rng: np.random.Generator, fits: Callable[[Shot, Labels], bool]) -> int:
    benchmark = BENCHMARKS[int(rng.integers(0, 4))]
    return ground.choose(lambda shot, labels: shot.benchmark == benchmark and fits(shot, labels))


def _sides(labels: Labels) -> tuple[int, int]:
    x_1, y_1, x_2, y_2 = labels.box
    return x_2 - x_1, y_2 - y_1


def _set_box(ground: Ground, place: int, kind: str, box: tuple[int, int, int, int]) -> None:
    shot, labels = ground.pairs[place]
    ground.pairs[place] = shot, replace(labels, box=box)
    ground.note(kind, shot, box=list(box), true_box=list(labels.box))


def _landmarks_outside(ground: Ground, count: int) -> None:
    """Landmarks that were marked in a larger copy of the photo, or moved off with a wrong corner."""
    for number in range(count):
        rng = ground.stream("landmarks outside", number)
        place = _choose_in_any(ground, rng, lambda _, labels: (labels.visibility == 0).sum() >= 2)
        shot, labels = ground.pairs[place]
        seen = labels.visibility == 0
        while True:
            if rng.integers(0, 2):
                how, points = "scaled", labels.points * (int(rng.integers(15, 26)) / 10)
            else:
                far = rng.integers(40, 121, 2) * np.where(rng.integers(0, 2, 2), 1, -1) / 100
                how, points = "shifted", labels.points + far * _sides(labels)
            points = np.floor(points)
            outside = _outside(points, labels.box) & seen
            if 2 * outside.sum() >= seen.sum():  # half of those that can be seen, or more
                break
        ground.pairs[place] = shot, replace(labels, points=points)
        ground.note("landmarks_outside", shot, how=how, outside=int(outside.sum()), visible=int(seen.sum()))


def _outside(points: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """(8,) bool: which points lie outside the box by more than FAR of its sides."""
    low, high = np.array(box[:2]), np.array(box[2:])
    margin = FAR * (high - low)
    return ((points < low - margin) | (points > high + margin)).any(1)


def write_mismatches(ground: Ground, count: int) -> None:
    """Give photos a category of another clothes type than their landmarks have, in the category file alone."""
    path = ground.folder / formats.OFFICIAL["category_attribute"] / "Anno_coarse/list_category_img.txt"
    table = formats.read_list_category_img(path)
    number_of = {name: number for number, (name, _) in enumerate(formats.CATEGORIES, 1)}
    labels = dict(zip(table["image_name"], table["category_label"]))
    for number in range(count):
        rng = ground.stream("type mismatch", number)
        shot, _ = ground.pairs[ground.choose(lambda shot, _: shot.benchmark == "category_attribute")]
        others = [name for name in RECIPES if TYPE_OF[name] != shot.item.clothes_type]
        false = others[int(rng.integers(0, len(others)))]
        labels[shot.image_name] = number_of[false]
        details = {"clothes_type": shot.item.clothes_type, "category": false, "true_category": shot.item.category}
        ground.note("type_mismatch", shot, **details)
    formats.write_list_category_img(path, pd.DataFrame(labels.items(), columns=["image_name", "category_label"]))
