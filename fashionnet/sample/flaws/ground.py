"""The sample while flaws are planted in it: its photos and what is said of them, and a record of what was planted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fashionnet.sample.benchmarks import Labels, Pairs
from fashionnet.sample.flaws.names import Names
from fashionnet.sample.plan import BENCHMARKS, Shot, stream
from fashionnet.sample.shooting import photo_path, photograph

# The place in a stream's key where the sample's own streams have the number of a benchmark; the series has the one
# after those.
STREAM = len(BENCHMARKS) + 1


class Ground:
    """Photos are added, labels replaced, and all is noted in `flaws` and `different`, as truth.py has it.

    pairs: the photos and what is said of them. No photo of the plain sample is chosen for two flaws, so that each of
    them can be found, or missed, by itself.
    """

    def __init__(self, folder: Path, pairs: Pairs, seed: int, progress: Callable[[str], None]) -> None:
        self.folder, self.seed, self.progress = folder, seed, progress
        self.pairs = list(pairs)
        self.names = Names(shot for shot, _ in pairs)
        self.flaws: list[dict[str, Any]] = []
        self.different: list[dict[str, Any]] = []
        self._free = self.stream("order").permutation(len(pairs)).tolist()

    def key(self, kind: str, number: int = 0) -> tuple[int, ...]:
        return self.seed, STREAM, *kind.encode(), number

    def stream(self, kind: str, number: int = 0) -> np.random.Generator:
        return stream(*self.key(kind, number))

    def choose(self, fits: Callable[[Shot, Labels], bool]) -> int:
        """The place of a photo of the plain sample that fits; no other flaw gets it. Raises RuntimeError."""
        for place in self._free:
            if fits(*self.pairs[place]):
                self._free.remove(place)
                return place
        raise RuntimeError("found no photo left in the sample that a flaw fits, expected one")

    def read(self, shot: Shot) -> Image.Image:
        with Image.open(photo_path(self.folder, shot)) as photo:
            return photo.convert("RGB")

    def write(self, shot: Shot, data: bytes) -> None:
        path = photo_path(self.folder, shot)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def add(self, shot: Shot, labels: Labels, data: bytes) -> None:
        self.write(shot, data)
        self.pairs.append((shot, labels))

    def shoot(self, shots: list[Shot]) -> range:
        """Take photos of these shots and add them; their places in `pairs`.

        In this process: others would take longer to start than to draw so few.
        """
        self.pairs += photograph(self.folder, shots, 1, self.progress, "flaws")
        return range(len(self.pairs) - len(shots), len(self.pairs))

    def note(self, kind: str, shot: Shot, **details: Any) -> None:
        self.flaws.append({"kind": kind, **_named(shot), **details})

    def note_duplicate(self, kind: str, shot: Shot, of: Shot, **details: Any) -> None:
        self.note(kind, shot, **_named(of, "of_"), **details)

    def note_different(self, one: Shot, other: Shot, **details: Any) -> None:
        self.different.append({**_named(one), **_named(other, "of_"), **details})


def _named(shot: Shot, prefix: str = "") -> dict[str, str]:
    return {f"{prefix}benchmark": shot.benchmark, f"{prefix}image_name": shot.image_name}
