"""What stands around the wearer: studio backdrops, rooms and streets, and things held in front of a garment. Ours."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from fashionnet.sample.canvas import Canvas, Light, paint
from fashionnet.sample.figure import Figure
from fashionnet.sample.patterns import clouds, f, pattern, triple
from fashionnet.sample.tubes import Tube

BAG, PHONE, LEAF, CUP = 6, 7, 8, 9
BACKDROP_PATTERNS = (
    "striped",
    "vertical stripe",
    "plaid",
    "grid",
    "checkered",
    "chevron",
    "floral",
    "geo",
    "medallion",
    "diamond",
    "tribal",
)


@dataclass(frozen=True)
class Backdrop:
    """kind: studio, room, street, floor or plain. seed: everything about it that is left to chance. things: how many
    stand before a plain one; a larger number adds to what a smaller one shows."""

    kind: str
    seed: int
    things: int = 0


def _colour(rng: np.random.Generator, low: int, high: int, spread: int) -> tuple[int, int, int]:
    level = int(rng.integers(low, high))
    return tuple(min(max(level + d, 0), 255) for d in rng.integers(-spread, spread + 1, 3).tolist())


def _plain(height: int, width: int, colour) -> np.ndarray:
    return np.broadcast_to(np.asarray(colour, f), (height, width, 3)).copy()


def _studio(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    tone = _colour(rng, 205, 252, 4) if rng.integers(0, 5) else _colour(rng, 130, 225, 22)
    y = np.arange(height, dtype=f)[:, None] / f(height)
    x = np.arange(width, dtype=f)[None] / f(width) - f(0.5)
    fall = f(int(rng.integers(0, 14)) / 100)
    glow = f(1) - fall * (x * x * f(2) + (y - f(0.35)) * (y - f(0.35)))
    floor = int(rng.integers(70, 130))
    if floor < 96:
        glow = glow * np.where(y > f(floor / 100), f(0.95), f(1))
    return cv2.merge([glow * f(v) for v in tone])


def _rectangles(image: np.ndarray, rng: np.random.Generator, count: int, low: int, high: int) -> None:
    height, width = image.shape[:2]
    for _ in range(count):
        x, y = int(rng.integers(-width // 4, width)), int(rng.integers(-height // 4, height))
        w, h = int(rng.integers(width // 10, width // 2)), int(rng.integers(height // 12, height // 2))
        colour = _colour(rng, low, high, 40)
        cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1)
        edge = tuple(int(v * 0.65) for v in colour)
        cv2.rectangle(image, (x, y), (x + w, y + h), edge, int(rng.integers(1, 3)))
        if rng.integers(0, 3) == 0:  # shelves, panels or books
            step = int(rng.integers(5, 14))
            for k in range(x + step, x + w, step):
                cv2.line(image, (k, y), (k, y + h), _colour(rng, 40, 230, 50), max(1, step // 3))


def _cloth(height: int, width: int, rng: np.random.Generator, scale: int) -> np.ndarray:
    """A carpet, bedspread or wallpaper."""
    x = (np.arange(width, dtype=f)[None] - f(width / 2)) / f(scale)
    y = np.arange(height, dtype=f)[:, None] / f(scale)
    name = BACKDROP_PATTERNS[int(rng.integers(0, len(BACKDROP_PATTERNS)))] if rng.integers(0, 2) else None
    colours = tuple(_colour(rng, 50, 235, 35) for _ in range(3))
    image = pattern(name, x, y, scale, colours, (1.0, 1.6, 2.4)[int(rng.integers(0, 3))])
    crease = clouds(x, y, 0.9, 40, (0.5, 1.0, 2.0)[int(rng.integers(0, 3))])
    return image * triple(f(0.82) + f(0.3) * crease)


def _planks(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    tone = _colour(rng, 90, 200, 8)
    tone = (min(255, tone[0] + 22), tone[1], max(0, tone[2] - 26))
    image = _plain(height, width, tone)
    step = int(rng.integers(10, 26))
    upright = bool(rng.integers(0, 2))
    for k, at in enumerate(range(0, (width if upright else height) + step, step)):
        gain = 0.88 + 0.03 * ((k * 5) % 7)
        part = image[:, at : at + step] if upright else image[at : at + step]
        part *= f(gain)
        line = image[:, at : at + 1] if upright else image[at : at + 1]
        line *= f(0.7)
    x = np.arange(width, dtype=f)[None] / f(150)
    y = np.arange(height, dtype=f)[:, None] / f(150)
    grain = clouds(x, y, 0.35, 41, 6.0 if upright else 0.15)
    return image * triple(f(0.92) + f(0.16) * grain)


def _floor(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    image = (
        _planks(height, width, rng) if rng.integers(0, 2) else _cloth(height, width, rng, int(rng.integers(120, 300)))
    )
    if rng.integers(0, 3) == 0:
        _rectangles(image, rng, int(rng.integers(1, 3)), 30, 240)
    return image


def _room(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    image = (
        _cloth(height, width, rng, int(rng.integers(100, 220)))
        if rng.integers(0, 3) == 0
        else _plain(height, width, _colour(rng, 110, 240, 30))
    )
    _rectangles(image, rng, int(rng.integers(3, 9)), 30, 235)
    edge = int(height * int(rng.integers(60, 105)) / 100)
    if edge < height - 4:
        image[edge:] = _planks(height - edge, width, rng)
    return image


def _street(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    x = np.arange(width, dtype=f)[None] / f(width)
    y = np.arange(height, dtype=f)[:, None] / f(width)
    first, second = _colour(rng, 120, 235, 25), _colour(rng, 60, 190, 45)
    share = clouds(x, y, 1.1, 42)
    image = cv2.merge([f(a) + f(b - a) * share for a, b in zip(first, second)])
    _rectangles(image, rng, int(rng.integers(2, 7)), 40, 220)
    for _ in range(int(rng.integers(3, 12))):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(
            image,
            centre,
            int(rng.integers(4, 22)),
            (int(rng.integers(30, 140)), int(rng.integers(80, 190)), int(rng.integers(30, 130))),
            -1,
        )
    edge = int(height * int(rng.integers(62, 100)) / 100)
    image[edge:] = _colour(rng, 90, 170, 12)
    return image


def _things(image: np.ndarray, rng: np.random.Generator, count: int) -> None:
    """Boxes and shelves, lamps and balls, and hung cloths, one over the other."""
    height, width = image.shape[:2]
    for _ in range(count):
        kind = int(rng.integers(0, 3))
        if kind == 0:
            _rectangles(image, rng, 1, 30, 235)
        elif kind == 1:
            centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
            cv2.circle(image, centre, int(rng.integers(width // 20, width // 7)), _colour(rng, 30, 235, 60), -1)
        else:
            x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
            w, h = int(rng.integers(width // 8, width // 3)), int(rng.integers(height // 8, height // 2))
            part = image[y : y + h, x : x + w]
            part[:] = _cloth(*part.shape[:2], rng, int(rng.integers(100, 220)))


def _plain_with(height: int, width: int, rng: np.random.Generator, things: int) -> np.ndarray:
    image = _plain(height, width, _colour(rng, 205, 252, 4))
    _things(image, rng, things)
    return image


def backdrop(height: int, width: int, what: Backdrop) -> np.ndarray:
    """(3, height, width) float32, red, green and blue in 0 to 255."""
    rng = np.random.Generator(np.random.PCG64(what.seed))
    if what.kind == "plain":
        image = _plain_with(height, width, rng, what.things)
    else:
        image = {"studio": _studio, "room": _room, "street": _street, "floor": _floor}[what.kind](height, width, rng)
    image = cv2.add(image, 0.0, dtype=cv2.CV_8U)  # rounded and held to 0 to 255
    if what.kind in ("room", "street"):
        for size in ((3,), (3, 5), (5, 7))[int(rng.integers(0, 3))]:  # out of focus by 0.8, 1.6 or 2.4 pixels
            image = cv2.blur(image, (size, size))
    return np.array(cv2.split(image), f)


def hold(canvas: Canvas, figure: Figure, light: Light, what: str, colour: tuple[int, int, int], hand: int) -> None:
    """Draw a thing in front of the wearer: bag, crossbody, phone or cup, in hand 0 (wearer's right) or 1."""
    dark = tuple(int(v * 0.6) for v in colour)
    tip = figure.arms[hand][3]
    side = 1 if hand else -1

    def bar(part: int, points, widths, tone) -> None:
        tube = figure.tube(
            part,
            points,
            widths,
            along=range(len(points)),
            flat=widths,
            depth=0.9,
            turn=0,
            colour=tone,
        )
        paint(canvas, tube, light)

    if what == "bag":
        x, y, z = tip
        bar(BAG, [(x - 0.022, y - 0.005, z), (x - 0.03, y + 0.045, z)], (0.004, 0.004), dark)
        bar(BAG, [(x + 0.022, y - 0.005, z), (x + 0.03, y + 0.045, z)], (0.004, 0.004), dark)
        bar(BAG, [(x, y + 0.035, z), (x, y + 0.045, z), (x, y + 0.13, z)], (0.052, 0.058, 0.066), colour)
        bar(BAG, [(x, y + 0.06, z), (x, y + 0.066, z)], (0.06, 0.06), dark)
    elif what == "crossbody":
        front = 0.055
        bar(
            BAG,
            [(-side * 0.06, 0.178, 0.02), (0.0, 0.3, front), (side * 0.085, 0.45, front)],
            (0.006, 0.006, 0.006),
            dark,
        )
        bar(
            BAG,
            [(side * 0.09, 0.44, front), (side * 0.09, 0.452, front), (side * 0.09, 0.515, front)],
            (0.046, 0.05, 0.048),
            colour,
        )
        bar(BAG, [(side * 0.09, 0.462, front), (side * 0.09, 0.47, front)], (0.05, 0.05), dark)
    elif what == "phone":
        x, y, z = tip
        bar(PHONE, [(x, y - 0.055, z + 0.02), (x, y + 0.03, z + 0.02)], (0.024, 0.024), (32, 32, 36))
        bar(
            PHONE, [(x - 0.01, y - 0.046, z + 0.021), (x - 0.01, y - 0.038, z + 0.021)], (0.006, 0.006), (120, 124, 130)
        )
    elif what == "cup":
        x, y, z = tip
        bar(CUP, [(x, y - 0.045, z + 0.02), (x, y + 0.012, z + 0.02)], (0.02, 0.016), (238, 234, 226))
        bar(CUP, [(x, y - 0.03, z + 0.021), (x, y - 0.004, z + 0.021)], (0.0195, 0.0175), colour)


def leaf(canvas: Canvas, light: Light, seed: int) -> None:
    """A blurred plant at the photo's edge, nearer than the wearer."""
    rng = np.random.Generator(np.random.PCG64(seed))
    height, width = canvas.parts.shape
    corner = np.array([width * int(rng.integers(0, 2)), height * int(rng.integers(55, 101)) / 100])
    for _ in range(4):
        tip = corner + np.array((rng.integers(-45, 46) * width / 160, -rng.integers(15, 60) * height / 160))
        nodes = np.stack([corner, (corner + tip) / 2, tip]).tolist()
        green = (int(rng.integers(30, 80)), int(rng.integers(80, 140)), int(rng.integers(30, 80)))
        tube = Tube(LEAF, nodes, [w * width / 160 for w in (2.0, 5.0, 1.0)], (0, 1, 2), (1, 1, 1), 0.6, 0, None, green)
        paint(canvas, tube, light)
