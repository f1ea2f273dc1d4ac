"""What garments there are: categories, what an item of each can look like and how often, and look-alikes. Ours.

An item is drawn once and keeps its looks in all its photos. Frequencies are long-tailed, as the data set's are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from fashionnet.formats.codes import CATEGORIES
from fashionnet.sample.patterns import PATTERNS

Choice = dict[str, float]


@dataclass(frozen=True)
class Recipe:
    """kind: how it is cut (top, skirt, trousers, dress, jumpsuit). weight: how often it occurs. The choices: value →
    weight. patterned: share with a pattern. details: name → probability."""

    kind: str
    weight: float
    neck: Choice = field(default_factory=dict)
    sleeve: Choice = field(default_factory=dict)
    sleeve_cut: Choice = field(default_factory=lambda: {"set-in": 1})
    length: Choice = field(default_factory=lambda: {"regular": 1})
    cut: Choice = field(default_factory=lambda: {"regular": 1})
    closure: Choice = field(default_factory=lambda: {"none": 1})
    fabric: Choice = field(default_factory=lambda: {"cotton": 1})
    patterned: float = 0.5
    details: Choice = field(default_factory=dict)
    palettes: tuple[str, ...] = ()
    men: float = 0.0


LIGHT = {"cotton": 9, "linen": 1, "chiffon": 1.6, "lace": 1, "eyelet": 0.6, "satin": 0.8, "crochet": 0.6, "velvet": 0.3}
EVENING = {
    "cotton": 8,
    "satin": 1.3,
    "lace": 1.5,
    "chiffon": 1.0,
    "velvet": 0.8,
    "sequin": 0.7,
    "metallic": 0.35,
    "crochet": 0.5,
    "denim": 0.5,
    "leather": 0.35,
    "knit": 0.5,
    "suede": 0.25,
    "eyelet": 0.4,
}
KNITS = {"knit": 8, "cable knit": 4, "ribbed": 2, "waffle": 1, "fleece": 0.4}
NECKS = {
    "crew neck": 6,
    "v-neck": 4,
    "scoop neck": 3,
    "boat neck": 1.2,
    "square neck": 0.9,
    "keyhole": 0.7,
    "cowl neck": 0.6,
}

RECIPES: dict[str, Recipe] = {
    "Dress": Recipe(
        "dress",
        16,
        NECKS
        | {
            "sweetheart": 1.4,
            "halter": 1.2,
            "off-the-shoulder": 1.4,
            "strapless": 1.2,
            "one-shoulder": 0.7,
            "collared": 0.9,
            "mock neck": 0.6,
            "peter pan collar": 0.5,
            "turtleneck": 0.3,
        },
        {"none": 6, "strap": 3, "short": 3, "long": 2.4, "three-quarter": 1.2, "cap": 1.2},
        {"set-in": 7, "bell": 1.2, "puff": 0.9, "flutter": 0.9, "dolman": 0.4},
        {"mini": 5, "knee": 3, "midi": 2, "maxi": 3},
        {
            "fit & flare": 4,
            "a-line": 3,
            "bodycon": 3,
            "shift": 3,
            "trapeze": 1.2,
            "empire waist": 1,
            "tiered": 0.9,
            "peplum": 0.6,
            "high-low": 0.8,
            "drop waist": 0.7,
        },
        {"none": 12, "button front": 1.2, "wrap": 1.5, "zip": 0.5},
        EVENING,
        0.55,
        {
            "belted": 0.2,
            "ruffle": 0.12,
            "slit": 0.1,
            "cutout": 0.08,
            "bow": 0.07,
            "fringe": 0.03,
            "pleated": 0.09,
            "embroidered": 0.06,
            "lace trim": 0.08,
            "tie-front": 0.04,
            "asymmetrical": 0.05,
            "lace-up": 0.03,
            "contrast trim": 0.06,
            "beaded": 0.04,
            "scalloped": 0.04,
            "pom-pom": 0.02,
        },
    ),
    "Tee": Recipe(
        "top",
        9,
        {"crew neck": 9, "v-neck": 4, "scoop neck": 3, "boat neck": 0.8},
        {"short": 10, "cap": 1.2, "long": 1, "three-quarter": 1},
        {"set-in": 8, "raglan": 1.6, "dolman": 0.6},
        {"regular": 8, "crop": 1.4, "longline": 1},
        {"regular": 6, "oversized": 2, "fitted": 2},
        fabric={"cotton": 12, "ribbed": 0.7, "mesh": 0.3, "linen": 0.6},
        patterned=0.42,
        details={
            "graphic": 0.3,
            "logo": 0.08,
            "chest pocket": 0.14,
            "contrast trim": 0.1,
            "distressed": 0.03,
            "tie-front": 0.04,
            "lace trim": 0.02,
            "curved hem": 0.06,
        },
        men=0.35,
    ),
    "Blouse": Recipe(
        "top",
        7,
        {
            "v-neck": 3,
            "tie-neck": 2,
            "crew neck": 2,
            "keyhole": 1.2,
            "peter pan collar": 1,
            "off-the-shoulder": 1.3,
            "square neck": 0.6,
            "mock neck": 0.5,
        },
        {"long": 5, "three-quarter": 3, "short": 2, "none": 1},
        {"set-in": 3, "bell": 2.4, "puff": 2.4, "flutter": 1.2},
        {"regular": 8, "longline": 1, "crop": 0.8},
        {"regular": 4, "peplum": 1.4, "trapeze": 1.4, "high-low": 0.7},
        {"none": 6, "button front": 1.6, "lace-up": 0.7},
        {"chiffon": 4, "cotton": 3.4, "lace": 1.4, "satin": 1.6, "eyelet": 0.8, "linen": 0.7, "crochet": 0.5},
        0.55,
        {"ruffle": 0.3, "embroidered": 0.12, "bow": 0.06, "lace trim": 0.1, "pleated": 0.06, "scalloped": 0.05},
    ),
    "Shorts": Recipe(
        "trousers",
        6,
        length={"short": 7, "hot": 3},
        cut={"straight": 5, "flared": 2},
        closure={"fly": 4, "none": 3},
        fabric={"cotton": 9, "linen": 1.2, "crochet": 0.7, "lace": 0.7, "leather": 0.4, "satin": 0.4, "suede": 0.3},
        patterned=0.6,
        details={
            "high-rise": 0.3,
            "belted": 0.16,
            "drawstring": 0.14,
            "rolled hem": 0.16,
            "pom-pom": 0.06,
            "scalloped": 0.05,
            "bow": 0.06,
            "lace trim": 0.06,
            "flap pocket": 0.05,
        },
        men=0.15,
    ),
    "Skirt": Recipe(
        "skirt",
        6,
        length={"mini": 5, "knee": 3, "midi": 2.4, "maxi": 2},
        cut={"a-line": 4, "fit & flare": 3, "pencil": 3, "tiered": 1.2, "high-low": 0.6, "peplum": 0.4},
        closure={"none": 8, "button front": 1.2, "zip": 0.9, "wrap": 0.6},
        fabric=EVENING | {"denim": 1.8, "leather": 1.0, "tweed": 0.5, "corduroy": 0.4, "suede": 0.7},
        patterned=0.5,
        details={
            "pleated": 0.2,
            "belted": 0.16,
            "high-rise": 0.2,
            "slit": 0.12,
            "ruffle": 0.07,
            "asymmetrical": 0.07,
            "fringe": 0.04,
            "lace trim": 0.05,
            "flap pocket": 0.05,
            "scalloped": 0.04,
            "bow": 0.04,
        },
    ),
    "Tank": Recipe(
        "top",
        5,
        {"scoop neck": 6, "crew neck": 3, "v-neck": 3, "square neck": 0.6},
        {"none": 7, "strap": 3},
        length={"regular": 7, "crop": 2.2, "longline": 1},
        cut={"regular": 4, "fitted": 4, "oversized": 1.4, "trapeze": 1.4},
        fabric={
            "cotton": 9,
            "ribbed": 2,
            "lace": 0.9,
            "crochet": 0.8,
            "mesh": 0.6,
            "satin": 0.6,
            "sequin": 0.4,
            "knit": 0.5,
        },
        patterned=0.45,
        details={
            "graphic": 0.22,
            "chest pocket": 0.1,
            "contrast trim": 0.1,
            "lace trim": 0.09,
            "tie-front": 0.05,
            "fringe": 0.05,
            "embroidered": 0.04,
            "ruffle": 0.03,
        },
        men=0.2,
    ),
    "Sweater": Recipe(
        "top",
        5,
        {"crew neck": 7, "v-neck": 4, "cowl neck": 1, "boat neck": 1, "shawl collar": 0.5},
        {"long": 12, "three-quarter": 1.4},
        {"set-in": 8, "raglan": 1.2, "dolman": 1.2},
        {"regular": 8, "crop": 1.2, "longline": 1.6},
        {"regular": 5, "oversized": 4, "fitted": 1},
        fabric=KNITS | {"faux fur": 0.2, "crochet": 0.3},
        patterned=0.42,
        details={"elbow patch": 0.05, "contrast trim": 0.1, "patch": 0.04, "distressed": 0.03, "pom-pom": 0.03},
        men=0.35,
    ),
    "Jeans": Recipe(
        "trousers",
        5,
        length={"full": 6, "ankle": 3},
        cut={"skinny": 6, "straight-leg": 3, "bootcut": 1.4, "flared": 1.4, "boyfriend": 1.6, "wide-leg": 0.7},
        closure={"fly": 1},
        fabric={"denim": 9, "acid wash": 2},
        patterned=0.0,
        details={
            "distressed": 0.3,
            "rolled hem": 0.2,
            "high-rise": 0.24,
            "raw hem": 0.1,
            "belted": 0.16,
            "embroidered": 0.05,
            "patch": 0.04,
            "zip": 0.0,
        },
        palettes=("indigo", "sky", "black", "navy", "white", "grey"),
        men=0.3,
    ),
    "Cardigan": Recipe(
        "top",
        4,
        {"v-neck": 8, "shawl collar": 2, "crew neck": 1.6},
        {"long": 9, "three-quarter": 2},
        {"set-in": 7, "dolman": 1.4},
        {"regular": 6, "longline": 3, "crop": 1},
        {"regular": 5, "oversized": 3},
        {"button front": 5, "open front": 5},
        KNITS | {"crochet": 0.7},
        0.42,
        {"patch pocket": 0.3, "belted": 0.08, "contrast trim": 0.14, "fringe": 0.07, "elbow patch": 0.06},
        men=0.15,
    ),
    "Jacket": Recipe(
        "top",
        4,
        {"collared": 8, "mock neck": 2, "crew neck": 0.8},
        {"long": 10, "three-quarter": 0.8},
        length={"regular": 7, "crop": 3},
        cut={"regular": 6, "fitted": 3},
        closure={"zip": 4, "asymmetric zip": 4, "button front": 5, "toggle": 0.4},
        fabric={
            "denim": 5,
            "leather": 5,
            "suede": 1.4,
            "quilted": 2,
            "corduroy": 1,
            "faux fur": 0.6,
            "tweed": 0.7,
            "acid wash": 0.5,
        },
        patterned=0.08,
        details={
            "chest pocket": 0.3,
            "belted": 0.08,
            "studded": 0.1,
            "epaulette": 0.14,
            "patch": 0.07,
            "flap pocket": 0.2,
            "fringe": 0.05,
            "distressed": 0.03,
            "embroidered": 0.05,
        },
        men=0.3,
    ),
    "Romper": Recipe(
        "jumpsuit",
        3.4,
        {
            "v-neck": 4,
            "crew neck": 1.6,
            "scoop neck": 1.5,
            "sweetheart": 1.6,
            "off-the-shoulder": 1.5,
            "halter": 1.3,
            "strapless": 1,
            "keyhole": 0.6,
        },
        {"strap": 4, "none": 3, "short": 2, "long": 1, "three-quarter": 0.8},
        {"set-in": 5, "flutter": 1.2, "bell": 0.8},
        {"short": 6, "hot": 2},
        {"straight": 3, "flared": 2},
        {"none": 8, "button front": 1, "wrap": 1.4, "zip": 0.3},
        LIGHT,
        0.62,
        {
            "belted": 0.24,
            "drawstring": 0.12,
            "ruffle": 0.12,
            "lace trim": 0.1,
            "bow": 0.06,
            "pom-pom": 0.06,
            "cutout": 0.07,
            "embroidered": 0.05,
            "tie-front": 0.05,
        },
    ),
    "Leggings": Recipe(
        "trousers",
        3,
        length={"full": 4, "ankle": 3},
        cut={"leggings": 1},
        fabric={"stretch": 9, "leather": 1.3, "mesh": 0.4, "velvet": 0.5, "metallic": 0.4, "sequin": 0.2},
        patterned=0.55,
        details={"side stripe": 0.14, "high-rise": 0.3, "lace trim": 0.04},
    ),
    "Blazer": Recipe(
        "top",
        3,
        {"lapel": 8, "shawl collar": 1.5},
        {"long": 8, "three-quarter": 2},
        length={"regular": 7, "longline": 1.4, "crop": 0.8},
        cut={"regular": 5, "fitted": 4},
        closure={"button front": 7, "double-breasted": 2.4, "open front": 2},
        fabric={
            "wool": 7,
            "tweed": 1.4,
            "velvet": 0.9,
            "linen": 0.9,
            "satin": 0.6,
            "leather": 0.3,
            "sequin": 0.3,
            "corduroy": 0.5,
        },
        patterned=0.3,
        details={"flap pocket": 0.6, "chest pocket": 0.25, "elbow patch": 0.08, "contrast trim": 0.14, "cuffed": 0.12},
        men=0.3,
    ),
    "Coat": Recipe(
        "dress",
        3,
        {"lapel": 6, "shawl collar": 1.5, "collared": 2, "hooded": 1.6, "mock neck": 0.8, "crew neck": 0.7},
        {"long": 1},
        length={"mini": 4, "knee": 5, "midi": 1.4},
        cut={"coat": 6, "a-line": 2},
        closure={"button front": 5, "double-breasted": 4, "toggle": 1.5, "open front": 1.4, "zip": 1.2},
        fabric={"wool": 9, "tweed": 1.4, "faux fur": 1.4, "quilted": 1.4, "leather": 0.5, "suede": 0.5},
        patterned=0.2,
        details={"belted": 0.3, "flap pocket": 0.4, "epaulette": 0.12, "patch pocket": 0.14, "cuffed": 0.08},
        men=0.2,
    ),
    "Button-Down": Recipe(
        "top",
        3,
        {"collared": 1},
        {"long": 6, "short": 2, "three-quarter": 1, "none": 0.6},
        length={"regular": 8, "longline": 1.4},
        cut={"regular": 6, "oversized": 1.4, "fitted": 1.4},
        closure={"button front": 1},
        fabric={"cotton": 9, "linen": 1.3, "denim": 1.6, "chiffon": 0.5, "corduroy": 0.4, "satin": 0.4},
        patterned=0.6,
        details={
            "chest pocket": 0.5,
            "curved hem": 0.6,
            "tie-front": 0.06,
            "cuffed": 0.18,
            "embroidered": 0.03,
            "epaulette": 0.05,
            "contrast trim": 0.05,
        },
        men=0.4,
    ),
    "Hoodie": Recipe(
        "top",
        2.6,
        {"hooded": 1},
        {"long": 9, "short": 0.8},
        {"set-in": 6, "raglan": 2},
        {"regular": 7, "crop": 1.4, "longline": 0.6},
        {"regular": 5, "oversized": 3},
        {"none": 6, "zip": 4},
        {"fleece": 6, "cotton": 3, "knit": 0.5},
        0.3,
        {"kangaroo pocket": 0.8, "drawstring": 0.75, "graphic": 0.26, "contrast trim": 0.08, "logo": 0.08},
        men=0.4,
    ),
    "Jumpsuit": Recipe(
        "jumpsuit",
        2.6,
        {
            "v-neck": 4,
            "sweetheart": 1.6,
            "halter": 1.6,
            "strapless": 1.3,
            "collared": 1,
            "crew neck": 1.2,
            "off-the-shoulder": 1,
            "scoop neck": 1,
            "square neck": 0.5,
        },
        {"none": 4, "strap": 4, "short": 1.6, "long": 1.4},
        {"set-in": 5, "flutter": 0.8},
        {"full": 4, "ankle": 3},
        {"wide-leg": 4, "straight-leg": 3, "tapered": 2, "flared": 1.2},
        {"none": 6, "wrap": 1.6, "zip": 1, "button front": 1},
        LIGHT | {"denim": 1, "velvet": 0.4, "leather": 0.2},
        0.45,
        {"belted": 0.36, "drawstring": 0.1, "cutout": 0.09, "ruffle": 0.07, "bow": 0.05},
    ),
    "Joggers": Recipe(
        "trousers",
        2.4,
        length={"full": 1},
        cut={"tapered": 1},
        fabric={"fleece": 5, "cotton": 4, "leather": 0.3, "corduroy": 0.3, "satin": 0.3},
        patterned=0.35,
        details={"drawstring": 0.9, "side stripe": 0.2, "cargo pocket": 0.14, "logo": 0.0},
        men=0.4,
    ),
    "Kimono": Recipe(
        "dress",
        2,
        {"open neck": 1},
        {"three-quarter": 5, "long": 2},
        {"kimono": 1},
        {"hip": 5, "mini": 3, "knee": 2, "midi": 0.7},
        {"kimono": 1},
        {"open front": 1},
        {"chiffon": 4, "cotton": 3, "satin": 1.2, "lace": 1, "crochet": 0.5},
        0.85,
        {"fringe": 0.4, "contrast trim": 0.2, "pom-pom": 0.05},
    ),
    "Chinos": Recipe(
        "trousers",
        2,
        length={"full": 5, "ankle": 3},
        cut={"straight-leg": 5, "tapered": 2.4, "wide-leg": 1},
        closure={"fly": 1},
        fabric={"cotton": 7, "linen": 1.2, "corduroy": 1.2, "wool": 1.2},
        patterned=0.22,
        details={"belted": 0.4, "rolled hem": 0.2, "high-rise": 0.14, "flap pocket": 0.04, "cargo pocket": 0.12},
        palettes=("camel", "olive", "navy", "sand", "grey", "black", "rust", "cream"),
        men=0.5,
    ),
    "Bomber": Recipe(
        "top",
        1.8,
        {"rib collar": 1},
        {"long": 1},
        {"set-in": 3, "raglan": 2},
        {"regular": 5, "crop": 1},
        {"bomber": 1},
        {"zip": 1},
        {"satin": 4, "cotton": 3, "leather": 1.2, "quilted": 1.2, "suede": 0.7, "sequin": 0.4, "velvet": 0.4},
        0.3,
        {"contrast trim": 0.5, "embroidered": 0.12, "patch": 0.12, "flap pocket": 0.1},
        men=0.35,
    ),
    "Halter": Recipe(
        "top",
        1.6,
        {"halter": 1},
        {"none": 1},
        length={"regular": 5, "crop": 4},
        cut={"fitted": 4, "trapeze": 2, "peplum": 1},
        fabric=LIGHT | {"sequin": 0.6, "ribbed": 0.6},
        patterned=0.55,
        details={
            "fringe": 0.08,
            "cutout": 0.08,
            "ruffle": 0.08,
            "lace trim": 0.08,
            "scalloped": 0.05,
            "embroidered": 0.06,
        },
    ),
    "Cutoffs": Recipe(
        "trousers",
        1.6,
        length={"hot": 5, "short": 3},
        cut={"straight": 1},
        closure={"fly": 1},
        fabric={"denim": 5, "acid wash": 2.4},
        patterned=0.0,
        details={
            "raw hem": 1.0,
            "distressed": 0.4,
            "high-rise": 0.3,
            "studded": 0.07,
            "embroidered": 0.06,
            "lace trim": 0.05,
            "belted": 0.12,
        },
        palettes=("indigo", "sky", "black", "white"),
    ),
    "Henley": Recipe(
        "top",
        1.4,
        {"crew neck": 4, "scoop neck": 1, "v-neck": 1},
        {"long": 5, "short": 2, "three-quarter": 2},
        {"set-in": 3, "raglan": 1.4},
        cut={"regular": 3, "fitted": 1},
        closure={"henley placket": 1},
        fabric={"waffle": 3, "cotton": 5, "ribbed": 1},
        patterned=0.25,
        details={"chest pocket": 0.12, "curved hem": 0.2, "contrast trim": 0.2},
        men=0.6,
    ),
    "Turtleneck": Recipe(
        "top",
        1.3,
        {"turtleneck": 1},
        {"long": 8, "none": 1.2, "short": 0.8},
        {"set-in": 6, "dolman": 1},
        {"regular": 6, "crop": 1, "longline": 1},
        {"regular": 3, "fitted": 3, "oversized": 2},
        fabric=KNITS | {"ribbed": 4, "cotton": 1},
        patterned=0.25,
        details={"fringe": 0.03},
        men=0.2,
    ),
    "Poncho": Recipe(
        "top",
        1.2,
        {"crew neck": 2, "v-neck": 2, "cowl neck": 1.4, "turtleneck": 1.2, "hooded": 0.8},
        {"drape": 1},
        length={"regular": 1},
        cut={"poncho": 1},
        fabric={"knit": 5, "cable knit": 1.6, "fleece": 1, "crochet": 1, "wool": 1.6},
        patterned=0.62,
        details={"fringe": 0.6, "pom-pom": 0.08},
    ),
    "Culottes": Recipe(
        "trousers",
        1.1,
        length={"calf": 1},
        cut={"culottes": 1},
        closure={"none": 1},
        fabric={"cotton": 6, "linen": 1, "satin": 1, "denim": 0.8, "wool": 1},
        patterned=0.4,
        details={"belted": 0.3, "high-rise": 0.4, "pleated": 0.24, "bow": 0.06},
    ),
    "Robe": Recipe(
        "dress",
        1.1,
        {"shawl collar": 1},
        {"long": 4, "three-quarter": 2},
        {"wide": 1},
        {"mini": 3, "knee": 5, "midi": 1.4},
        {"robe": 1},
        {"wrap": 1},
        {"fleece": 4, "satin": 4, "waffle": 2, "cotton": 1.4, "lace": 0.4},
        0.35,
        {"belted": 1.0, "patch pocket": 0.4, "lace trim": 0.14, "contrast trim": 0.3},
    ),
    "Capris": Recipe(
        "trousers",
        1.0,
        length={"capri": 1},
        cut={"slim": 1},
        closure={"fly": 3, "none": 1},
        fabric={"cotton": 6, "denim": 2.4, "linen": 0.8, "stretch": 1},
        patterned=0.3,
        details={"rolled hem": 0.2, "belted": 0.14, "slit": 0.12, "bow": 0.05, "high-rise": 0.1},
    ),
    "Caftan": Recipe(
        "dress",
        0.9,
        {"v-neck": 3, "keyhole": 1, "scoop neck": 1},
        {"three-quarter": 1},
        {"caftan": 1},
        {"knee": 1, "midi": 2, "maxi": 3},
        {"caftan": 1},
        fabric={"chiffon": 2, "cotton": 4, "satin": 1.4, "linen": 0.7},
        patterned=0.8,
        details={"embroidered": 0.4, "beaded": 0.2, "lace-up": 0.1, "pom-pom": 0.1, "contrast trim": 0.3},
    ),
    "Onesie": Recipe(
        "jumpsuit",
        0.8,
        {"hooded": 1},
        {"long": 1},
        length={"full": 1},
        cut={"onesie": 1},
        closure={"zip": 3, "button front": 2},
        fabric={"fleece": 4, "faux fur": 0.6, "cotton": 1.4},
        patterned=0.55,
        details={"kangaroo pocket": 0.4, "contrast trim": 0.2, "pom-pom": 0.08},
        men=0.2,
    ),
}
TYPE_OF = dict(CATEGORIES)
TEXTURES: Choice = {
    name: 1 / (rank + 2.0)
    for rank, name in enumerate(
        (
            "floral",
            "striped",
            "plaid",
            "polka dot",
            "leopard",
            "geo",
            "paisley",
            "tribal",
            "breton stripe",
            "colorblock",
            "tropical",
            "gingham",
            "abstract",
            "rose",
            "vertical stripe",
            "tie-dye",
            "chevron",
            "leaf",
            "camouflage",
            "marled",
            "ombre",
            "star",
            "pinstripe",
            "houndstooth",
            "medallion",
            "checkered",
            "zebra",
            "heart",
            "grid",
            "argyle",
            "daisy",
            "zigzag",
            "diagonal stripe",
            "diamond",
            "marbled",
            "splatter",
        )
    )
}
assert set(TEXTURES) == set(PATTERNS)

# Ground, second and third colour.
PALETTES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((34, 33, 37), (232, 228, 220), (196, 58, 62)),
    "white": ((240, 239, 235), (44, 58, 102), (206, 72, 74)),
    "navy": ((38, 48, 86), (236, 232, 222), (206, 62, 58)),
    "grey": ((146, 147, 152), (44, 44, 50), (232, 226, 214)),
    "cream": ((232, 220, 196), (128, 62, 50), (62, 92, 88)),
    "red": ((184, 40, 50), (244, 234, 220), (36, 36, 48)),
    "indigo": ((58, 82, 130), (222, 226, 232), (200, 150, 84)),
    "sky": ((140, 178, 214), (250, 248, 242), (52, 76, 128)),
    "camel": ((186, 146, 100), (58, 44, 38), (240, 228, 206)),
    "olive": ((98, 104, 66), (224, 206, 160), (52, 50, 40)),
    "burgundy": ((112, 34, 52), (228, 194, 160), (40, 34, 44)),
    "pink": ((230, 160, 178), (252, 246, 242), (150, 46, 86)),
    "blush": ((232, 198, 186), (120, 62, 74), (252, 246, 240)),
    "mint": ((166, 212, 190), (252, 250, 244), (58, 104, 100)),
    "teal": ((34, 112, 118), (240, 226, 196), (220, 130, 76)),
    "emerald": ((30, 116, 76), (236, 224, 186), (30, 40, 40)),
    "mustard": ((214, 164, 52), (60, 46, 44), (250, 240, 220)),
    "coral": ((236, 116, 96), (252, 238, 222), (52, 88, 110)),
    "purple": ((104, 68, 138), (232, 216, 236), (236, 178, 88)),
    "rust": ((170, 84, 48), (242, 224, 196), (46, 58, 70)),
    "royal": ((44, 74, 178), (246, 244, 238), (240, 196, 70)),
    "sand": ((206, 190, 164), (92, 78, 66), (248, 244, 234)),
    "lilac": ((192, 172, 214), (252, 248, 250), (98, 70, 130)),
    "chocolate": ((84, 58, 46), (226, 200, 164), (166, 92, 60)),
}
PALETTE_WEIGHT: Choice = {name: 1 / (rank + 4.0) for rank, name in enumerate(PALETTES)}


@dataclass(frozen=True)
class Item:
    """One garment. pattern None is plain; size: the pattern's scale; seed: what is left to chance in its prints."""

    category: str
    neck: str
    sleeve: str
    sleeve_cut: str
    length: str
    cut: str
    closure: str
    fabric: str
    pattern: str | None
    palette: str
    size: float
    details: frozenset[str]
    man: bool
    seed: int

    @property
    def recipe(self) -> Recipe:
        return RECIPES[self.category]

    @property
    def kind(self) -> str:
        return self.recipe.kind

    @property
    def clothes_type(self) -> int:
        return TYPE_OF[self.category]

    @property
    def colours(self) -> tuple[tuple[int, int, int], ...]:
        return PALETTES[self.palette]


