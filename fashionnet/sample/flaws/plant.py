"""Plants every kind of flaw in a sample that is written, and notes in FLAWS.json what stands where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fashionnet.files import write_json
from fashionnet.sample.benchmarks import Pairs, write
from fashionnet.sample.flaws.alike import plant_alike
from fashionnet.sample.flaws.copies import plant_copies
from fashionnet.sample.flaws.faults import plant_faults, write_mismatches
from fashionnet.sample.flaws.ground import Ground
from fashionnet.sample.flaws.label_noise import mislabel
from fashionnet.sample.truth import TRUTH


@dataclass(frozen=True)
class Amounts:
    """copies: of each family; faults: of each kind; alike: pairs of items in each of two benchmarks."""

    copies: int
    faults: int
    alike: int


AMOUNTS = {"default": Amounts(copies=60, faults=30, alike=24), "tiny": Amounts(copies=4, faults=3, alike=3)}


def plant(folder: Path, pairs: Pairs, size: str, seed: int, progress: Callable[[str], None]) -> int:
    """Plant flaws in the sample in `folder`, whose photos are `pairs`, and write its annotation files anew.

    size: a key of AMOUNTS. → how many photos there are now. Photos that carry no flaw keep their bytes and, but for the
    attribute labels, what is said of them.
    """
    amounts = AMOUNTS[size]
    ground = Ground(folder, pairs, seed, progress)
    plant_copies(ground, amounts.copies)
    plant_faults(ground, amounts.faults)
    plant_alike(ground, amounts.alike)
    labelled, wrong_labels = mislabel(ground.pairs, ground.key("labels"))
    write(folder, labelled)
    write_mismatches(ground, amounts.faults)
    write_json(folder / TRUTH, {"flaws": ground.flaws, "different": ground.different, "wrong_labels": wrong_labels})
    return len(labelled)
