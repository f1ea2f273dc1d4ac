"""One photo of the controlled series: a garment under plain conditions of which one factor has moved. Ours."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from fashionnet.sample.camera import Sensor
from fashionnet.sample.canvas import Light
from fashionnet.sample.catalogue import Item
from fashionnet.sample.conditions import Conditions, Frame, draw_conditions
from fashionnet.sample.figure import Pose
from fashionnet.sample.foliage import Foliage
from fashionnet.sample.photo import Photo, take
from fashionnet.sample.plan import BENCHMARKS, stream
from fashionnet.sample.scene import Backdrop
from fashionnet.sample.series import FACTORS

SIDE = 160  # pixels of the square photo: a garment can be rolled in it without being cut off
STREAM = len(BENCHMARKS)  # the sample's own streams have the number of a benchmark in this place


def base_conditions(item: Item, seed: int, number: int) -> Conditions:
    """What is around item `number` of sample `seed` at level 0 of every factor.

    A person stands upright before a plain wall and faces the camera, the arms away from the hems; the light is even,
    the photo sharp, and the whole garment is in it. The person, the other clothes and all that a moved factor leaves to
    chance come from a stream that no photo of the sample uses.
    """
    rng = stream(seed, STREAM, number)
    drawn = draw_conditions(rng, item.clothes_type, studio=True)
    left, right = (20.0 + int(v) for v in rng.integers(0, 9, 2))
    wall, leaves = (int(v) for v in rng.integers(0, 2**31, 2))
    start = {name: factor.values[0] for name, factor in FACTORS.items()}
    return replace(
        drawn,
        pose=Pose(turn=int(start["viewpoint"]), arms=(left, right), forearms=(14.0, 14.0)),
        frame=Frame(start["scale"], False, (0.0, 0.0), float(start["rotation"]), 0.0, faced=True),
        backdrop=Backdrop("plain", wall, int(start["clutter"])),
        light=Light(0.0, 0.5, 1.05),
        sensor=Sensor((start["light"],) * 3, blur=float(start["blur"]), quality=int(start["jpeg"])),
        others={name: other for name, other in drawn.others.items() if name != "over"},
        tucked=item.clothes_type == 2,  # or a shirt's hem would be hidden, or a skirt's waist
        held=None,
        plant=None,
        foliage=Foliage(leaves, float(start["occlusion"])),
    )


def at_level(base: Conditions, factor: str, level: int) -> Conditions:
    """`base` with one factor at one of its levels. Raises KeyError or IndexError for what there is not."""
    value = FACTORS[factor].values[level]
    match factor:
        case "scale" | "zoom":
            return replace(base, frame=replace(base.frame, fill=value))
        case "rotation":
            return replace(base, frame=replace(base.frame, roll=float(value)))
        case "viewpoint":
            return replace(base, pose=replace(base.pose, turn=int(value)))
        case "occlusion":
            return replace(base, foliage=replace(base.foliage, share=float(value)))
        case "clutter":
            return replace(base, backdrop=replace(base.backdrop, things=int(value)))
        case "light":
            return replace(base, sensor=replace(base.sensor, exposure=(value,) * 3))
        case "blur":
            return replace(base, sensor=replace(base.sensor, blur=float(value)))
        case "jpeg":
            return replace(base, sensor=replace(base.sensor, quality=int(value)))
    raise KeyError(f"found factor {factor!r}, expected one of {', '.join(FACTORS)}")


def photograph(item: Item, conditions: Conditions) -> Photo:
    """SIDE x SIDE pixels, a pure function of garment and conditions.

    A garment that is small in the photo is drawn at half its size at level 0 or more, and the photo's pixels are
    averages of the drawing's, as a lens makes them: threads narrower than a pixel would flicker instead.
    """
    times = max(1, math.ceil(FACTORS["scale"].values[0] / 2 / conditions.frame.fill))
    photo = take(item, conditions, SIDE * times, SIDE * times)
    return _shrunk(photo, times) if times > 1 else photo


def _shrunk(photo: Photo, times: int) -> Photo:
    cover = cv2.resize(photo.mask.astype(np.uint8) * 255, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    mask = cover > 127
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return replace(
        photo,
        image=cv2.resize(photo.image, (SIDE, SIDE), interpolation=cv2.INTER_AREA),
        mask=mask,
        landmarks=photo.landmarks / times,
        joints=photo.joints / times,
        box=(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1),
        parts=photo.parts[times // 2 :: times, times // 2 :: times],
    )
