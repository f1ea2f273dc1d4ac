"""What garments there are: categories, what an item of each can look like and how often, and look-alikes. Ours.

An item is drawn once and keeps its looks in all its photos. Frequencies are long-tailed, as the data set's are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fashionnet.formats.codes import CATEGORIES
from fashionnet.sample.palettes import COMMON, PALETTE_WEIGHT, PALETTES
from fashionnet.sample.patterns import PATTERNS
from fashionnet.sample.recipe import Choice, Recipe
from fashionnet.sample.recipes import RECIPES

TYPE_OF = dict(CATEGORIES)
TEXTURES: Choice = {
    name: 1 / (rank + 1.5)
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


def draw_item(rng: np.random.Generator, category: str | None = None, palettes: Choice = PALETTE_WEIGHT) -> Item:
    """A garment by the catalogue's frequencies, in one of the `palettes`."""
    category = category or pick(rng, {name: recipe.weight for name, recipe in RECIPES.items()})
    recipe = RECIPES[category]
    palettes = {name: weight for name, weight in palettes.items() if name in (recipe.palettes or PALETTES)}
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
    if item.category == "Tee" and pattern not in (*ON_KNIT, "polka dot", "tie-dye", "camouflage", "splatter"):
        pattern = None  # flowers are printed on blouses, and a tee should not look like one
    if item.category == "Blouse" and pattern in ("striped", "breton stripe", "colorblock", "camouflage", "marled"):
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
    if "pleated" in details and item.cut not in ("a-line", "fit & flare", "high-low"):
        details.discard("pleated")
    if details & {"raw hem"}:
        details -= {"rolled hem", "lace trim"}
    if "asymmetrical" in details and item.cut in ("high-low", "tiered", "peplum"):
        details.discard("asymmetrical")
    if item.kind == "top" and item.length == "crop":  # it ends above the waist, where these would be
        details -= {"belted", "bow", "drawstring", "flap pocket", "tie-front"}
    if {"belted", "bow"} <= details:
        details.discard("bow")
    if {"belted", "drawstring"} <= details:
        details.discard("drawstring")
    if item.kind == "trousers" and item.closure == "fly":
        details.discard("drawstring")
    elif item.kind == "trousers":
        details -= {"belted", "flap pocket", "studded"}  # an elastic waist has neither loops nor welts
    if item.fabric not in ("denim", "acid wash"):
        details.discard("raw hem")
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
    return replace(item, palette=pick(rng, COMMON, item.palette), seed=int(rng.integers(0, 2**31)))
