"""Everything about a photo that is not the garment, drawn for each photo by itself.

Nothing here knows which item is photographed: only its clothes type (a shirt is worn with a lower garment), and what
kind of photo it is to be. So the surroundings say nothing about item, category, attributes or split. Ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from fashionnet.sample.camera import Sensor
from fashionnet.sample.canvas import Light
from fashionnet.sample.catalogue import Item, draw_item, pick
from fashionnet.sample.figure import Body, Pose
from fashionnet.sample.foliage import Foliage
from fashionnet.sample.recipe import Choice
from fashionnet.sample.scene import Backdrop

SKINS = (
    (246, 214, 190),
    (234, 192, 160),
    (222, 176, 142),
    (198, 148, 112),
    (160, 112, 80),
    (112, 76, 54),
    (78, 54, 42),
)
HAIRS = ((30, 24, 22), (62, 42, 30), (104, 70, 42), (168, 124, 72), (214, 180, 120), (128, 52, 32), (150, 150, 150))

UPPER: Choice = {"Tee": 5, "Tank": 3, "Blouse": 3, "Sweater": 2, "Button-Down": 2}
LOWER: Choice = {"Jeans": 6, "Skirt": 3, "Shorts": 2, "Leggings": 2, "Chinos": 2, "Joggers": 1}
INNER: Choice = {"Tee": 4, "Tank": 4, "Blouse": 1}
OVER: Choice = {"Cardigan": 3, "Blazer": 1, "Kimono": 1}

# What a labelled garment is worn with comes from a wardrobe that is the same for all: kind → categories, and how many.
# It is small enough that a process paints most of it once and not for each photo.
WARDROBE: dict[str, tuple[Choice, int]] = {
    "upper": (UPPER, 64),
    "lower": (LOWER, 64),
    "inner": (INNER, 32),
    "over": (OVER, 32),
}


@cache
def wardrobe(kind: str, number: int) -> Item:
    """A garment of the wardrobe, from a stream of its own: it depends on no item, label, split or seed."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((20160627, *kind.encode(), number))))
    return draw_item(rng, pick(rng, WARDROBE[kind][0]))


@dataclass(frozen=True)
class Frame:
    """Where the camera looks. fill: share of the frame that the garment fills (above 1 it is cut off); whole: the
    whole figure is framed instead; shift: of the garment's middle, shares of the frame; roll, pitch: as in Camera.
    faced: where and how large the garment is, is as if it faced the camera, however it is turned."""

    fill: float
    whole: bool
    shift: tuple[float, float]
    roll: float
    pitch: float
    faced: bool = False