def pick(rng: np.random.Generator, choice: Choice, without: str | None = None) -> str:
    """One of the names by weight. Weights become whole numbers first, so that no rounding decides."""
    names = [name for name in choice if name != without]
    weights = np.array([round(choice[name] * 10000) for name in names], np.int64)
    at = int(rng.integers(0, int(weights.sum())))
    return names[int(np.searchsorted(np.cumsum(weights), at, side="right"))]


def _chance(rng: np.random.Generator, probability: float) -> bool:
    return int(rng.integers(0, 10000)) < round(probability * 10000)


UNPRINTED = (
    "denim",
    "acid wash",
    "leather",
    "suede",
    "lace",
    "crochet",
    "sequin",
    "metallic",
    "faux fur",
    "quilted",
    "cable knit",
    "corduroy",
    "tweed",
    "eyelet",
    "velvet",
    "mesh",
)
ON_KNIT = (
    "striped",
    "breton stripe",
    "colorblock",
    "argyle",
    "chevron",
    "marled",
    "ombre",
    "tribal",
    "heart",
    "star",
    "zigzag",
    "diamond",
    "houndstooth",
    "leopard",
    "geo",
)


def draw_item(rng: np.random.Generator, category: str | None = None) -> Item:
    """A garment by the catalogue's frequencies."""
    category = category or pick(rng, {name: recipe.weight for name, recipe in RECIPES.items()})
    recipe = RECIPES[category]
    palettes = {name: PALETTE_WEIGHT[name] for name in recipe.palettes or PALETTES}
    item = Item(
        category,
        pick(rng, recipe.neck) if recipe.neck else "",
        pick(rng, recipe.sleeve) if recipe.sleeve else "",
        pick(rng, recipe.sleeve_cut),
        pick(rng, recipe.length),
        pick(rng, recipe.cut),
        pick(rng, recipe.closure),
        pick(rng, recipe.fabric),
        pick(rng, TEXTURES) if _chance(rng, recipe.patterned) else None,
        pick(rng, palettes),
        (0.9, 1.0, 1.1, 1.25)[int(rng.integers(0, 4))],
        frozenset(name for name, share in recipe.details.items() if _chance(rng, share)),
        _chance(rng, recipe.men),
        int(rng.integers(0, 2**31)),
    )
    return settle(item)


