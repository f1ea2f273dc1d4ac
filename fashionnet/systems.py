"""The systems that are compared: what each is called, and the colour and marker it has in every figure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    label: str
    colour: str
    marker: str
    line: str = "-"


# Colours from Okabe and Ito (2008) and darker kin, told apart by colour-blind readers; markers for print in black.
SYSTEMS = {
    "fashionnet": Look("FashionNet", "#0072B2", "o"),
    "darn": Look("DARN", "#009E73", "^"),
    "wtbi": Look("WTBI", "#D55E00", "s"),
    "hog_colour": Look("HOG and colour", "#E69F00", "D"),
    "colour_histogram": Look("Colour histogram", "#CC79A7", "v"),
    "untrained": Look("Untrained network", "#56B4E9", "P"),
    "mean_position": Look("Mean position", "#7A5C00", "d"),
    "majority": Look("Majority", "#4B5563", "X"),
    "chance": Look("Chance", "#767676", "", "--"),
}

# FashionNet with a part taken away, or told more, and WTBI trained otherwise: what the claims set beside it.
ABLATIONS = {
    "wtbi_faster": "WTBI at a higher rate",
    "no_local": "No local branch",
    "random_places": "Pooled at random places",
    "no_gate": "No visibility gate",
    "jointed_landmarks": "Landmarks where joints are",
    "joints": "Joints for landmarks",
    "true_landmarks": "True landmarks (oracle)",
    "true_places": "True places, no gate (oracle)",
    "no_attributes": "No attributes",
    "attributes_10": "Commonest 10 % of attributes",
    "attributes_50": "Commonest 50 % of attributes",
    "attributes_10_random": "Random 10 % of attributes",
    "attributes_50_random": "Random 50 % of attributes",
    "no_pairs": "No pairs",
    "in_shop_pairs": "In-shop pairs alone",
    "at_once": "Everything at once",
}

COMPARED = ("fashionnet", "darn", "wtbi")  # the three of the paper's tables

_FURTHER = ("<", ">", "p", "h", "8", "*")  # markers of experiments that this table does not hold


def look(system: str) -> Look:
    """How `system` is drawn; NAME-seed2 as NAME, and an unknown experiment in grey with a marker of its own name."""
    base = system.partition("-seed")[0]
    if base in SYSTEMS:
        known = SYSTEMS[base]
        return (
            known if base == system else Look(f"{known.label}, {system[len(base) + 1 :]}", known.colour, known.marker)
        )
    label = ABLATIONS.get(base, base) + (f", {system[len(base) + 1 :]}" if base != system else "")
    return Look(label, "#374151", _FURTHER[zlib.crc32(base.encode()) % len(_FURTHER)])


def without_ablations(of_systems: Mapping[str, T]) -> dict[str, T]:
    """Without the ablations: what a benchmark's page compares. The claims' page has them."""
    return {name: value for name, value in of_systems.items() if name.partition("-seed")[0] not in ABLATIONS}


def in_order(systems: Iterable[str]) -> list[str]:
    """Systems in the order of SYSTEMS, further experiments right after FashionNet, chance last."""
    known = list(SYSTEMS)
    return sorted(systems, key=lambda name: (known.index(name) if name in known else 0.5, name))
