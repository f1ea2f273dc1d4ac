"""What an item of each category can look like, and how often. Ours."""

from __future__ import annotations

from fashionnet.sample.recipe import EVENING, LIGHT, NECKS, Recipe, choice
from fashionnet.sample.recipes_upper import UPPER

_OTHERS: dict[str, Recipe] = {
    "Dress": Recipe(
        "dress",
        72.2,
        neck=NECKS
        | choice(
            "sweetheart 1.4, halter 1.2, off-the-shoulder 1.4, strapless 1.2, one-shoulder 0.7, "
            "collared 0.9, mock neck 0.6, peter pan collar 0.5, turtleneck 0.3"
        ),
        sleeve=choice("none 6, strap 3, short 3, long 2.4, three-quarter 1.2, cap 1.2"),
        sleeve_cut=choice("set-in 7, bell 1.2, puff 0.9, flutter 0.9, dolman 0.4"),
        length=choice("mini 5, knee 3, midi 2, maxi 3"),
        cut=choice(
            "fit & flare 4, a-line 3, bodycon 3, shift 3, trapeze 1.2, empire waist 1, tiered 0.9, "
            "peplum 0.6, high-low 0.8, drop waist 0.7"
        ),
        closure=choice("none 12, button front 1.2, wrap 1.5, zip 0.5"),
        fabric=EVENING,
        patterned=0.55,
        details=choice(
            "belted 0.2, ruffle 0.12, slit 0.1, cutout 0.08, bow 0.07, fringe 0.03, pleated 0.09, "
            "embroidered 0.06, lace trim 0.08, tie-front 0.04, asymmetrical 0.05, "
            "contrast trim 0.06, beaded 0.04, scalloped 0.05, pom-pom 0.03"
        ),
    ),
    "Shorts": Recipe(
        "trousers",
        19.7,
        length=choice("short 8, hot 2"),
        cut=choice("straight 6, flared 1"),
        closure=choice("fly 4, none 3"),
        fabric=choice("cotton 8, denim 3, acid wash 1, linen 1.2, leather 0.4, satin 0.3, suede 0.3, corduroy 0.3"),
        patterned=0.6,
        details=choice(
            "high-rise 0.3, belted 0.16, drawstring 0.14, rolled hem 0.16, pom-pom 0.04, raw hem "
            "0.1, bow 0.05, lace trim 0.03, flap pocket 0.06, studded 0.02"
        ),
        men=0.15,
    ),
    "Skirt": Recipe(
        "skirt",
        14.8,
        length=choice("mini 5, knee 3, midi 2.4, maxi 2"),
        cut=choice("a-line 4, fit & flare 3, pencil 3, tiered 1.2, high-low 0.6, peplum 0.4"),
        closure=choice("none 8, button front 1.2, zip 0.9, wrap 0.6"),
        fabric=EVENING | choice("denim 1.8, leather 1, suede 0.7, tweed 0.5, corduroy 0.4"),
        details=choice(
            "pleated 0.2, belted 0.16, high-rise 0.2, slit 0.12, ruffle 0.07, asymmetrical 0.07, "
            "fringe 0.04, lace trim 0.05, flap pocket 0.05, scalloped 0.04, bow 0.04"
        ),
    ),
    "Jeans": Recipe(
        "trousers",
        7.1,
        length=choice("full 6, ankle 3"),
        cut=choice("skinny 6, straight-leg 3, bootcut 1.4, flared 1.4, boyfriend 1.6, wide-leg 0.7"),
        closure=choice("fly 1"),
        fabric=choice("denim 9, acid wash 2"),
        patterned=0,
        details=choice(
            "distressed 0.3, rolled hem 0.2, high-rise 0.24, raw hem 0.12, belted 0.16, embroidered 0.05, patch 0.04"
        ),
        palettes=("indigo", "sky", "black", "navy", "white", "grey"),
        men=0.3,
    ),
    "Romper": Recipe(
        "jumpsuit",
        7.4,
        neck=choice(
            "v-neck 4, crew neck 1.6, scoop neck 1.5, sweetheart 1.6, off-the-shoulder 1.5, halter "
            "1.3, strapless 1, keyhole 0.6"
        ),
        sleeve=choice("strap 4, none 3, short 2, long 1, three-quarter 0.8"),
        sleeve_cut=choice("set-in 5, flutter 1.2, bell 0.8"),
        length=choice("short 1"),
        cut=choice("straight 1"),
        closure=choice("none 8, button front 1, wrap 1.4, zip 0.3"),
        fabric=LIGHT | choice("lace 0.4, crochet 0.2, denim 0.8"),
        patterned=0.62,
        details=choice(
            "belted 0.24, drawstring 0.12, ruffle 0.12, lace trim 0.1, bow 0.06, pom-pom 0.06, cutout "
            "0.07, embroidered 0.05, tie-front 0.05"
        ),
    ),
    "Leggings": Recipe(
        "trousers",
        5.0,
        length=choice("full 4, ankle 3"),
        cut=choice("leggings 1"),
        fabric=choice("stretch 9, leather 1.3, mesh 0.4, velvet 0.5, metallic 0.4, sequin 0.2"),
        patterned=0.55,
        details=choice("side stripe 0.14, high-rise 0.3, lace trim 0.04"),
    ),
    "Coat": Recipe(
        "dress",
        2.1,
        neck=choice("lapel 8, collared 2, hooded 1.2, mock neck 0.5"),
        sleeve=choice("long 1"),
        length=choice("mini 4, knee 5, midi 1.4"),
        cut=choice("coat 7, a-line 1"),
        closure=choice("button front 5, double-breasted 4, toggle 1.5, open front 1.4, zip 1.2"),
        fabric=choice("wool 9, tweed 1.4, faux fur 1.4, quilted 1.4, leather 0.5, suede 0.5"),
        patterned=0.2,
        details=choice("belted 0.3, flap pocket 0.4, epaulette 0.12, patch pocket 0.14, cuffed 0.08"),
        men=0.2,
    ),
    "Jumpsuit": Recipe(
        "jumpsuit",
        6.2,
        neck=choice(
            "v-neck 4, sweetheart 1.6, halter 1.6, strapless 1.3, collared 1, crew neck 1.2, "
            "off-the-shoulder 1, scoop neck 1, square neck 0.5"
        ),
        sleeve=choice("none 4, strap 4, short 1.6, long 1.4"),
        sleeve_cut=choice("set-in 5, flutter 0.8"),
        length=choice("full 4, ankle 3"),
        cut=choice("wide-leg 4, straight-leg 3, tapered 2, flared 1.2"),
        closure=choice("none 6, wrap 1.6, zip 1, button front 1"),
        fabric=LIGHT | choice("velvet 0.4, denim 1, leather 0.2"),
        patterned=0.45,
        details=choice("belted 0.36, drawstring 0.1, cutout 0.09, ruffle 0.07, bow 0.05"),
    ),
    "Joggers": Recipe(
        "trousers",
        4.4,
        length=choice("full 1"),
        cut=choice("tapered 1"),
        fabric=choice("fleece 5, cotton 5"),
        patterned=0.35,
        details=choice("drawstring 1, side stripe 0.2, cargo pocket 0.14"),
        men=0.4,
    ),
    "Kimono": Recipe(
        "dress",
        2.3,
        neck=choice("open neck 1"),
        sleeve=choice("three-quarter 5, long 2"),
        sleeve_cut=choice("kimono 1"),
        length=choice("hip 5, mini 3, knee 2, midi 0.7"),
        cut=choice("kimono 1"),
        closure=choice("open front 1"),
        fabric=choice("chiffon 3, cotton 4, satin 1.6, lace 0.5"),
        patterned=0.85,
        details=choice("fringe 0.3, contrast trim 1, pom-pom 0.05"),
    ),
    "Chinos": Recipe(
        "trousers",
        2,
        length=choice("full 5, ankle 3"),
        cut=choice("straight-leg 5, tapered 2.4, wide-leg 1"),
        closure=choice("fly 1"),
        fabric=choice("cotton 7, linen 1.2, corduroy 1.2, wool 1.2"),
        patterned=0.08,
        details=choice("belted 0.4, rolled hem 0.2, high-rise 0.14, flap pocket 0.04, cargo pocket 0.12"),
        palettes=("camel", "olive", "navy", "sand", "grey", "black", "rust", "cream"),
        men=0.5,
    ),
    "Robe": Recipe(
        "dress",
        2,
        neck=choice("shawl collar 1"),
        sleeve=choice("long 4, three-quarter 2"),
        sleeve_cut=choice("wide 1"),
        length=choice("mini 3, knee 5, midi 1.4"),
        cut=choice("robe 1"),
        closure=choice("wrap 1"),
        fabric=choice("fleece 4, satin 4, waffle 3"),
        patterned=0.35,
        details=choice("belted 1, patch pocket 0.4, lace trim 0.14, contrast trim 0.6"),
    ),
    "Caftan": Recipe(
        "dress",
        2,
        neck=choice("v-neck 3, keyhole 1"),
        sleeve=choice("three-quarter 1"),
        sleeve_cut=choice("caftan 1"),
        length=choice("knee 1, midi 2, maxi 3"),
        cut=choice("caftan 1"),
        fabric=choice("chiffon 2, cotton 4, satin 1.4, linen 0.7"),
        patterned=0.8,
        details=choice("embroidered 0.8, beaded 0.4, pom-pom 0.1, contrast trim 0.3"),
    ),
}

RECIPES = UPPER | _OTHERS
