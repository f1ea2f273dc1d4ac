"""The wearer: a body with a pose, projected into the photo, and the drawing of skin, hair and shoes.

Units are the wearer's height; x to the viewer's right when the wearer faces the viewer, y down from the top of the
head, z to the viewer. The proportions are a fashion figure's (seven and a half heads). Ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from fashionnet.sample.camera import Camera
from fashionnet.sample.interpolate import lerp
from fashionnet.sample.tubes import Canvas, Light, Tube, paint

SHOULDER = 0.22
UPPER_ARM, FOREARM, HAND = 0.165, 0.145, 0.045
HIP, KNEE, ANKLE = 0.49, 0.725, 0.95
SHOULDER_X, HIP_X = 0.09, 0.049

TORSO_Y = (0.150, 0.165, 0.178, 0.19, 0.205, 0.25, 0.29, 0.34, 0.385, 0.44, 0.485, 0.53, 0.56)
TORSO_W = (0.031, 0.036, 0.062, 0.088, 0.104, 0.098, 0.092, 0.079, 0.072, 0.088, 0.098, 0.099, 0.096)
LEG_Y = (0.47, 0.55, 0.64, 0.725, 0.81, 0.95)
LEG_W = (0.052, 0.0495, 0.042, 0.0335, 0.0345, 0.0195)
ARM_ALONG = (0.0, 0.05, 0.11, 0.165, 0.21, 0.26, 0.31)
ARM_W = (0.0285, 0.029, 0.028, 0.0255, 0.0235, 0.0195, 0.016)


@dataclass(frozen=True)
class Body:
    """Widths relative to the figure's, skin and hair. bald heads have hair 0, long hair reaches the chest."""

    shoulders: float = 1.0
    waist: float = 1.0
    hips: float = 1.0
    limbs: float = 1.0
    skin: tuple[int, int, int] = (224, 180, 150)
    hair: tuple[int, int, int] = (60, 40, 30)
    hair_length: float = 0.12
    shoes: tuple[int, int, int] = (40, 40, 44)

    def girth(self, y: float) -> float:
        """The body's width at y relative to the figure's."""
        return lerp(y, (0.3, 0.385, 0.49), (self.shoulders, self.waist, self.hips))


@dataclass(frozen=True)
class Pose:
    """Angles in degrees; pairs are (wearer's right, wearer's left), the viewer's left and right from the front.

    turn: to the viewer's right, 180 shows the back. lean: of the trunk. arms: away from the body; forearms: the same
    angle of the lower arm; reach, fore_reach: forwards. legs: apart; stride: forwards.
    """

    turn: int = 0
    lean: float = 0.0
    arms: tuple[float, float] = (12.0, 12.0)
    forearms: tuple[float, float] = (6.0, 6.0)
    reach: tuple[float, float] = (0.0, 0.0)
    fore_reach: tuple[float, float] = (8.0, 8.0)
    legs: tuple[float, float] = (2.0, 2.0)
    stride: tuple[float, float] = (0.0, 0.0)
    look: float = 0.0


def _along(start: np.ndarray, side: int, out: float, forward: float, length: float) -> np.ndarray:
    out, forward = math.radians(out), math.radians(forward)
    step = (side * math.sin(out), math.cos(out) * math.cos(forward), math.cos(out) * math.sin(forward))
    return start + length * np.array(step)


