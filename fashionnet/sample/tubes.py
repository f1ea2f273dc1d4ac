"""Cloth and limbs as tubes: elliptic cylinders along a bent axis, wrapped in a flat sheet of cloth.

Everything that stands in a picture of the sample and has a body is such a tube. A sheet is painted flat, as a sewing
pattern is (`Sheet`), so seams, prints and necklines turn with the body, and a landmark is a point of the sheet that
goes through the same projection (`Tube.project`) as every thread around it. Ours.

Positions are rounded to 1/64 pixel and tables to 1/16384 before photos are computed from them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from fashionnet.sample.interpolate import lerp
from fashionnet.sample.sheets import Sheet

STEPS = 256  # of a half tube's look-up tables, from its axis to its silhouette


@lru_cache(maxsize=64)
def _quarter(depth: float) -> tuple[np.ndarray, np.ndarray]:
    """Angles 0 to pi/2 of an ellipse (half axes 1 and `depth`) and the share of the quarter's length up to each."""
    angles = np.arange(257) * (math.pi / 512)
    x, z = np.sin(angles), depth * np.cos(angles)
    length = np.concatenate([[0.0], np.cumsum(np.sqrt((x[1:] - x[:-1]) ** 2 + (z[1:] - z[:-1]) ** 2))])
    return angles, np.round(length / length[-1] * 16384) / 16384


@lru_cache(maxsize=64)
def _quarter_lists(depth: float) -> tuple[list[float], list[float]]:
    angles, share = _quarter(depth)
    return angles.tolist(), share.tolist()


def _unroll(angle: np.ndarray, depth: float) -> np.ndarray:
    """Angles (front is 0, any size) to places on the unrolled sheet: -1 to 1 is the front, 1 to 3 the back."""
    angle = (np.asarray(angle, float) + math.pi) % (2 * math.pi) - math.pi
    angles, share = _quarter(depth)
    size = np.abs(angle)
    place = np.where(size <= math.pi / 2, np.interp(size, angles, share), 2 - np.interp(math.pi - size, angles, share))
    return np.sign(angle) * place


@lru_cache(maxsize=2048)
def tables(depth: float, turn: int) -> tuple[float, float, np.ndarray, np.ndarray, np.ndarray]:
    """Of a tube turned by `turn` degrees: silhouette's half-width, angle of the silhouette's middle, and tables.

    The tables run over the position across, -1 to 1 in 2 * STEPS + 1 steps: (2, n) sheet place of the near and the far
    side as a share of the half-width, (2, n) which panel (0 front, 1 back), (n,) cosine of the angle to the viewer.
    """
    yaw = math.radians(turn)
    width = math.sqrt(math.cos(yaw) ** 2 + (depth * math.sin(yaw)) ** 2)
    middle = math.atan2(depth * math.sin(yaw), math.cos(yaw))
    across = np.clip(np.arange(-STEPS, STEPS + 1) / STEPS, -1, 1)
    phi = np.arcsin(across)
    places, panels = [], []
    for angle in (phi - middle, math.pi - phi - middle):
        place = _unroll(angle, depth)
        back = np.abs(place) > 1
        places.append(np.round(np.where(back, place - 2 * np.sign(place), place) * 16384) / 16384)
        panels.append(back)
    facing = np.round(np.sqrt(1 - across**2) * 16384) / 16384
    return (
        round(width, 5),
        middle,
        np.array(places, np.float32),
        np.array(panels, np.float32),
        facing.astype(np.float32),
    )


Pair = tuple[float, float]


def _unit(x: float, y: float) -> Pair:
    length = max(math.sqrt(x * x + y * y), 1e-6)
    return x / length, y / length