def settle(item: Item) -> Item:
    """The item with what cannot go together resolved."""
    neck, sleeve, cut = item.neck, item.sleeve, item.sleeve_cut
    if neck in ("strapless", "halter"):
        sleeve = "none"
    if neck == "sweetheart" and sleeve not in ("none", "strap"):
        sleeve = "strap"
    if neck == "one-shoulder":
        sleeve = "none"
    if neck == "off-the-shoulder" and sleeve in ("none", "strap", "cap"):
        sleeve = "short"
    if sleeve == "strap" and neck not in ("v-neck", "sweetheart", "square neck", "scoop neck"):
        neck = "sweetheart" if item.category != "Tank" else "scoop neck"
    if sleeve in ("none", "strap"):
        cut = "set-in"
    if cut == "bell" and sleeve not in ("three-quarter", "long"):
        cut = "flutter" if sleeve in ("cap", "short") else "set-in"
    if cut == "flutter" and sleeve not in ("cap", "short"):
        cut = "set-in"
    pattern = item.pattern
    if item.fabric in UNPRINTED:
        pattern = None
    if item.fabric in ("knit", "waffle", "ribbed") and pattern not in ON_KNIT:
        pattern = None
    if item.category in ("Leggings",) and pattern == "colorblock":
        pattern = None
    details = set(item.details)
    if pattern is not None or item.fabric in ("lace", "crochet", "sequin", "mesh"):
        details -= {"graphic", "logo", "embroidered"}
    if "graphic" in details:
        details -= {"logo", "chest pocket"}
    if item.closure in ("wrap", "zip", "button front", "open front"):
        details -= {"graphic", "tie-front", "cutout"}
    if item.closure == "zip" and "kangaroo pocket" in details:
        details -= {"graphic"}
    if "pleated" in details and item.cut not in ("a-line", "fit & flare", "culottes", "high-low"):
        details.discard("pleated")
    if details & {"raw hem"}:
        details -= {"rolled hem", "lace trim"}
    if "asymmetrical" in details and item.cut in ("high-low", "tiered", "peplum"):
        details.discard("asymmetrical")
    if {"belted", "bow"} <= details:
        details.discard("bow")
    if {"belted", "drawstring"} <= details:
        details.discard("drawstring")
    if sleeve not in ("short", "long", "three-quarter"):
        details -= {"cuffed", "elbow patch", "epaulette"}
    if neck not in ("crew neck", "v-neck", "scoop neck", "keyhole"):
        details.discard("beaded")
    for one, other in (
        ("fringe", "scalloped"),
        ("fringe", "lace trim"),
        ("scalloped", "lace trim"),
        ("pom-pom", "fringe"),
        ("pom-pom", "scalloped"),
        ("pom-pom", "lace trim"),
        ("slit", "fringe"),
        ("ruffle", "embroidered"),
        ("curved hem", "tie-front"),
        ("lace-up", "button front"),
    ):
        if {one, other} <= details:
            details.discard(other)
    return replace(item, neck=neck, sleeve=sleeve, sleeve_cut=cut, pattern=pattern, details=frozenset(details))


