"""What a garment is made of: relief, holes, shine and drape, worked into a sheet of cloth. Ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fashionnet.sample.patterns import clouds, f, step_at, triple, wave
from fashionnet.sample.sheets import Sheet

Image = np.ndarray


@dataclass(frozen=True)
class Drape:
    """gloss: as in Sheet. fold_depth: how deep folds are, fold_scale: how narrow. thick: body units it stands off."""

    gloss: float = 0.0
    fold_depth: float = 0.2
    fold_scale: float = 420.0
    thick: float = 0.0


DRAPES: dict[str, Drape] = {
    "cotton": Drape(),
    "denim": Drape(0.0, 0.16, 520),
    "leather": Drape(0.55, 0.24, 300),
    "suede": Drape(0.0, 0.14, 380),
    "satin": Drape(0.5, 0.36, 200),
    "velvet": Drape(-0.5, 0.34, 220),
    "metallic": Drape(0.9, 0.5, 340),
    "sequin": Drape(0.25, 0.1, 360),
    "chiffon": Drape(0.0, 0.3, 520),
    "lace": Drape(0.0, 0.12, 400),
    "crochet": Drape(0.0, 0.1, 360),
    "mesh": Drape(0.0, 0.12, 400),
    "knit": Drape(0.0, 0.12, 320, 0.003),
    "cable knit": Drape(0.0, 0.08, 320, 0.006),
    "ribbed": Drape(0.0, 0.1, 340, 0.001),
    "waffle": Drape(0.0, 0.1, 340, 0.002),
    "fleece": Drape(0.0, 0.16, 300, 0.006),
    "faux fur": Drape(0.0, 0.12, 260, 0.012),
    "corduroy": Drape(-0.15, 0.14, 380, 0.002),
    "tweed": Drape(0.0, 0.08, 300, 0.003),
    "wool": Drape(0.0, 0.1, 280, 0.004),
    "quilted": Drape(0.25, 0.08, 360, 0.01),
    "linen": Drape(0.0, 0.3, 620),
    "eyelet": Drape(0.0, 0.18, 420),
    "stretch": Drape(0.18, 0.06, 460),
}


def _noise(sheet: Sheet, seed: int) -> np.ndarray:
    """(H, 2 W) float32 in -1 to 1, one draw a pixel."""
    rng = np.random.Generator(np.random.PCG64(seed))
    tile = rng.integers(-128, 128, (128, 128), np.int16).astype(f) / f(128)
    rows, columns = np.arange(sheet.height) & 127, np.arange(2 * sheet.width) & 127
    return tile[rows][:, columns]


def _denim(sheet: Sheet, image: Image, x, y) -> Image:
    twill = wave((x * f(0.7) + y) / f(0.0095), 0.5, 0.0095 * sheet.scale)
    fade = clouds(x, y, 0.3, 21, 1.8) - f(0.5)
    # Worn paler in the middle of the panel, as thighs and chests are.
    middle = np.clip(f(1) - np.abs(x) / f(0.6 * sheet.half), f(0), f(1)) + 0 * y
    gain = f(0.93) + f(0.1) * twill + f(0.22) * fade + f(0.14) * middle + f(0.06) * _noise(sheet, 22)
    return image * triple(gain) + triple(f(26) * middle)


def _acid_wash(sheet: Sheet, image: Image, x, y) -> Image:
    pale = step_at(clouds(x, y, 0.1, 23, 0.8), 0.55, 0.7) * f(0.62)
    return _denim(sheet, image + (f(232) - image) * triple(pale), x, y)


def _knit(sheet: Sheet, image: Image, x, y) -> Image:
    column = x / f(0.015)
    across = np.abs(column - np.floor(column) - f(0.5))
    row = y / f(0.015) + across * f(1.2)
    stitch = np.abs(row - np.floor(row) - f(0.5)) * f(2)
    gain = f(0.72) + f(0.38) * stitch - f(0.16) * (across > f(0.38))
    return image * triple(gain)


def _cable(sheet: Sheet, image: Image, x, y) -> Image:
    image = _knit(sheet, image, x, y)
    period = f(0.062)
    column = x / period - np.floor(x / period) - f(0.5)
    row = y / f(0.05)
    swing = np.abs((row - np.floor(row)) * f(2) - f(1)) * f(2) - f(1)  # a triangle wave
    for sign in (1, -1):
        strand = np.abs(column - f(0.17 * sign) * swing)
        body = np.clip(f(1) - strand / f(0.13), f(0), f(1))
        edge = np.clip(f(1) - np.abs(strand - f(0.16)) / f(0.05), f(0), f(1))
        image = image * triple(f(1) + f(0.42) * body - f(0.5) * edge)
    groove = np.clip(f(1) - np.abs(np.abs(column) - f(0.4)) / f(0.05), f(0), f(1))
    return image * triple(f(1) - f(0.42) * groove)


def _ribbed(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.017
    rib = wave(x / f(p) + 0 * y, 0.6, 0.6 * p * sheet.scale)
    return image * triple(f(0.7) + f(0.36) * rib)


def _corduroy(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.0155
    ridge = wave(x / f(p) + 0 * y, 0.6, 0.5 * p * sheet.scale)
    return image * triple(f(0.66) + f(0.44) * ridge + f(0.05) * _noise(sheet, 24))


def _waffle(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.018
    ridge = np.maximum(wave(x / f(p) + 0 * y, 0.4, p * sheet.scale), wave(y / f(p) + 0 * x, 0.4, p * sheet.scale))
    return image * triple(f(0.74) + f(0.34) * ridge)


def _lace(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.058
    u, v = x / f(p) + f(0.5) * (np.floor(y / f(p)) % 2), y / f(p) + 0 * x
    u, v = u - np.floor(u) - f(0.5), v - np.floor(v) - f(0.5)
    radius = u * u + v * v
    angle_like = np.abs(np.abs(u) - np.abs(v)) * np.minimum(np.abs(u) + np.abs(v), f(1))
    flower = (radius < f(0.055) + f(0.32) * angle_like) & (radius > f(0.008))
    ring = (radius > f(0.13)) & (radius < f(0.175))
    net = np.maximum(wave((x + y) / f(0.0145), 0.32, 3), wave((x - y) / f(0.0145), 0.32, 3))
    thick = np.maximum(np.maximum(flower, ring).astype(f), net * f(0.42))
    sheet.alpha[:] = np.minimum(sheet.alpha, (f(150) + f(105) * thick).astype(np.uint8))
    return image * triple(f(0.82) + f(0.24) * thick)


def _crochet(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.036
    u, v = x / f(p) + f(0.5) * (np.floor(y / f(p)) % 2), y / f(p) + 0 * x
    u, v = np.abs(u - np.floor(u) - f(0.5)), np.abs(v - np.floor(v) - f(0.5))
    hole = np.clip((f(0.3) - np.maximum(np.maximum(u, v), (u + v) * f(0.75))) * f(p * sheet.scale) + f(0.5), f(0), f(1))
    sheet.alpha[:] = np.minimum(sheet.alpha, (f(255) - f(200) * hole).astype(np.uint8))
    yarn = wave((x + y) / f(0.011), 0.5, 2.4)
    return image * triple(f(0.82) + f(0.2) * yarn)


def _mesh(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.017
    hole = wave(x / f(p) + 0 * y, 0.6, p * sheet.scale) * wave(y / f(p) + 0 * x, 0.6, p * sheet.scale)
    sheet.alpha[:] = np.minimum(sheet.alpha, (f(240) - f(130) * hole).astype(np.uint8))
    return image


def _eyelet(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.042
    u, v = x / f(p) + f(0.5) * (np.floor(y / f(p)) % 2), y / f(p) + 0 * x
    u, v = u - np.floor(u) - f(0.5), v - np.floor(v) - f(0.5)
    radius = np.sqrt(u * u + v * v)
    hole = np.clip((f(0.19) - radius) * f(p * sheet.scale) + f(0.5), f(0), f(1))
    ring = np.clip(f(1) - np.abs(radius - f(0.3)) / f(0.08), f(0), f(1))
    sheet.alpha[:] = np.minimum(sheet.alpha, (f(255) - f(215) * hole).astype(np.uint8))
    return image * triple(f(1) - f(0.22) * ring)


def _chiffon(sheet: Sheet, image: Image, x, y) -> Image:
    sheet.alpha[:] = np.minimum(sheet.alpha, 208)
    return image + (f(255) - image) * f(0.12)


def _fur(sheet: Sheet, image: Image, x, y) -> Image:
    tuft = clouds(x, y, 0.16, 25, 2.6) - f(0.5)
    hair = clouds(x, y, 0.06, 26, 4.0) - f(0.5)
    gain = f(0.95) + f(0.42) * tuft + f(0.6) * hair
    return image * triple(gain) + triple(f(34) * np.maximum(hair, f(0)))


def _fleece(sheet: Sheet, image: Image, x, y) -> Image:
    curl = clouds(x, y, 0.13, 27) - f(0.5)
    return image * triple(f(0.97) + f(0.3) * curl + f(0.05) * _noise(sheet, 28))


def _suede(sheet: Sheet, image: Image, x, y) -> Image:
    nap = clouds(x, y, 0.3, 29, 0.7) - f(0.5)
    return image * triple(f(0.96) + f(0.42) * nap + f(0.08) * _noise(sheet, 30))


def _tweed(sheet: Sheet, image: Image, x, y) -> Image:
    grain = _noise(sheet, 31)
    weave = wave((x + y) / f(0.02), 0.5, 3) - f(0.5)
    image = image * triple(f(0.96) + f(0.26) * grain + f(0.14) * weave)
    return image + triple((grain > f(0.8)) * f(85))


def _wool(sheet: Sheet, image: Image, x, y) -> Image:
    return image * triple(f(0.97) + f(0.09) * _noise(sheet, 32) + f(0.08) * (clouds(x, y, 0.1, 33) - f(0.5)))


def _sequin(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.0125
    row = np.floor(y / f(p))
    column = np.floor(x / f(p) + f(0.5) * (row % 2))
    u, v = x / f(p) + f(0.5) * (row % 2) - column - f(0.5), y / f(p) - row - f(0.5)
    shine = _noise(sheet, 34)[(row.astype(np.int32) * 7) % sheet.height, (column.astype(np.int32) * 13) % sheet.width]
    disc = np.clip(f(1.3) - f(2.6) * (u * u + v * v), f(0.4), f(1))
    gain = disc * (f(0.95) + f(0.5) * shine)
    return image * triple(gain) + triple((shine > f(0.62)) * disc * f(120))


def _metallic(sheet: Sheet, image: Image, x, y) -> Image:
    grey = image[..., :1] * f(0.3) + image[..., 1:2] * f(0.59) + image[..., 2:] * f(0.11)
    band = triple(clouds(x, y, 0.24, 35, 2.5))
    return (image * f(0.6) + grey * f(0.4)) * (f(0.6) + f(0.75) * band)


def _quilted(sheet: Sheet, image: Image, x, y) -> Image:
    p = 0.055
    a, b = (x + y) / f(p), (x - y) / f(p)
    a, b = a - np.floor(a) - f(0.5), b - np.floor(b) - f(0.5)
    puff = (f(0.25) - a * a) * (f(0.25) - b * b) * f(16)
    seam = np.maximum(np.abs(a), np.abs(b)) > f(0.45)
    gain = f(0.72) + f(0.36) * puff - f(0.16) * (a + b) - f(0.22) * seam
    return image * triple(gain)


def _linen(sheet: Sheet, image: Image, x, y) -> Image:
    slub = clouds(x, y, 0.2, 36, 0.06) + clouds(x, y, 0.02, 37, 9.0) - f(1)
    return image * triple(f(0.98) + f(0.3) * slub)


def _leather(sheet: Sheet, image: Image, x, y) -> Image:
    grain = clouds(x, y, 0.05, 44) - f(0.5)
    return image * triple(f(0.86) + f(0.12) * grain)


def _velvet(sheet: Sheet, image: Image, x, y) -> Image:
    return image * triple(f(0.9) + f(0.3) * (clouds(x, y, 0.22, 38, 2.0) - f(0.5)))


RELIEFS: dict[str, Callable] = {
    "denim": _denim,
    "acid wash": _acid_wash,
    "knit": _knit,
    "cable knit": _cable,
    "ribbed": _ribbed,
    "corduroy": _corduroy,
    "waffle": _waffle,
    "lace": _lace,
    "crochet": _crochet,
    "mesh": _mesh,
    "eyelet": _eyelet,
    "chiffon": _chiffon,
    "faux fur": _fur,
    "fleece": _fleece,
    "suede": _suede,
    "tweed": _tweed,
    "wool": _wool,
    "sequin": _sequin,
    "metallic": _metallic,
    "quilted": _quilted,
    "linen": _linen,
    "velvet": _velvet,
    "leather": _leather,
}


def drape(fabric: str) -> Drape:
    return DRAPES["denim" if fabric == "acid wash" else fabric]


def weave(sheet: Sheet, image: Image, fabric: str) -> None:
    """Work `fabric` into the printed `image` (H, 2 W, 3) float32 and put it on the sheet."""
    x, y = sheet.grid()
    if fabric in RELIEFS:
        image = RELIEFS[fabric](sheet, image, x, y)
    image = np.maximum(image, f(0))
    np.minimum(image, f(255), out=sheet.colour, casting="unsafe")
    hang = drape(fabric)
    sheet.gloss, sheet.fold_depth, sheet.fold_scale = hang.gloss, hang.fold_depth, hang.fold_scale