@dataclass
class Tube:
    """One tube in a photo. K nodes from its start to its end.

    nodes: (K, 2) axis in pixels. half: (K,) half-width in pixels as seen from its front. along: (K,) the sheet's y at
    the nodes, flat: (K,) the sheet's half-width there, body units. depth: thickness over width. turn: degrees that
    its front is turned to the viewer's right. mirror: -1 wears the sheet mirrored. bow: how far rings sag towards the
    viewer, as a share of the half-width (the camera looks slightly down). colour: (3,), used without a sheet.
    """

    part: int
    nodes: Sequence[Pair]
    half: Sequence[float]
    along: Sequence[float]
    flat: Sequence[float]
    depth: float
    turn: int
    sheet: Sheet | None = None
    colour: tuple[int, int, int] = (0, 0, 0)
    mirror: int = 1
    bow: float = 0.0
    round_start: bool = False
    round_end: bool = False

    def __post_init__(self) -> None:
        self.nodes = [(round(x * 64) / 64, round(y * 64) / 64) for x, y in self.nodes]
        self.half = [max(round(w * 64) / 64, 0.25) for w in self.half]

    @cached_property
    def planes(self) -> list[Pair]:
        """Unit normals of the cuts through the nodes, along the tube."""
        if self.axis is not None:
            return [self.axis] * len(self.nodes)
        steps = [_unit(qx - px, qy - py) for (px, py), (qx, qy) in pairwise(self.nodes)]
        turns = [_unit(ax + bx, ay + by) for (ax, ay), (bx, by) in pairwise(steps)]
        return [(round(x * 16384) / 16384, round(y * 16384) / 16384) for x, y in (steps[0], *turns, steps[-1])]

    @cached_property
    def axis(self) -> tuple[float, float] | None:
        """The whole tube's direction if it bends so little that parallel planes across it do, else None."""
        nodes = self.nodes
        dx, dy = nodes[-1][0] - nodes[0][0], nodes[-1][1] - nodes[0][1]
        length = math.sqrt(dx * dx + dy * dy)
        if not length:
            return None
        dx, dy = round(dx / length * 16384) / 16384, round(dy / length * 16384) / 16384
        for (x0, y0), (x1, y1) in pairwise(nodes):
            x, y = x1 - x0, y1 - y0
            if x * dx + y * dy <= 0.93 * math.sqrt(x * x + y * y):
                return None
        return dx, dy

    def straight(self) -> list[Tube]:
        """The tube in pieces that bend little, joined by round ends."""
        if self.axis is not None:
            return [self]
        pieces, begin = [], 0
        while begin < len(self.nodes) - 1:
            end = len(self.nodes)
            while (piece := self._piece(begin, end)).axis is None and end > begin + 2:
                end -= 1
            pieces.append(piece)
            begin = end - 1
        return [piece for piece in pieces if piece.axis is not None]

    def _piece(self, begin: int, end: int) -> Tube:
        part = slice(begin, end)
        return replace(
            self,
            nodes=self.nodes[part],
            half=self.half[part],
            along=self.along[part],
            flat=self.flat[part],
            round_start=self.round_start or begin > 0,
            round_end=self.round_end or end < len(self.nodes),
        )

    @cached_property
    def silhouette(self) -> list[float]:
        """(K,) half-width in pixels as the viewer sees it."""
        share = tables(self.depth, self.turn)[0]
        return [w * share for w in self.half]

    def project(self, place: float, along: float) -> tuple[float, float, float]:
        """A point of the sheet (place: -1 to 1 front, 1 to 3 back; along: body units) → x, y and how much it faces
        the viewer, 1 to -1."""
        middle = tables(self.depth, self.turn)[1]
        rows, flat, nodes, half, planes = self.along, self.flat, self.nodes, self.silhouette, self.planes
        place = (place * self.mirror + 1) % 4 - 1
        angles, share = _quarter_lists(self.depth)
        if place <= 1:
            angle = math.copysign(lerp(abs(place), share, angles), place)
        else:
            angle = math.pi - math.copysign(lerp(abs(2 - place), share, angles), 2 - place)
        across, facing = math.sin(angle + middle), math.cos(angle + middle)
        row = along + self.bow * facing * lerp(along, rows, flat)
        i = min(max(bisect_right(rows, row) - 1, 0), len(rows) - 2)
        t = (row - rows[i]) / max(rows[i + 1] - rows[i], 1e-6)
        held = min(max(t, 0.0), 1.0)
        (x0, y0), (x1, y1) = nodes[i], nodes[i + 1]
        (nx0, ny0), (nx1, ny1) = planes[i], planes[i + 1]
        nx, ny = nx0 + held * (nx1 - nx0), ny0 + held * (ny1 - ny0)
        reach = across * (half[i] + held * (half[i + 1] - half[i]))
        return x0 + t * (x1 - x0) + ny * reach, y0 + t * (y1 - y0) - nx * reach, facing