SLEEVES = {
    "none": "sleeveless",
    "strap": "sleeveless",
    "cap": "cap sleeve",
    "short": "short sleeve",
    "three-quarter": "three-quarter sleeve",
    "long": "long sleeve",
}
SLEEVE_CUTS = {
    "bell": "bell sleeve",
    "puff": "puff sleeve",
    "flutter": "flutter sleeve",
    "raglan": "raglan",
    "dolman": "dolman",
}


def present(item: Item) -> set[str]:
    """The names of the attributes that the item has, umbrellas and styles left out."""
    from fashionnet.sample.attributes import COLUMN

    names = {
        item.neck,
        SLEEVES.get(item.sleeve, ""),
        SLEEVE_CUTS.get(item.sleeve_cut, ""),
        item.length,
        item.cut,
        item.closure,
        item.fabric,
        item.pattern or "",
    } | item.details
    if item.sleeve == "strap":
        names.add("strappy")
    if item.fabric == "acid wash":
        names.add("denim")
    if item.fabric == "cable knit":
        names.add("knit")
    if item.category in ("Jacket", "Bomber") and "chest pocket" in names and item.fabric == "leather":
        names.discard("chest pocket")
    return {name for name in names if name in COLUMN}


def look_alike(item: Item, rng: np.random.Generator) -> Item:
    """Another garment of the same category, colours, fabric and pattern that differs in one or two attributes."""
    recipe = item.recipe
    slots = [
        name for name in ("neck", "sleeve", "sleeve_cut", "length", "cut", "closure") if len(getattr(recipe, name)) > 1
    ]
    for _ in range(20):
        other = item
        for _ in range(int(rng.integers(1, 3))):
            at = int(rng.integers(0, len(slots) + 2))
            if at < len(slots):
                slot = slots[at]
                other = replace(other, **{slot: pick(rng, getattr(recipe, slot), getattr(item, slot))})
            elif recipe.details:
                name = list(recipe.details)[int(rng.integers(0, len(recipe.details)))]
                other = replace(other, details=other.details ^ {name})
        other = settle(other)
        if 1 <= len(present(other) ^ present(item)) <= 4:
            return replace(other, seed=int(rng.integers(0, 2**31)))
    return replace(item, palette=pick(rng, PALETTE_WEIGHT, item.palette), seed=int(rng.integers(0, 2**31)))
