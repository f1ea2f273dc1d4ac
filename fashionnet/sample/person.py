"""The wearer drawn: skin, head, hair and shoes. Ours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2

from fashionnet.sample.canvas import Canvas, Light, paint
from fashionnet.sample.figure import ARM_ALONG, ARM_W, LEG_W, LEG_Y, TORSO_W, TORSO_Y, Figure
from fashionnet.sample.interpolate import lerp
from fashionnet.sample.tubes import Tube

# Part numbers on the canvas. Garments take theirs from 20 (the labelled one) and 40 (the others) on.
SKIN, HEAD, HAIR, SHOE, ARM = 1, 2, 3, 4, 5
HAND_ALONG, HAND_W = (0.302, 0.33, 0.352), (0.0165, 0.0195, 0.014)  # the arm goes on in the hand


def _mix(colour, other, share: float) -> tuple[int, int, int]:
    return tuple(int(a + (b - a) * share) for a, b in zip(colour, other))


def _below(hidden: float, along: Sequence[float], widths: Sequence[float]) -> tuple[list[float], list[float]]:
    """`along` and the widths there, without what is `hidden` up to there."""
    rest = [(at, w) for at, w in zip(along, widths) if at > hidden]
    if len(rest) < len(along):
        rest.insert(0, (hidden, lerp(hidden, along, widths)))
    return [at for at, _ in rest], [w for _, w in rest]


def draw_legs(canvas: Canvas, figure: Figure, light: Light, hidden: Sequence[float] = (0.0, 0.0)) -> None:
    """Legs and shoes; `hidden`: the y to which trousers hide each leg."""
    body = figure.body
    order = (0, 1) if figure.nearness(figure.legs[0]) <= figure.nearness(figure.legs[1]) else (1, 0)
    for i in order:
        levels, widths = _below(hidden[i], LEG_Y, [w * body.limbs for w in LEG_W])
        if levels[-1] - levels[0] > 0.03:
            axis = figure.leg(i, levels)
            paint(
                canvas,
                figure.tube(SKIN, axis, widths, along=levels, flat=widths, depth=0.9, turn=0, colour=body.skin),
                light,
            )
        toe = figure.legs[i][2] + (0.012 * (1 if i else -1), 0.03, 0.06)
        heel = figure.legs[i][2] + (0.0, 0.022, -0.01)
        paint(
            canvas,
            figure.tube(
                SHOE,
                [heel.tolist(), toe.tolist()],
                (0.022, 0.02),
                along=(0, 0.1),
                flat=(0.02, 0.02),
                depth=0.8,
                turn=0,
                colour=body.shoes,
                round_start=True,
                round_end=True,
            ),
            light,
        )


def draw_trunk(canvas: Canvas, figure: Figure, light: Light) -> None:
    body = figure.body
    widths = [w * body.girth(y) for y, w in zip(TORSO_Y, TORSO_W)]
    trunk = figure.tube(
        SKIN,
        figure.trunk(TORSO_Y),
        widths,
        along=TORSO_Y,
        flat=widths,
        depth=0.6,
        turn=figure.pose.turn,
        colour=body.skin,
    )
    paint(canvas, trunk, light)
    levels = (0.105, 0.14, 0.175)
    neck = figure.tube(
        SKIN,
        figure.trunk(levels),
        (0.029, 0.028, 0.034),
        along=levels,
        flat=(0.03, 0.03, 0.03),
        depth=0.95,
        turn=0,
        colour=_mix(body.skin, (90, 40, 20), 0.12),
        round_end=True,
    )
    paint(canvas, neck, light)


def draw_arm(canvas: Canvas, figure: Figure, light: Light, i: int, hidden: float = 0.0) -> None:
    """Arm and hand i; `hidden`: how far along it a sleeve hides it."""
    body = figure.body
    along, widths = _below(hidden, (*ARM_ALONG[:-1], *HAND_ALONG), [*(w * body.limbs for w in ARM_W[:-1]), *HAND_W])
    arm = figure.tube(
        ARM,
        figure.arm(i, along),
        widths,
        along=along,
        flat=widths,
        depth=1.0,
        turn=0,
        colour=body.skin,
        round_start=True,
        round_end=True,
    )
    paint(canvas, arm, light)


def draw_back_hair(canvas: Canvas, figure: Figure, light: Light) -> None:
    """Hair that falls behind the neck; drawn before the trunk when the wearer faces the viewer."""
    body = figure.body
    if body.hair_length < 0.1:
        return
    levels = (0.03, 0.08, 0.12, 0.07 + body.hair_length)
    widths = (0.045, 0.056, 0.06, 0.052)
    tube = figure.tube(
        HAIR,
        figure.trunk(levels, -0.02),
        widths,
        along=levels,
        flat=widths,
        depth=0.7,
        turn=figure.pose.turn,
        colour=body.hair,
        round_end=True,
        round_start=True,
    )
    paint(canvas, tube, light)


def _mark(canvas: Canvas, figure: Figure, light: Light, point: tuple[float, float], radius: float, colour) -> None:
    """A dot on the face."""
    x, y, _ = figure.camera.place(*point)
    size = max(int(radius * figure.camera.scale * 16), 8)
    for plane, tone in zip(canvas.image, colour):
        cv2.circle(plane, (round(x * 16), round(y * 16)), size, tone * light.level, -1, cv2.LINE_8, 4)


def draw_head(canvas: Canvas, figure: Figure, light: Light) -> None:
    body, pose = figure.body, figure.pose
    turn = pose.turn + pose.look
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    top = figure.sway(0.07)
    if cos > -0.5:
        axis = [(top, v, 0.0) for v in (0.035, 0.07, 0.105, 0.128)]
        head = figure.tube(
            HEAD,
            axis,
            (0.043, 0.046, 0.038, 0.02),
            along=(0, 0.05, 0.09, 0.12),
            flat=(0.04,) * 4,
            depth=0.95,
            turn=0,
            colour=body.skin,
            round_start=True,
            round_end=True,
        )
        paint(canvas, head, light)
        tone = _mix(body.hair, body.skin, 0.25)
        for x in (-0.018, 0.018):
            shift = x * cos + 0.04 * sin
            if abs(shift) < 0.042:
                _mark(canvas, figure, light, (top + shift, 0.066), 0.0042, (45, 34, 30))
                _mark(canvas, figure, light, (top + shift, 0.054), 0.003, tone)
        shift = 0.042 * sin
        for x in (-0.006, 0.0, 0.006):
            point = (top + shift + x * abs(cos), 0.103)
            _mark(canvas, figure, light, point, 0.0038, _mix(body.skin, (170, 40, 50), 0.55))
    # The hair's cap: over the forehead from the front, over the whole head from behind.
    if body.hair_length > 0:
        low = 0.046 if cos > 0.3 else (0.06 if cos > -0.3 else 0.105)
        shift = -0.016 * sin
        axis = [(top + shift, v, 0.0) for v in (0.034, 0.038, low)]
        cap = figure.tube(
            HAIR,
            axis,
            (0.046, 0.05, 0.048),
            along=(0, 0.01, 0.05),
            flat=(0.04,) * 3,
            depth=0.95,
            turn=0,
            colour=body.hair,
            round_start=True,
            round_end=cos <= -0.3,
        )
        paint(canvas, cap, light)
        if body.hair_length >= 0.1 and cos > -0.3:
            for side in (-1, 1):
                x = side * 0.044 * abs(cos) - 0.02 * sin + top
                end = 0.05 + min(body.hair_length, 0.1)  # longer hair is worn behind the shoulders
                lock = [figure.camera.place(u, v) for u, v in ((x * 0.9, 0.03), (x, 0.07), (x + side * 0.004, end))]
                strand = Tube(
                    HAIR,
                    [(u, v) for u, v, _ in lock],
                    [w * scale for w, (_, _, scale) in zip((0.012, 0.015, 0.011), lock)],
                    (0, 0.05, 0.1),
                    (0.01,) * 3,
                    0.9,
                    0,
                    None,
                    body.hair,
                    round_start=True,
                    round_end=True,
                )
                paint(canvas, strand, light)
    if body.hair_length >= 0.1 and cos <= -0.3:
        draw_back_hair(canvas, figure, light)
