"""What can be said of the garments of a category: values and how often each occurs. Ours."""

from __future__ import annotations

from dataclasses import dataclass, field

Choice = dict[str, float]


def choice(text: str) -> Choice:
    """The text "this 3, that 1" as values and weights."""
    pairs = (part.rsplit(" ", 1) for part in text.split(", "))
    return {name: float(weight) for name, weight in pairs}


@dataclass(frozen=True)
class Recipe:
    """kind: how it is cut (top, skirt, trousers, dress, jumpsuit). weight: how often it occurs, thousands of
    DeepFashion's photos and at least 2, so that the rarest can be learned. The choices: value → weight. patterned:
    share with a pattern. details: name → probability."""

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


LIGHT = choice("cotton 9, linen 1, chiffon 1.6, lace 1, eyelet 0.6, satin 0.8, crochet 0.6, velvet 0.3")
EVENING = choice(
    "cotton 8, satin 1.3, lace 1.5, chiffon 1, velvet 0.8, sequin 0.7, metallic 0.35, crochet 0.5, denim "
    "0.5, leather 0.35, knit 0.5, suede 0.25, eyelet 0.4"
)
KNITS = choice("knit 8, cable knit 4, ribbed 2, waffle 1, fleece 0.4")
NECKS = choice("crew neck 6, v-neck 4, scoop neck 3, boat neck 1.2, square neck 0.9, keyhole 0.7, cowl neck 0.6")
