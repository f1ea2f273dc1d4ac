"""Duplicates, exact and near, within a benchmark and across, of which a third leak a test photo into training."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from PIL import Image

from fashionnet.sample.camera import jpeg
from fashionnet.sample.flaws.changes import FAMILIES, draw_change
from fashionnet.sample.flaws.ground import Ground
from fashionnet.sample.flaws.names import RETRIEVAL, as_in, split_of
from fashionnet.sample.plan import BENCHMARKS, PORTRAIT, SQUARE, Shot
from fashionnet.sample.shooting import photo_path

EXACT = ("bytes", "lossless")  # the same file; the same pixels as a PNG that calls itself .jpg
PARTNER: Mapping[str, str] = {"query": "gallery", "gallery": "query"}


def plant_copies(ground: Ground, count: int) -> None:
    """`count` copies of each family of EXACT and FAMILIES, and the photos that a copy's new item needs besides."""
    companions: list[Shot] = []
    for family in (*EXACT, *FAMILIES):
        for number in range(count):
            companions += _plant(ground, family, number)
    ground.shoot(companions)


def _plant(ground: Ground, family: str, number: int) -> list[Shot]:
    rng = ground.stream(family, number)
    # Halves and thirds cross: of six copies one leaks within its benchmark and one across.
    across, leak = number % 2 == 0, number % 3 == 0
    benchmark = BENCHMARKS[int(rng.integers(0, 4))]
    target = BENCHMARKS[(BENCHMARKS.index(benchmark) + across * int(rng.integers(1, 4))) % 4]
    split = "test" if leak or rng.integers(0, 4) == 0 else "train"

    def fits(shot: Shot, _: object) -> bool:
        # The landmark benchmark has photos with a person only.
        person = target != "landmarks" or shot.view != "alone"
        return shot.benchmark == benchmark and split_of(shot) == split and person

    source, labels = ground.pairs[ground.choose(fits)]
    status = _status(rng, target, split, leak)
    shots = _shots(ground, source, target, status, family, number)
    details: dict[str, Any] = {"family": family, "leak": leak}
    if family in EXACT:
        kind, data = "exact_duplicate", _exact(ground, source, family)
    else:
        kind, photo = "near_duplicate", ground.read(source)
        while True:
            change = draw_change(rng, family, photo.size)
            data = jpeg(change.image(photo), change.quality)
            if change.size != photo.size or (_decoded(data) != np.asarray(photo)).any():
                break  # compressing again as before can give the same pixels
        labels = change.labels(labels, photo.size)
        details |= asdict(change) | {"gain": change.gain / 1000}
    ground.add(shots[0], labels, data)
    ground.note_duplicate(kind, shots[0], source, **details)
    return shots[1:]


def _status(rng: np.random.Generator, benchmark: str, split: str, leak: bool) -> str:
    """Of the copy of a photo from `split`: in training if it is to leak, else on the same side of the test split."""
    if split == "test" and not leak:
        return ("query", "gallery")[int(rng.integers(0, 2))] if benchmark == "in_shop" else "test"
    # Training photos are met again in validation too.
    return "val" if not leak and benchmark != "in_shop" and rng.integers(0, 4) == 0 else "train"


def _shots(ground: Ground, source: Shot, benchmark: str, status: str, family: str, number: int) -> list[Shot]:
    """The copy; and where it makes an item of its own, since no item may stand in two splits, another photo of that."""
    if benchmark not in RETRIEVAL:
        return [ground.names.named(as_in(source, benchmark, status, ""))]
    copy = as_in(source, benchmark, status, source.item_id)
    if benchmark == source.benchmark and split_of(copy) == split_of(source):
        return [ground.names.named(copy)]
    copy = replace(copy, item_id=ground.names.new_item(benchmark))
    plain = replace(source, key=(*ground.key(family, number), 1), source=3 - source.source, view="front")
    plain = replace(plain, spread=1, zoom=0, size=SQUARE if benchmark == "in_shop" else PORTRAIT[0])
    companion = as_in(plain, benchmark, PARTNER.get(status, status), copy.item_id)
    return [ground.names.named(copy), ground.names.named(companion)]


def _exact(ground: Ground, source: Shot, family: str) -> bytes:
    if family == "bytes":
        return photo_path(ground.folder, source).read_bytes()
    buffer = io.BytesIO()
    ground.read(source).save(buffer, "PNG")
    return buffer.getvalue()


def _decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as photo:
        return np.asarray(photo.convert("RGB"))