class Figure:
    """A body in a pose before a camera. depth: thickness over width of the trunk (0.2 for cloth laid flat)."""

    def __init__(self, body: Body, pose: Pose, camera: Camera, depth: float = 0.62) -> None:
        self.body, self.pose, self.camera, self.depth = body, pose, camera, depth
        angle = math.radians(pose.turn)
        self._cos, self._sin = math.cos(angle), math.sin(angle)
        self.arms, self.legs = [], []
        for i, side in enumerate((-1, 1)):
            shoulder = np.array([side * SHOULDER_X * body.shoulders + self.sway(SHOULDER), SHOULDER, 0.0])
            elbow = _along(shoulder, side, pose.arms[i], pose.reach[i], UPPER_ARM)
            wrist = _along(elbow, side, pose.forearms[i], pose.fore_reach[i], FOREARM)
            hand = _along(elbow, side, pose.forearms[i], pose.fore_reach[i], FOREARM + HAND)
            self.arms.append(np.array([shoulder, elbow, wrist, hand]))
            hip = np.array([side * HIP_X * body.hips, HIP, 0.0])
            knee = _along(hip, side, pose.legs[i], pose.stride[i], KNEE - HIP)
            ankle = _along(knee, side, pose.legs[i] * 0.5, pose.stride[i] * 0.4 - 3, ANKLE - KNEE)
            self.legs.append(np.array([hip, knee, ankle]))

    def sway(self, y: float) -> float:
        """How far the trunk's axis is to the side at y: it leans above the hips and follows the legs below."""
        if y <= 0.5:
            return (0.5 - y) * math.tan(math.radians(self.pose.lean))
        return (y - 0.5) * 0.5 * math.tan(math.radians(self.pose.legs[1] - self.pose.legs[0]))

    def turned(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(K, 3) body points → (K, 2) in the picture plane, still body units, and (K,) how near to the viewer."""
        points = np.atleast_2d(points)
        x = points[:, 0] * self._cos + points[:, 2] * self._sin
        return np.stack([x, points[:, 1]], 1), points[:, 2] * self._cos - points[:, 0] * self._sin

    def tube(self, part: int, axis: np.ndarray, widths: np.ndarray, **kind) -> Tube:
        """A tube along body points (K, 3), `widths` its half-width at each, in body units."""
        nodes, _ = self.turned(axis)
        return Tube(part, self.camera.project(nodes), np.asarray(widths) * self.camera.scales(nodes), **kind)

    def trunk(self, y) -> np.ndarray:
        return np.array([[self.sway(v), v, 0.0] for v in y])

    def limb(self, joints: np.ndarray, along, lengths: tuple[float, ...]) -> np.ndarray:
        """Points at `along` (distance from the first joint) on the limb through `joints`, beyond its ends too."""
        along, lengths = np.asarray(along, float), np.asarray(lengths)
        ends = np.cumsum(lengths) - lengths
        i = np.searchsorted(ends[1:], along, side="right")
        share = ((along - ends[i]) / lengths[i])[:, None]
        return joints[i] + (joints[i + 1] - joints[i]) * share

    def arm(self, i: int, along) -> np.ndarray:
        return self.limb(self.arms[i], along, (UPPER_ARM, FOREARM, HAND))

    def leg(self, i: int, y) -> np.ndarray:
        """Points of leg i at the heights `y` that they have when the leg stands straight."""
        return self.limb(self.legs[i], np.asarray(y) - HIP, (KNEE - HIP, ANKLE - KNEE))

    def nearness(self, points: np.ndarray) -> float:
        return float(self.turned(points)[1].mean())

    def far_first(self) -> tuple[int, int]:
        """Arms and legs in drawing order."""
        return (0, 1) if self.nearness(self.arms[0]) <= self.nearness(self.arms[1]) else (1, 0)

    def hangs(self, i: int) -> bool:
        """Whether arm i hangs at the wearer's side, clear of the trunk as the viewer sees it."""
        turned, near = self.turned(self.arms[i])
        side = np.sign(turned[0, 0] - self.sway(SHOULDER) * self._cos)
        return abs(self._cos) > 0.75 and bool((turned[1:, 0] * side > 0.085).all()) and float(near.max()) < 0.08

    @property
    def from_behind(self) -> bool:
        return self._cos < -0.2

    def joints(self) -> dict[str, np.ndarray]:
        """The fourteen joints in pixels, (2,) each."""
        lean = [self.sway(v) for v in (0.155, 0.005)]
        points = {"neck": (lean[0], 0.155, 0.0), "head top": (lean[1], 0.005, 0.0)}
        for i, side in enumerate(("right", "left")):
            for name, point in zip(("shoulder", "elbow", "wrist"), self.arms[i][:3]):
                points[f"{side} {name}"] = point
            for name, point in zip(("hip", "knee", "ankle"), self.legs[i]):
                points[f"{side} {name}"] = point
        flat, _ = self.turned(np.array(list(points.values()), float))
        return dict(zip(points, self.camera.project(flat)))


# Part numbers on the canvas. Garments take theirs from 20 (the labelled one) and 60 (others) on.
SKIN, HEAD, HAIR, SHOE, ARM = 1, 2, 3, 4, 5


def _mix(colour, other, share: float) -> tuple[int, int, int]:
    return tuple(int(a + (b - a) * share) for a, b in zip(colour, other))


def draw_legs(canvas: Canvas, figure: Figure, light: Light, shoes: bool = True) -> None:
    body = figure.body
    order = (0, 1) if figure.nearness(figure.legs[0]) <= figure.nearness(figure.legs[1]) else (1, 0)
    for i in order:
        widths = np.array(LEG_W) * body.limbs
        axis = figure.leg(i, LEG_Y)
        paint(
            canvas,
            figure.tube(SKIN, axis, widths, along=LEG_Y, flat=widths, depth=0.9, turn=0, colour=body.skin),
            light,
        )
        toe = figure.legs[i][2] + (0.012 * (1 if i else -1), 0.03, 0.06)
        heel = figure.legs[i][2] + (0.0, 0.022, -0.01)
        if shoes:
            paint(
                canvas,
                figure.tube(
                    SHOE,
                    np.array([heel, toe]),
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
    widths = np.array([w * body.girth(y) for y, w in zip(TORSO_Y, TORSO_W)])
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


def draw_arm(canvas: Canvas, figure: Figure, light: Light, i: int) -> None:
    body = figure.body
    widths = np.array(ARM_W) * body.limbs
    axis = figure.arm(i, ARM_ALONG)
    kind = {"depth": 1.0, "turn": 0, "colour": body.skin, "round_start": True, "round_end": True}
    paint(canvas, figure.tube(ARM, axis, widths, along=ARM_ALONG, flat=widths, **kind), light)
    hand = (0.305, 0.33, 0.352)
    paint(
        canvas,
        figure.tube(ARM, figure.arm(i, hand), (0.016, 0.0195, 0.014), along=hand, flat=(0.02,) * 3, **kind),
        light,
    )


def draw_back_hair(canvas: Canvas, figure: Figure, light: Light) -> None:
    """Hair that falls behind the neck; drawn before the trunk when the wearer faces the viewer."""
    body = figure.body
    if body.hair_length < 0.1:
        return
    levels = (0.03, 0.08, 0.12, 0.07 + body.hair_length)
    widths = (0.045, 0.056, 0.06, 0.052)
    tube = figure.tube(
        HAIR,
        figure.trunk(levels) - (0, 0, 0.02),
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
    ((x, y),) = figure.camera.project(np.array([point]))
    size = max(int(radius * figure.camera.scale * 16), 8)
    tone = tuple(v * light.level for v in colour)
    cv2.circle(canvas.image, (round(x * 16), round(y * 16)), size, tone, -1, cv2.LINE_8, 4)


def draw_head(canvas: Canvas, figure: Figure, light: Light) -> None:
    body, pose = figure.body, figure.pose
    turn = pose.turn + pose.look
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    top = figure.sway(0.07)
    if cos > -0.5:
        axis = np.array([[top, v, 0.0] for v in (0.035, 0.07, 0.105, 0.128)])
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
        axis = np.array([[top + shift, v, 0.0] for v in (0.034, 0.038, low)])
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
                end = 0.05 + body.hair_length
                lock = np.array([[x * 0.9, 0.03, 0.0], [x, 0.07, 0.0], [x + side * 0.004, end, 0.0]])
                strand = Tube(
                    HAIR,
                    figure.camera.project(lock[:, :2]),
                    np.array((0.012, 0.015, 0.011)) * figure.camera.scales(lock[:, :2]),
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
