"""What upper-body garments can look like, and how often. Ours."""

from __future__ import annotations

from fashionnet.sample.recipe import KNITS, LIGHT, Recipe, choice

UPPER: dict[str, Recipe] = {
    "Tee": Recipe(
        "top",
        36.9,
        neck=choice("crew neck 10, v-neck 3, scoop neck 2, boat neck 0.8"),
        sleeve=choice("short 12, cap 0.8, long 0.5, three-quarter 0.8"),
        sleeve_cut=choice("set-in 8, raglan 1.6, dolman 0.6"),
        length=choice("regular 9, crop 1.2, longline 1"),
        closure=choice("none 14, henley placket 1"),
        cut=choice("regular 6, oversized 2, fitted 2"),
        fabric=choice("cotton 1"),
        patterned=0.34,
        details=choice(
            "graphic 0.42, logo 0.14, chest pocket 0.14, contrast trim 0.12, distressed 0.03, tie-front "
            "0.03, curved hem 0.04"
        ),
        men=0.35,
    ),
    "Blouse": Recipe(
        "top",
        24.6,
        neck=choice(
            "v-neck 2, tie-neck 5, keyhole 1.4, peter pan collar 1.4, off-the-shoulder "
            "1.3, square neck 0.6, mock neck 0.5"
        ),
        sleeve=choice("long 7, three-quarter 3, short 0.6"),
        sleeve_cut=choice("set-in 2, bell 2.4, puff 4, flutter 1.2"),
        length=choice("regular 8, longline 1, crop 0.8"),
        cut=choice("regular 4, peplum 1.4, trapeze 1.4, high-low 0.7"),
        closure=choice("none 6, button front 1.6, lace-up 0.7"),
        fabric=choice("chiffon 4, satin 3.4, lace 1.2, eyelet 0.8, cotton 1, crochet 0.2"),
        patterned=0.55,
        details=choice("ruffle 0.4, embroidered 0.12, bow 0.06, lace trim 0.1, pleated 0.06, scalloped 0.05"),
    ),
    "Tank": Recipe(
        "top",
        15.4,
        neck=choice("scoop neck 6, crew neck 3, v-neck 3, square neck 0.6"),
        sleeve=choice("none 7, strap 3"),
        length=choice("regular 7, crop 2.2, longline 1"),
        cut=choice("regular 4, fitted 4, oversized 1.4, trapeze 1.4"),
        fabric=choice("cotton 9, ribbed 1.6, lace 0.9, crochet 0.8, mesh 0.6, satin 0.6, sequin 0.4, knit 0.5"),
        patterned=0.45,
        details=choice(
            "graphic 0.22, chest pocket 0.1, contrast trim 0.1, lace trim 0.09, tie-front 0.05, "
            "fringe 0.05, embroidered 0.04, ruffle 0.03"
        ),
        men=0.2,
    ),
    "Sweater": Recipe(
        "top",
        13.1,
        neck=choice("crew neck 7, v-neck 3, turtleneck 3, cowl neck 0.8, boat neck 0.8, mock neck 0.5"),
        sleeve=choice("long 1"),
        sleeve_cut=choice("set-in 8, raglan 1.2, dolman 1.2"),
        length=choice("regular 8, crop 1.2, longline 0.8"),
        closure=choice("none 24, henley placket 1"),
        cut=choice("regular 5, oversized 4, fitted 1"),
        fabric=KNITS,
        patterned=0.42,
        details=choice("elbow patch 0.05, contrast trim 0.14, patch 0.04, distressed 0.03, pom-pom 0.03"),
        men=0.35,
    ),
    "Cardigan": Recipe(
        "top",
        13.3,
        neck=choice("v-neck 8, shawl collar 2"),
        sleeve=choice("long 9, three-quarter 2"),
        sleeve_cut=choice("set-in 7, dolman 1.4"),
        length=choice("regular 4, longline 6"),
        cut=choice("regular 5, oversized 3"),
        closure=choice("button front 4, open front 6"),
        fabric=KNITS,
        patterned=0.3,
        details=choice("patch pocket 0.5, belted 0.08, contrast trim 0.14, fringe 0.07, elbow patch 0.06"),
        men=0.15,
    ),
    "Jacket": Recipe(
        "top",
        10.5,
        neck=choice("collared 8, mock neck 2"),
        sleeve=choice("long 10, three-quarter 0.8"),
        length=choice("regular 7, crop 3"),
        cut=choice("regular 6, fitted 3"),
        closure=choice("zip 5, asymmetric zip 4, button front 4, toggle 0.4"),
        fabric=choice("denim 5, leather 5, suede 1.4, quilted 2, corduroy 1, faux fur 0.6, tweed 0.7, acid wash 0.5"),
        patterned=0.08,
        details=choice(
            "chest pocket 0.3, belted 0.08, studded 0.1, epaulette 0.14, patch 0.07, flap pocket 0.5, "
            "fringe 0.05, distressed 0.03, embroidered 0.05"
        ),
        men=0.3,
    ),
    "Blazer": Recipe(
        "top",
        7.5,
        neck=choice("lapel 8, shawl collar 1.5"),
        sleeve=choice("long 8, three-quarter 2"),
        length=choice("regular 7, longline 1.4, crop 0.8"),
        cut=choice("regular 5, fitted 4"),
        closure=choice("button front 7, double-breasted 2.4, open front 2"),
        fabric=choice("wool 7, tweed 1.4, velvet 0.9, linen 0.9, satin 0.6, leather 0.3, sequin 0.3, corduroy 0.5"),
        patterned=0.3,
        details=choice("flap pocket 0.6, chest pocket 0.25, elbow patch 0.08, contrast trim 0.14, cuffed 0.12"),
        men=0.3,
    ),
    "Button-Down": Recipe(
        "top",
        2,
        neck=choice("collared 1"),
        sleeve=choice("long 7, short 1.6, three-quarter 0.8"),
        length=choice("regular 8, longline 1.4"),
        cut=choice("regular 6, oversized 1.4, fitted 1.4"),
        closure=choice("button front 1"),
        fabric=choice("cotton 9, linen 1.6"),
        patterned=0.6,
        details=choice(
            "chest pocket 0.7, curved hem 0.9, tie-front 0.06, cuffed 0.18, embroidered 0.03, "
            "epaulette 0.05, contrast trim 0.05"
        ),
        men=0.4,
    ),
    "Hoodie": Recipe(
        "top",
        4.0,
        neck=choice("hooded 1"),
        sleeve=choice("long 9, short 0.8"),
        sleeve_cut=choice("set-in 6, raglan 2"),
        length=choice("regular 7, crop 1.4, longline 0.6"),
        cut=choice("regular 5, oversized 3"),
        closure=choice("none 6, zip 4"),
        fabric=choice("fleece 6, cotton 3, knit 0.5"),
        patterned=0.3,
        details=choice("kangaroo pocket 0.9, drawstring 0.9, graphic 0.26, contrast trim 0.08, logo 0.08"),
        men=0.4,
    ),
    "Bomber": Recipe(
        "top",
        2,
        neck=choice("rib collar 1"),
        sleeve=choice("long 1"),
        sleeve_cut=choice("set-in 3, raglan 2"),
        length=choice("regular 5, crop 1"),
        cut=choice("bomber 1"),
        closure=choice("zip 1"),
        fabric=choice("satin 4, cotton 3, leather 1.2, quilted 1.2, suede 0.7, sequin 0.4, velvet 0.4"),
        patterned=0.3,
        details=choice("contrast trim 0.5, embroidered 0.12, patch 0.12, flap pocket 0.1"),
        men=0.35,
    ),
    "Halter": Recipe(
        "top",
        2,
        neck=choice("halter 1"),
        sleeve=choice("none 1"),
        length=choice("regular 5, crop 4"),
        cut=choice("fitted 4, trapeze 2, peplum 1"),
        fabric=LIGHT | choice("sequin 0.6, ribbed 0.6"),
        patterned=0.55,
        details=choice("fringe 0.08, cutout 0.08, ruffle 0.08, lace trim 0.08, scalloped 0.05, embroidered 0.06"),
    ),
    "Poncho": Recipe(
        "top",
        2,
        neck=choice("crew neck 2, v-neck 1, cowl neck 1.4, turtleneck 1.2, hooded 0.8"),
        sleeve=choice("drape 1"),
        cut=choice("poncho 1"),
        fabric=choice("knit 5, cable knit 1.6, fleece 1, crochet 1, wool 1.6"),
        patterned=0.62,
        details=choice("fringe 0.6, pom-pom 0.08"),
    ),
}
