"""The colours of garments. Ours."""

from __future__ import annotations

from fashionnet.sample.recipe import Choice

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
    "teal": ((34, 112, 118), (240, 226, 196), (220, 130, 76)),
    "emerald": ((30, 116, 76), (236, 224, 186), (30, 40, 40)),
    "mustard": ((214, 164, 52), (60, 46, 44), (250, 240, 220)),
    "coral": ((236, 116, 96), (252, 238, 222), (52, 88, 110)),
    "rust": ((170, 84, 48), (242, 224, 196), (46, 58, 70)),
    "sand": ((206, 190, 164), (92, 78, 66), (248, 244, 234)),
}


PALETTE_WEIGHT: Choice = {name: 1 / (rank + 2.5) for rank, name in enumerate(PALETTES)}
COMMON: Choice = dict(list(PALETTE_WEIGHT.items())[:4])  # of garments that many others share their colours with
