"""Names for photos and items that come to the sample's own, given as the plan gives them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from fashionnet.sample.plan import POSES, Shot, consumer_folder, folder_name, in_shop_folder, variation_type

RETRIEVAL = ("in_shop", "consumer_to_shop")
_NUMBERED = re.compile(r"(.*/(?:[a-z]+_)?)(\d+)(_\w+)?\.jpg")  # all before a photo's number, and the number


class Names:
    """Which names the photos and items of a sample have, and the next free ones."""

    def __init__(self, shots: Iterable[Shot]) -> None:
        self._last: Counter[tuple[str, str]] = Counter()
        for shot in shots:
            before, number, _ = _NUMBERED.fullmatch(shot.image_name).groups()
            self._raise_to((shot.benchmark, before), int(number))
            if shot.item_id:
                self._raise_to((shot.benchmark, "id_"), int(shot.item_id.removeprefix("id_")))

    def _raise_to(self, key: tuple[str, str], number: int) -> None:
        self._last[key] = max(self._last[key], number)

    def new_item(self, benchmark: str) -> str:
        self._last[benchmark, "id_"] += 1
        return f"id_{self._last[benchmark, 'id_']:08d}"

    def named(self, shot: Shot) -> Shot:
        """The shot under the next free name for what it shows; the name that it has plays no part."""
        before, digits, after = _name(shot)
        self._last[shot.benchmark, before] += 1
        return replace(shot, image_name=f"{before}{self._last[shot.benchmark, before]:0{digits}d}{after}.jpg")


def _name(shot: Shot) -> tuple[str, int, str]:
    """What stands before a photo's number, the number's digits, and what stands after it."""
    match shot.benchmark:
        case "category_attribute":
            return f"img/{folder_name(shot.item)}/img_", 8, ""
        case "landmarks":
            return "img/img_", 8, ""
        case "in_shop":
            return f"{in_shop_folder(shot.item, shot.item_id)}/", 2, f"_{POSES[shot.pose][0]}"
    who = "comsumer" if shot.source == 2 else "shop"  # spelled so in the official files
    return f"{consumer_folder(shot.item, shot.item_id)}/{who}_", 2, ""


def as_in(shot: Shot, benchmark: str, status: str, item_id: str) -> Shot:
    """The same photo as it would stand in a benchmark; yet without a name there."""
    in_shop = benchmark == "in_shop"
    return replace(
        shot,
        benchmark=benchmark,
        status=status,
        item_id=item_id,
        source=1 if in_shop else shot.source,
        pose=_pose_type(shot) if in_shop else 0,
        variation=0 if benchmark == "category_attribute" else variation_type(shot.view, shot.spread, shot.zoom),
    )


def _pose_type(shot: Shot) -> int:
    if shot.view == "alone":
        return 6
    return {1: 5, 2: 5, -1: 4}.get(shot.zoom) or {"front": 1, "side": 2, "back": 3}[shot.view]


def split_of(shot: Shot) -> str:
    """train, val or test: query and gallery are in-shop's test split."""
    return shot.status if shot.status in ("train", "val") else "test"
