"""The sample's attributes: names as DeepFashion names them, their groups, and what of a garment has to be seen.

An attribute that a garment has is 1, one that it lacks -1. A photo in which the region that would show it cannot be
seen says nothing about it: 0, whichever of the two it is. Styles follow from visible attributes by a rule. Ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

REGIONS = ("surface", "outline", "neck", "sleeve", "front", "waist", "hem")

_TEXTURE = (
    "striped, breton stripe, vertical stripe, pinstripe, diagonal stripe, plaid, gingham, grid, checkered, "
    "houndstooth, chevron, zigzag, argyle, diamond, camouflage, leopard, zebra, tie-dye, abstract, marbled, marled, "
    "splatter, tribal, floral, rose, daisy, leaf, tropical, paisley, star, polka dot, heart, geo, medallion, "
    "animal print, print"
)
_FABRIC = (
    "denim, acid wash, leather, suede, satin, velvet, metallic, sequin, chiffon, lace, crochet, mesh, knit, "
    "cable knit, ribbed, waffle, fleece, faux fur, corduroy, tweed, quilted, linen, eyelet"
)
# group -> region -> names
_TABLE: dict[str, dict[str, str]] = {
    "texture": {"surface": _TEXTURE, "outline": "ombre, colorblock", "front": "graphic, logo"},
    "fabric": {"surface": _FABRIC, "front": "embroidered, distressed", "outline": "pleated"},
    "shape": {
        "outline": "crop, longline, mini, midi, maxi, a-line, bodycon, fit & flare, shift, empire waist, peplum, "
        "tiered, high-low, trapeze, oversized, fitted, drop waist, pencil, skinny, straight-leg, bootcut, flared, "
        "wide-leg, tapered, boyfriend, ankle",
        "waist": "high-rise",
        "hem": "asymmetrical, curved hem",
    },
    "part": {
        "neck": "v-neck, crew neck, scoop neck, boat neck, square neck, sweetheart, off-the-shoulder, one-shoulder, "
        "halter, strapless, cowl neck, mock neck, turtleneck, keyhole, collared, peter pan collar, lapel, "
        "shawl collar, hooded, tie-neck, beaded",
        "sleeve": "sleeveless, strappy, cap sleeve, short sleeve, three-quarter sleeve, long sleeve, bell sleeve, "
        "puff sleeve, flutter sleeve, raglan, dolman, cuffed, elbow patch, epaulette",
        "front": "button front, double-breasted, zip, asymmetric zip, henley placket, open front, toggle, lace-up, "
        "wrap, chest pocket, patch pocket, flap pocket, kangaroo pocket, ruffle, studded, patch, cutout",
        "waist": "belted, drawstring, tie-front, bow",
        "hem": "fringe, slit, scalloped, raw hem, rolled hem, lace trim, pom-pom",
        "outline": "contrast trim, side stripe, cargo pocket",
    },
}
# style -> any of these combinations; "-name" means without it
_STYLES: dict[str, tuple[str, ...]] = {
    "boho": ("crochet", "fringe", "tribal", "paisley", "embroidered + bell sleeve", "medallion", "lace + bell sleeve"),
    "biker": ("leather + asymmetric zip", "leather + studded", "leather + zip"),
    "nautical": ("breton stripe",),
    "preppy": ("argyle", "plaid + collared", "gingham + collared", "houndstooth", "checkered + collared"),
    "grunge": ("distressed", "plaid + -collared", "acid wash"),
    "varsity": ("raglan", "contrast trim + zip", "contrast trim + button front"),
    "military": ("camouflage", "epaulette", "double-breasted + flap pocket"),
    "romantic": ("lace", "ruffle + floral", "ruffle + chiffon", "bow", "rose", "scalloped"),
    "party": ("sequin", "metallic", "satin + strappy", "velvet + strappy", "satin + mini"),
    "western": ("suede + fringe", "denim + chest pocket + button front", "suede"),
    "athletic": ("side stripe", "mesh", "drawstring + zip"),
    "retro": ("polka dot", "peter pan collar", "gingham + -collared", "bootcut", "flared"),
    "tropics": ("tropical", "leaf"),
    "folk": ("embroidered", "pom-pom"),
}
_UMBRELLAS = {
    "animal print": ("leopard", "zebra"),
    "print": (
        "floral",
        "rose",
        "daisy",
        "leaf",
        "tropical",
        "paisley",
        "star",
        "heart",
        "geo",
        "medallion",
        "tribal",
        "abstract",
        "marbled",
        "leopard",
        "zebra",
    ),
}

ATTRIBUTES: tuple[tuple[str, str, str], ...] = tuple(
    (name.strip(), group, region)
    for group, regions in _TABLE.items()
    for region, names in regions.items()
    for name in names.split(",")
) + tuple((style, "style", "") for style in _STYLES)
NAMES = tuple(name for name, _, _ in ATTRIBUTES)
COLUMN = {name: i for i, name in enumerate(NAMES)}


def _holds(combination: str, value: Mapping[str, int]) -> int:
    """1, -1 or 0 (not known) of "this + that + -other": known to fail as soon as one part is."""
    parts = [-value[part[1:]] if part.startswith("-") else value[part] for part in combination.split(" + ")]
    return -1 if -1 in parts else (0 if 0 in parts else 1)


def labels(present: Collection[str], seen: Mapping[str, bool]) -> np.ndarray:
    """(A,) int8 labels of a garment that has the attributes `present`, where the regions `seen` can be seen.

    Raises KeyError for a name that is none of the attributes.
    """
    present = set(present)
    for name, members in _UMBRELLAS.items():
        if present.intersection(members):
            present.add(name)
    unknown = present.difference(NAMES)
    if unknown:
        raise KeyError(f"found {sorted(unknown)}, expected names of attributes")
    value = {name: (1 if name in present else -1) if seen[region] else 0 for name, _, region in ATTRIBUTES if region}
    for style, combinations in _STYLES.items():
        found = [_holds(combination, value) for combination in combinations]
        value[style] = 1 if 1 in found else (0 if 0 in found else -1)
    return np.array([value[name] for name in NAMES], np.int8)


EVERYTHING_SEEN = dict.fromkeys(REGIONS, True)
