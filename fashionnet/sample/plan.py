"""Which garments and photos the sample has: items, splits, names, and what kind of photo each is. Ours.

Every item belongs to one split of one benchmark, and no two items of the sample look alike in everything that the
catalogue decides. Items and photos have random streams of their own, keyed by their numbers: so a photo does not
depend on the others, nor on the order or the process in which it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashionnet.sample.catalogue import Item, draw_item, look_alike, pick, present
from fashionnet.sample.palettes import COMMON, PALETTE_WEIGHT
from fashionnet.sample.recipe import Choice
from fashionnet.sample.recipes import RECIPES

BENCHMARKS = ("category_attribute", "landmarks", "in_shop", "consumer_to_shop")
PORTRAIT = ((120, 160), (114, 160), (107, 160), (128, 160))
LANDSCAPE = ((160, 120), (160, 128))
SQUARE = (160, 160)

# Items in each split; photos follow from them.
SIZES: dict[str, dict[str, dict[str, int]]] = {
    "default": {
        "category_attribute": {"train": 3720, "val": 300, "test": 600},
        "landmarks": {"train": 250, "val": 60, "test": 320},
        "in_shop": {"train": 210, "test": 404},
        "consumer_to_shop": {"train": 170, "val": 50, "test": 404},
    },
    "tiny": {
        "category_attribute": {"train": 80, "val": 16, "test": 24},
        "landmarks": {"train": 40, "val": 10, "test": 20},
        "in_shop": {"train": 8, "test": 8},
        "consumer_to_shop": {"train": 8, "val": 3, "test": 6},
    },
}


@dataclass(frozen=True)
class Shot:
    """One photo to be taken. key: of its random stream. status: train, val, test, query or gallery. source: 1 shop, 2
    consumer. pose, variation: pose_type and variation_type, which view, spread and zoom (as in draw_conditions) carry
    out."""

    benchmark: str
    key: tuple[int, ...]
    image_name: str
    item: Item
    item_id: str
    status: str
    source: int
    pose: int
    variation: int
    view: str
    spread: int
    zoom: int
    size: tuple[int, int]


def stream(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def _looks(item: Item) -> tuple:
    """All that tells two items apart, as a photo could show it."""
    return item.category, item.neck, item.fabric, item.pattern, item.palette, frozenset(present(item))


def _items(seed: int, benchmark: int, split: int, count: int, taken: set[tuple], families: bool = False) -> list[Item]:
    """`count` items that nothing else in the sample looks like; with `families`, few palettes dress them all and a
    quarter are look-alikes of one before, so that neither colour nor category alone finds an item."""
    items: list[Item] = []
    categories, palettes = list(RECIPES), COMMON if families else PALETTE_WEIGHT
    for number in range(count):
        rng = stream(seed, benchmark, split, number, 0)
        related = families and number > 0 and int(rng.integers(0, 4)) == 0
        parent = items[int(rng.integers(max(0, number - 6), number))] if related else None
        # Every category occurs in every split of the benchmark that asks for it.
        wanted = categories[number] if benchmark == 0 and number < len(categories) <= count else None
        for attempt in range(200):
            item = (
                look_alike(parent, rng) if parent and not wanted and attempt < 8 else draw_item(rng, wanted, palettes)
            )
            if _looks(item) not in taken:
                break
        else:
            raise RuntimeError(f"found no {wanted or 'item'} that nothing else looks like, expected one in 200 tries")
        taken.add(_looks(item))
        items.append(item)
    return items


def _size(rng: np.random.Generator) -> tuple[int, int]:
    shapes = PORTRAIT if rng.integers(0, 10) else LANDSCAPE
    return shapes[int(rng.integers(0, len(shapes)))]


VIEWS: Choice = {"front": 60, "side": 12, "back": 6, "alone": 22}
SPREADS: Choice = {"1": 4, "2": 3, "3": 2}
ZOOMS: Choice = {"0": 64, "1": 18, "2": 5, "-1": 13}


def variation_type(view: str, spread: int, zoom: int) -> int:
    if view == "alone":
        return 6
    return {1: 4, 2: 5}.get(zoom, spread)


def folder_name(item: Item) -> str:
    """As the official folders are called: what it is in a few words."""
    words = [item.pattern, item.fabric if item.fabric != "cotton" else None, item.category]
    return "_".join(word.replace(" ", "-").title() for word in words if word)


def _shuffled(seed: int, benchmark: int, count: int) -> np.ndarray:
    return stream(seed, benchmark, 99).permutation(count)


def _recognition(seed: int, sizes: dict[str, int], taken: set[tuple]) -> list[Shot]:
    shots, counts = [], {}
    for split, (status, count) in enumerate(sizes.items()):
        for number, item in enumerate(_items(seed, 0, split, count, taken)):
            key = (seed, 0, split, number, 1)
            rng = stream(*key)
            view, zoom = pick(rng, VIEWS), int(pick(rng, ZOOMS))
            spread = int(pick(rng, SPREADS))
            zoom = 0 if view == "alone" else zoom
            folder = folder_name(item)
            counts[folder] = counts.get(folder, 0) + 1
            name = f"img/{folder}/img_{counts[folder]:08d}.jpg"
            source = 1 + int(rng.integers(0, 2))
            shots.append(
                Shot("category_attribute", key, name, item, "", status, source, 0, 0, view, spread, zoom, _size(rng))
            )
    return shots


def _landmarks(seed: int, sizes: dict[str, int], taken: set[tuple]) -> list[Shot]:
    shots = []
    total = sum(sizes.values())
    numbers = np.sort(stream(seed, 1, 98).permutation(total * 5 // 4)[:total]) + 1  # with gaps, as the official ones
    names = iter(numbers[_shuffled(seed, 1, total)])
    for split, (status, count) in enumerate(sizes.items()):
        for number, item in enumerate(_items(seed, 1, split, count, taken)):
            key = (seed, 1, split, number, 1)
            rng = stream(*key)
            variation = number % 5 + 1 if count < 100 else int(pick(rng, {"1": 38, "2": 25, "3": 13, "4": 15, "5": 9}))
            view = (
                pick(rng, {"front": 84, "side": 6, "back": 10})
                if variation != 3
                else pick(rng, {"front": 50, "side": 30, "back": 20})
            )
            spread = variation if variation < 4 else int(pick(rng, {"1": 2, "2": 1}))
            zoom = {4: 1, 5: 2}.get(variation, -1 if rng.integers(0, 5) == 0 else 0)
            source = 1 + int(rng.integers(0, 2))
            name = f"img/img_{next(names):08d}.jpg"
            shots.append(
                Shot("landmarks", key, name, item, "", status, source, 0, variation, view, spread, zoom, _size(rng))
            )
    return shots


IN_SHOP_FOLDERS = {
    "Tee": "Tees_Tanks",
    "Tank": "Tees_Tanks",
    "Halter": "Tees_Tanks",
    "Blouse": "Blouses_Shirts",
    "Button-Down": "Blouses_Shirts",
    "Shorts": "Shorts",
    "Skirt": "Skirts",
    "Sweater": "Sweaters",
    "Poncho": "Sweaters",
    "Jeans": "Denim",
    "Cardigan": "Cardigans",
    "Jacket": "Jackets_Coats",
    "Bomber": "Jackets_Coats",
    "Coat": "Jackets_Coats",
    "Blazer": "Jackets_Coats",
    "Kimono": "Jackets_Coats",
    "Robe": "Jackets_Coats",
    "Leggings": "Leggings",
    "Hoodie": "Sweatshirts_Hoodies",
    "Joggers": "Pants",
    "Chinos": "Pants",
    "Romper": "Rompers_Jumpsuits",
    "Jumpsuit": "Rompers_Jumpsuits",
    "Dress": "Dresses",
    "Caftan": "Dresses",
}


def in_shop_folder(item: Item, item_id: str) -> str:
    return f"img/{'MEN' if item.man else 'WOMEN'}/{IN_SHOP_FOLDERS[item.category]}/{item_id}"


def consumer_folder(item: Item, item_id: str) -> str:
    return f"img/CLOTHING/{item.category}/{item_id}"


POSES = {
    1: ("1_front", "front", 0),
    2: ("2_side", "side", 0),
    3: ("3_back", "back", 0),
    4: ("4_full", "front", -1),
    5: ("7_additional", "front", 1),
    6: ("6_flat", "alone", 0),
}


def _in_shop(seed: int, sizes: dict[str, int], taken: set[tuple]) -> list[Shot]:
    shots = []
    ids = iter(_shuffled(seed, 2, sum(sizes.values())) + 1)
    for split, (status, count) in enumerate(sizes.items()):
        for number, item in enumerate(_items(seed, 2, split, count, taken, families=True)):
            rng = stream(seed, 2, split, number, 2)
            photos = 4
            queries = (2 + number % 2) if status == "test" else 0
            order = rng.permutation(photos)
            poses = [
                1,
                *(int(pick(rng, {"1": 8, "2": 1, "3": 1, "4": 2.4, "5": 1.4, "6": 2.6})) for _ in range(photos - 1)),
            ]
            item_id = f"id_{next(ids):08d}"
            folder = in_shop_folder(item, item_id)
            for k, pose in enumerate(poses):
                key = (seed, 2, split, number, 1, k)
                rng = stream(*key)
                suffix, view, zoom = POSES[pose]
                if pose == 5:
                    zoom = 1 + int(rng.integers(0, 2))
                spreads = {"2": 4, "3": 1} if pose == 2 else {"1": 6, "2": 3, "3": 1}
                spread = 1 if pose == 6 else int(pick(rng, spreads))
                role = "train" if status == "train" else ("query" if order[k] < queries else "gallery")
                name = f"{folder}/{k + 1:02d}_{suffix}.jpg"
                shots.append(
                    Shot(
                        "in_shop",
                        key,
                        name,
                        item,
                        item_id,
                        role,
                        1,
                        pose,
                        variation_type(view, spread, zoom),
                        view,
                        spread,
                        zoom,
                        SQUARE,
                    )
                )
    return shots


def _consumer_to_shop(seed: int, sizes: dict[str, int], taken: set[tuple]) -> list[Shot]:
    shots = []
    ids = iter(_shuffled(seed, 3, sum(sizes.values())) + 1)
    for split, (status, count) in enumerate(sizes.items()):
        for number, item in enumerate(_items(seed, 3, split, count, taken, families=True)):
            rng = stream(seed, 3, split, number, 2)
            consumers = 2 + number % 2
            shops = 1 + int(rng.integers(0, 8) == 0)
            item_id = f"id_{next(ids):08d}"
            folder = consumer_folder(item, item_id)
            for k in range(consumers + shops):
                key = (seed, 3, split, number, 1, k)
                rng = stream(*key)
                consumer = k < consumers
                if consumer:
                    view, zoom = pick(rng, {"front": 62, "alone": 28, "side": 5, "back": 5}), int(pick(rng, ZOOMS))
                    spread = int(pick(rng, {"1": 6, "2": 3, "3": 1}))
                else:
                    view, zoom, spread = (
                        pick(rng, {"front": 45, "alone": 55}),
                        int(pick(rng, {"0": 85, "-1": 10, "1": 5})),
                        1,
                    )
                if view == "alone":
                    zoom, spread = 0, 1
                # The official files are spelled like this.
                name = (
                    f"{folder}/comsumer_{k + 1:02d}.jpg" if consumer else f"{folder}/shop_{k - consumers + 1:02d}.jpg"
                )
                size = _size(rng)
                shots.append(
                    Shot(
                        "consumer_to_shop",
                        key,
                        name,
                        item,
                        item_id,
                        status,
                        2 if consumer else 1,
                        0,
                        variation_type(view, spread, zoom),
                        view,
                        spread,
                        zoom,
                        size,
                    )
                )
    return shots


def plan(size: str, seed: int) -> list[Shot]:
    """Every photo of the sample, benchmark by benchmark, an item's photos together. Raises ValueError."""
    if size not in SIZES:
        raise ValueError(f"found size {size!r}, expected one of {', '.join(SIZES)}")
    if seed < 0:
        raise ValueError(f"found seed {seed}, expected 0 or more")
    taken: set[tuple] = set()
    makers = (_recognition, _landmarks, _in_shop, _consumer_to_shop)
    return [shot for name, make in zip(BENCHMARKS, makers) for shot in make(seed, SIZES[size][name], taken)]