@dataclass(frozen=True)
class Conditions:
    """One photo's surroundings. worn: by a person, else the garment alone. laid: flat on a floor, else as if on an
    invisible body. others: upper, lower, inner and over garments, of which those are drawn that the garment leaves
    room for. tucked: the upper garment into the lower one. held: what is held in front, its colour, its hand. foliage:
    leaves before the garment, which photos of the sample do not have."""

    worn: bool
    laid: bool
    body: Body
    pose: Pose
    frame: Frame
    backdrop: Backdrop
    light: Light
    sensor: Sensor
    others: dict[str, Item]
    tucked: bool
    held: tuple[str, tuple[int, int, int], int] | None
    plant: int | None
    folds: tuple[int, int, int]
    noise: int
    foliage: Foliage | None = None


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Uniform in steps of a thousandth of the range: whole numbers decide, so every machine draws the same."""
    return low + (high - low) * int(rng.integers(0, 1001)) / 1000


def _pair(rng: np.random.Generator, low: float, high: float) -> tuple[float, float]:
    return _between(rng, low, high), _between(rng, low, high)


def _chance(rng: np.random.Generator, percent: int) -> bool:
    return int(rng.integers(0, 100)) < percent


def _body(rng: np.random.Generator) -> Body:
    return Body(
        shoulders=_between(rng, 0.94, 1.1),
        waist=_between(rng, 0.94, 1.18),
        hips=_between(rng, 0.94, 1.1),
        limbs=_between(rng, 0.9, 1.16),
        skin=SKINS[int(rng.integers(0, len(SKINS)))],
        hair=HAIRS[int(rng.integers(0, len(HAIRS)))],
        hair_length=(0.04, 0.05, 0.1, 0.12, 0.16)[int(rng.integers(0, 5))],
        shoes=tuple(int(v) for v in rng.integers(20, 230, 3)),
    )


def _turn(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1)) * (1 if rng.integers(0, 2) else -1)


def _pose(rng: np.random.Generator, view: str, spread: int) -> Pose:
    """view: front, side or back. spread: 1 normal, 2 medium, 3 large pose."""
    turn = {"front": (0, 14), "side": (50, 88), "back": (158, 180)}[view]
    if spread == 2 and view == "front":
        turn = (16, 38)
    elif spread == 3 and view == "front":
        turn = (0, 55)
    arms, forearms = _pair(rng, 8, 22), _pair(rng, 2, 16)
    reach, fore_reach = _pair(rng, -8, 10), _pair(rng, 2, 24)
    legs, stride, lean = _pair(rng, 0.5, 4), _pair(rng, -4, 5), _between(rng, -2, 2)
    if spread == 2:
        arms, forearms = _pair(rng, 12, 42), _pair(rng, -30, 30)
        legs, stride, lean = _pair(rng, 1, 7), _pair(rng, -14, 14), _between(rng, -5, 5)
    elif spread == 3:
        arms, forearms = _pair(rng, 15, 85), _pair(rng, -70, 150)
        reach, fore_reach = _pair(rng, -20, 40), _pair(rng, 0, 80)
        legs, stride, lean = _pair(rng, 1, 14), _pair(rng, -24, 26), _between(rng, -9, 9)
    habit = int(rng.integers(0, 10))
    if habit < 2 + spread:  # a hand on the hip, or an arm across the front
        hand = int(rng.integers(0, 2))
        one = (arms, forearms)
        angle = (34.0, -42.0) if habit < 3 else (14.0, -62.0)
        arms = tuple(angle[0] if i == hand else one[0][i] for i in (0, 1))
        forearms = tuple(angle[1] if i == hand else one[1][i] for i in (0, 1))
        if habit >= 3:
            fore_reach = tuple(40.0 if i == hand else fore_reach[i] for i in (0, 1))
    return Pose(_turn(rng, *turn), lean, arms, forearms, reach, fore_reach, legs, stride, _between(rng, -25, 25))


def _light(rng: np.random.Generator, studio: bool) -> Light:
    if studio:
        return Light(_between(rng, -0.6, 0.6), _between(rng, 0.4, 0.6), _between(rng, 1.0, 1.1))
    return Light(_between(rng, -1, 1), _between(rng, 0.45, 0.8), _between(rng, 0.88, 1.14))


def _sensor(rng: np.random.Generator, studio: bool) -> Sensor:
    if studio:
        # Shops expose and balance their series differently.
        level = _between(rng, 0.84, 1.1)
        tint = [_between(rng, 0.88, 1.12) for _ in range(3)]
        return Sensor(
            tuple(level * t for t in tint),
            _between(rng, 0, 0.45),
            0,
            int(rng.integers(0, 3)),
            0.0,
            int(rng.integers(86, 94)),
        )
    level, warmth = _between(rng, 0.84, 1.16), _between(rng, -0.14, 0.16)
    return Sensor(
        (level * (1 + warmth), level * _between(rng, 0.96, 1.03), level * (1 - warmth)),
        _between(rng, 0.3, 0.8),
        int(rng.integers(2, 4)) * (1 if rng.integers(0, 2) else -1) if _chance(rng, 18) else 0,
        int(rng.integers(2, 7)),
        _between(rng, 0, 0.5),
        int(rng.integers(40, 78)),
    )


def draw_conditions(
    rng: np.random.Generator, clothes_type: int, studio: bool, view: str = "front", spread: int = 1, zoom: int = 0
) -> Conditions:
    """The surroundings of one photo.

    studio: plain backdrop, soft light and a good camera, else a consumer's photo. view: front, side, back or alone
    (no person). spread: 1 to 3, how far the pose is from standing straight. zoom: 0 the garment fills most of the
    photo, 1 it is a little cut off, 2 a close-up, -1 the whole figure is in the photo.
    """
    body = _body(rng)
    alone = view == "alone"
    laid = alone and _chance(rng, 20 if studio else 70)
    pose = _pose(rng, "front" if alone else view, spread)
    if alone:
        out = _between(rng, 18, 38)
        apart = _between(rng, 2, 5)
        pose = Pose(
            0, 0.0, (out, out + _between(rng, -4, 4)), (out - 4, out + 2), (0, 0), (0, 0), (apart, apart), (0, 0)
        )
    fill = {0: (0.66, 0.88), 1: (1.02, 1.3), 2: (1.5, 2.2), -1: (0.84, 0.97)}[zoom]
    rolled = 25.0 if laid and not studio else (2.0 if studio else 7.0)
    frame = Frame(
        _between(rng, *fill),
        zoom == -1,
        tuple(_between(rng, -s, s) for s in ((0.05, 0.05) if zoom <= 0 else (0.22, 0.3))),
        _between(rng, -rolled, rolled),
        0.0 if laid else _between(rng, -0.05, 0.12 if studio else 0.3),
    )
    if studio:
        kind = "studio"
    else:
        kind = "floor" if laid else ("room", "room", "street")[int(rng.integers(0, 3))]
    backdrop = Backdrop(kind, int(rng.integers(0, 2**31)))
    others = {kind: wardrobe(kind, int(rng.integers(0, count))) for kind, (_, count) in WARDROBE.items()}
    # The labelled garment is the subject: another one over it is the exception. Over an upper garment there is none: it
    # would go over short sleeves only, and so tell that there are no long ones.
    if not _chance(rng, {1: 0, 2: 0, 3: 14}[clothes_type]):
        del others["over"]
    # Under a dress or a coat goes only what fits under all of its clothes type: else the coat could be told by chinos.
    if clothes_type == 3 and (not _chance(rng, 18) or others["lower"].category not in ("Leggings", "Jeans")):
        del others["lower"]
    held = None
    if not alone and _chance(rng, 18 if studio else 34):
        what = ("bag", "crossbody", "phone", "cup")[int(rng.integers(0, 2 if studio else 4))]
        held = what, tuple(int(v) for v in rng.integers(20, 235, 3)), int(rng.integers(0, 2))
    return Conditions(
        not alone,
        laid,
        body,
        pose,
        frame,
        backdrop,
        _light(rng, studio),
        _sensor(rng, studio),
        others,
        _chance(rng, 40),
        held,
        int(rng.integers(0, 2**31)) if not studio and not alone and _chance(rng, 10) else None,
        (int(rng.integers(0, 4)), int(rng.integers(0, 256)), int(rng.integers(0, 256))),
        int(rng.integers(0, 2**31)),
    )
