"""The wearer as a skeleton with widths: a body in a pose, projected into the photo.

Units are the wearer's height; x to the viewer's right when the wearer faces the viewer, y down from the top of the
head, z to the viewer. The proportions are a fashion figure's (seven and a half heads). Ours.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from fashionnet.sample.camera import Camera
from fashionnet.sample.interpolate import lerp
from fashionnet.sample.tubes import Tube

Point = tuple[float, float, float]

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

    def turned(self, point: Point) -> Point:
        """A body point → x and y in the picture plane, still body units, and how near it is to the viewer."""
        x, y, z = point
        return x * self._cos + z * self._sin, y, z * self._cos - x * self._sin

    # Plain numbers from here to the pixels' arrays: tubes have a handful of nodes, for which arrays cost more.

    def tube(self, part: int, axis: Sequence[Point], widths: Sequence[float], **kind) -> Tube:
        """A tube along body points, `widths` its half-width at each, in body units."""
        placed = [self.camera.place(*self.turned(point)[:2]) for point in axis]
        return Tube(part, [(x, y) for x, y, _ in placed], [w * s for w, (_, _, s) in zip(widths, placed)], **kind)

    def trunk(self, y: Sequence[float], z: float = 0.0) -> list[Point]:
        return [(self.sway(v), v, z) for v in y]

    def limb(self, joints: np.ndarray, along: Sequence[float], lengths: tuple[float, ...]) -> list[Point]:
        """Points at `along` (distance from the first joint) on the limb through `joints`, beyond its ends too."""
        joints = joints.tolist()
        starts = list(accumulate(lengths[:-1], initial=0.0))
        points = []
        for at in along:
            i = max(bisect_right(starts, at) - 1, 0)
            share = (at - starts[i]) / lengths[i]
            points.append(tuple(a + (b - a) * share for a, b in zip(joints[i], joints[i + 1])))
        return points

    def arm(self, i: int, along: Sequence[float]) -> list[Point]:
        return self.limb(self.arms[i], along, (UPPER_ARM, FOREARM, HAND))

    def leg(self, i: int, y: Sequence[float]) -> list[Point]:
        """Points of leg i at the heights `y` that they have when the leg stands straight."""
        return self.limb(self.legs[i], [v - HIP for v in y], (KNEE - HIP, ANKLE - KNEE))

    def nearness(self, points: np.ndarray) -> float:
        return sum(self.turned(point)[2] for point in points.tolist()) / len(points)

    def far_first(self) -> tuple[int, int]:
        """Arms and legs in drawing order."""
        return (0, 1) if self.nearness(self.arms[0]) <= self.nearness(self.arms[1]) else (1, 0)

    def hangs(self, i: int) -> bool:
        """Whether arm i hangs at the wearer's side, clear of the trunk as the viewer sees it."""
        shoulder, *rest = map(self.turned, self.arms[i].tolist())
        side = math.copysign(1, shoulder[0] - self.sway(SHOULDER) * self._cos)
        clear = all(x * side > 0.085 for x, _, _ in rest)
        return abs(self._cos) > 0.75 and clear and max(near for _, _, near in (shoulder, *rest)) < 0.08

    @property
    def from_behind(self) -> bool:
        return self._cos < -0.2

    def joints(self) -> dict[str, tuple[float, float]]:
        """The fourteen joints' x and y in pixels."""
        lean = [self.sway(v) for v in (0.155, 0.005)]
        points = {"neck": (lean[0], 0.155, 0.0), "head top": (lean[1], 0.005, 0.0)}
        for i, side in enumerate(("right", "left")):
            for name, point in zip(("shoulder", "elbow", "wrist"), self.arms[i].tolist()):
                points[f"{side} {name}"] = point
            for name, point in zip(("hip", "knee", "ankle"), self.legs[i].tolist()):
                points[f"{side} {name}"] = point
        return {name: self.camera.place(*self.turned(point)[:2])[:2] for name, point in points.items()}
