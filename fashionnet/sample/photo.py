"""One photo: a garment and its surroundings drawn together, and the labels that follow from what was drawn. Ours."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from fashionnet.formats.codes import JOINT_NAMES
from fashionnet.sample import attributes, person
from fashionnet.sample.camera import Camera, expose
from fashionnet.sample.canvas import Canvas, paint
from fashionnet.sample.catalogue import Item, present
from fashionnet.sample.conditions import Conditions
from fashionnet.sample.cut import Cut, cut_of
from fashionnet.sample.figure import Figure
from fashionnet.sample.foliage import grow
from fashionnet.sample.places import Place, evidence, landmark_places
from fashionnet.sample.scene import backdrop, hold, leaf
from fashionnet.sample.wear import PARTS, WIDE, Garment

OWN, OTHER = 20, 40  # the canvas's first part number of the labelled garment and of the others
EDGE = -0.3  # a seam at the silhouette is seen from both sides: it may face away by this much
OPEN = ("Cardigan", "Jacket", "Blazer", "Bomber", "Coat", "Kimono", "Robe", "Poncho")  # worn over something else
UNTUCKED = (*OPEN, "Hoodie")  # a hoodie's pocket is below the waist


@dataclass(frozen=True)
class Photo:
    """image: (H, W, 3) uint8 RGB. mask: (H, W) bool, the garment's visible pixels. landmarks: (8, 2) pixels, NaN in
    slots that the clothes type lacks. visibility: (8,) 0 visible, 1 occluded, 2 outside the frame, -1 absent. joints:
    (14, 2), NaN without a person. joint_visibility: (14,) 0 or 1. box: x_1, y_1, x_2, y_2 around the mask. labels: (A,)
    1, -1, 0. parts: (H, W) what lies on top, as numbered in person, scene and here."""

    image: np.ndarray
    mask: np.ndarray
    landmarks: np.ndarray
    visibility: np.ndarray
    joints: np.ndarray
    joint_visibility: np.ndarray
    box: tuple[int, int, int, int]
    labels: np.ndarray
    parts: np.ndarray


def _extent(cut: Cut, figure: Figure) -> np.ndarray:
    """(2, 2) lowest and highest x, y of the garment on the figure, body units."""
    body = cut.profiles["body"]
    points = [(figure.sway(y) + side * w, y) for y, w in zip(body.along, body.width) for side in (-1, 1)]
    if "sleeve" in cut.profiles:
        sleeve = cut.profiles["sleeve"]
        for i in (0, 1):
            axis = map(figure.turned, figure.arm(i, sleeve.along))
            points += [(x + s * w, y + w * 0.5) for (x, y, _), w in zip(axis, sleeve.width) for s in (-1, 1)]
    if "leg" in cut.profiles:
        leg = cut.profiles["leg"]
        for i in (0, 1):
            axis = map(figure.turned, figure.leg(i, leg.along))
            points += [(x + s * w, y) for (x, y, _), w in zip(axis, leg.width) for s in (-1, 1)]
    xs, ys = zip(*points)
    return np.array([(min(xs), min(ys)), (max(xs), max(ys))])


def _camera(item: Item, conditions: Conditions, depth: float, width: int, height: int) -> Camera:
    frame = conditions.frame
    pose = replace(conditions.pose, turn=0) if frame.faced else conditions.pose
    figure = Figure(conditions.body, pose, Camera(1, 1, (0.0, 0.0), 1.0), depth)
    low, high = _extent(cut_of(item), figure)
    if frame.whole:
        low, high = np.minimum(low, (-0.16, 0.0)), np.maximum(high, (0.16, 1.01))
    size = high - low
    scale = frame.fill * min(width / size[0], height / size[1])
    centre = (low + high) / 2 + np.array(frame.shift) * (width, height) / scale
    return Camera(width, height, (float(centre[0]), float(centre[1])), round(float(scale), 3), frame.roll, frame.pitch)


class _Studio:
    """The drawing of one photo."""

    def __init__(self, item: Item, conditions: Conditions, width: int, height: int) -> None:
        self.item, self.conditions = item, conditions
        depth = 0.62 if conditions.worn else (0.12 if conditions.laid else 0.3)
        self.figure = Figure(conditions.body, conditions.pose, _camera(item, conditions, depth, width, height), depth)
        self.width, self.height = width, height
        self.light = conditions.light
        self._bow = 0.16 if conditions.worn else (0.02 if conditions.laid else 0.12)
        self.own = Garment(item, self.figure, OWN, self._bow)
        self._found: dict[Place, tuple[float, float, float, bool, bool]] = {}

    def draw(self) -> None:
        backing = backdrop(self.height, self.width, self.conditions.backdrop)
        self.canvas = Canvas(backing, np.zeros((self.height, self.width), np.int16))
        self.others: dict[str, Garment] = {}
        for name, other in self._worn_with().items():
            self.others[name] = Garment(other, self.figure, OTHER + 10 * len(self.others), self._bow, labelled=False)
        if self.conditions.worn:
            self.worn()
        else:
            self.alone()
        if self.conditions.foliage is not None:
            grow(self.canvas, self.mask(), self.conditions.foliage)

    def mask(self) -> np.ndarray:
        """(H, W) bool, where the garment lies on top."""
        return (self.canvas.parts >= OWN) & (self.canvas.parts < OWN + len(PARTS))

    def _worn_with(self) -> dict[str, Item]:
        if not self.conditions.worn:
            return {}
        others, own = self.conditions.others, self.item
        names = []
        names.append("upper" if own.clothes_type == 2 else "lower")
        names.append("inner" if own.category in OPEN else "over")
        chosen = {name: others[name] for name in names if name in others}
        if "upper" in chosen and chosen["upper"].length == "longline":
            chosen["upper"] = replace(chosen["upper"], length="regular")  # or it would hide the waist and the seat
        if "over" in chosen:
            chosen["over"] = replace(chosen["over"], closure="open front", details=chosen["over"].details - {"belted"})
        return chosen

    def _part(self, garment: Garment, part: str, far: bool = False) -> None:
        if part in garment.tubes:
            kind, x, y = self.conditions.folds
            shift = 53 * PARTS.index(part) + 31 * (garment is self.own)
            paint(self.canvas, garment.tubes[part], self.light, (kind, x + shift, y + 2 * shift), far)

    def _hung(self, garment: Garment) -> bool:
        """Whether the inside of the garment's back can be seen."""
        item = garment.item
        return (
            item.closure == "open front"
            or item.cut in ("high-low", "fit & flare", "a-line", "trapeze", "tiered", "poncho", "peplum")
            or ("slit" in item.details and item.kind != "trousers")
            or not self.conditions.worn
        )

    def _arms(self, near: bool) -> None:
        figure, canvas, light = self.figure, self.canvas, self.light
        sleeved = [g for g in (self.own, *self.others.values()) if g.item.clothes_type != 2]
        order = [g for name in ("inner", "upper") for key, g in self.others.items() if key == name]
        order += [self.own] if self.own in sleeved else []
        order += [g for key, g in self.others.items() if key == "over"]
        covered = any(g.covers_arms for g in order)
        for i in figure.far_first():
            bare = not any(f"sleeve{i}" in g.tubes for g in order)
            behind = figure.nearness(figure.arms[i][:3]) < -0.03 or covered or (bare and figure.hangs(i))
            if behind == near:
                continue
            wide = [g for g in order if g.item.sleeve_cut in WIDE]
            for garment in wide:
                self._part(garment, f"sleeve{i}", far=True)
            person.draw_arm(canvas, figure, light, i, max((g.hides("arm", i) for g in order), default=0.0))
            for garment in order:
                self._part(garment, f"sleeve{i}")

    def worn(self) -> None:
        figure, canvas, light, others = self.figure, self.canvas, self.light, self.others
        layers = [self.own, *others.values()]
        behind = figure.from_behind
        if not behind:
            person.draw_back_hair(canvas, figure, light)
            for garment in layers:
                self._part(garment, "hood")
        for garment in (self.own, others.get("over")):
            if garment and garment.item.kind != "trousers" and self._hung(garment):
                self._part(garment, "body", far=True)
        self._arms(near=False)
        person.draw_legs(canvas, figure, light, [max(g.hides("leg", i) for g in layers) for i in (0, 1)])
        person.draw_trunk(canvas, figure, light)
        lower = self.own if self.item.clothes_type == 2 else others.get("lower")
        legs = figure.legs
        order = (0, 1) if figure.nearness(legs[0]) <= figure.nearness(legs[1]) else (1, 0)
        upper = self.own if self.item.clothes_type != 2 else others.get("upper")
        tucked = (
            self.conditions.tucked
            and upper is not None
            and upper.item.kind == "top"
            and upper.item.category not in UNTUCKED
        )
        for garment in reversed(layers):  # the labelled garment's legs go over leggings
            for i in order if not (tucked and garment is lower) else ():
                self._part(garment, f"leg{i}")
        if "inner" in others:
            self._part(others["inner"], "body")
            self._part(others["inner"], "neck")
        pair = [upper, lower] if tucked else [lower, upper]
        for garment in pair:
            if garment is not None:
                for i in order if tucked and garment is lower else ():  # over the shirt's tail
                    self._part(garment, f"leg{i}")
                self._part(garment, "body")
        if upper is not None:
            self._part(upper, "neck")
        if "over" in others:
            self._part(others["over"], "body")
        person.draw_head(canvas, figure, light)
        if behind:
            for garment in layers:
                self._part(garment, "hood")
        self._arms(near=True)
        if self.conditions.held:
            hold(canvas, figure, light, *self.conditions.held)
        if self.conditions.plant is not None:
            leaf(canvas, light, self.conditions.plant)

    def alone(self) -> None:
        own = self.own
        self._part(own, "hood")
        self._part(own, "neck", far=True)
        if "leg" not in own.cut.profiles or own.item.clothes_type == 3:
            self._part(own, "body", far=True)
        for i in (0, 1):
            self._part(own, f"sleeve{i}")
            self._part(own, f"leg{i}")
        self._part(own, "body")
        self._part(own, "neck")

    # --- labels ----------------------------------------------------------------------------------------------------

    def sees(self, x: float, y: float, number: int, radius: int = 2) -> bool:
        """Whether part `number` lies on top within `radius` of the pixel at x, y, which is in the frame."""
        column, row = int(x), int(y)
        near = self.canvas.parts[max(row - radius, 0) : row + radius + 1, max(column - radius, 0) : column + radius + 1]
        return number in near.ravel().tolist()

    def area(self) -> float:
        """No fewer pixels than the garment can cover in the photo: the areas of its tubes."""
        area = 0.0
        for tube in self.own.tubes.values():
            nodes, half = tube.nodes, tube.silhouette
            ends = zip(nodes, nodes[1:], half, half[1:])
            area += sum(math.dist(a, b) * (v + w) for a, b, v, w in ends) + (half[0] ** 2 + half[-1] ** 2) * 4
        return area

    def landmark_in_sight(self) -> bool:
        """Whether any landmark is in the frame and on the side that is seen, whatever may come to hide it."""
        for place in landmark_places(self.item, self.own.cut).values():
            if place[0] in self.own.tubes:
                x, y, facing, _ = self.own.locate(place)
                if 0 <= x < self.width and 0 <= y < self.height and facing >= EDGE:
                    return True
        return False

    def state(self, place: Place, edge: float = EDGE) -> tuple[float, float, int]:
        """A place on the garment → x, y, and 0 visible, 1 occluded, 2 outside the frame."""
        if place not in self._found:  # landmarks are evidence too
            x, y, facing, number = self.own.locate(place)
            inside = 0 <= x < self.width and 0 <= y < self.height
            self._found[place] = x, y, facing, inside, inside and self.sees(x, y, number)
        x, y, facing, inside, seen = self._found[place]
        return x, y, (0 if facing >= edge and seen else 1) if inside else 2

    def seen(self, mask: np.ndarray) -> dict[str, bool]:
        """Region → whether the photo shows enough of it to judge its attributes."""
        regions = evidence(self.item, self.own.cut)
        state = {}
        for region, places in regions.items():
            edge = 0.15 if region in ("front", "neck", "waist") else EDGE
            found = []
            for k, place in enumerate(places):
                if place[0] not in self.own.tubes:
                    continue
                # The side seams may face away a little; what lies on the front has to face the viewer.
                limit = EDGE if region == "neck" and k < 2 else edge
                found.append(self.state(place, limit)[2] == 0)
            state[region] = 2 * sum(found) > len(found) if found else False
        ends = [self.state(place)[2] for place in regions["outline"] if place[0] in self.own.tubes]
        marks = landmark_places(self.item, self.own.cut)
        tops = [self.state(marks[k])[2] for k in ((4, 5) if self.item.clothes_type == 2 else (0, 1))]
        outline = 2 not in ends and 2 not in tops and 0 in ends
        return {
            "surface": int(mask.sum()) >= 350,
            "outline": outline,
            "neck": state.get("neck", True),
            "sleeve": state.get("sleeve0", True) or state.get("sleeve1", True),
            "front": state["front"],
            "waist": state["waist"],
            "hem": state["hem"],
        }


def take(
    item: Item, conditions: Conditions, width: int, height: int, least: float = 0.0, landmark: bool = False
) -> Photo | None:
    """Draw `item` under `conditions`: a pure function of its arguments.

    None where it is plain before anything is drawn that the garment fills less than the share `least` of the photo or,
    if a `landmark` is asked for, that none can be seen.
    """
    studio = _Studio(item, conditions, width, height)
    if studio.area() < least * width * height or (landmark and not studio.landmark_in_sight()):
        return None
    studio.draw()
    parts, mask = studio.canvas.parts, studio.mask()
    landmarks, visibility = np.full((8, 2), np.nan), np.full(8, -1, np.int8)
    for slot, place in landmark_places(item, studio.own.cut).items():
        if place[0] in studio.own.tubes:
            *landmarks[slot], visibility[slot] = studio.state(place)
        else:  # the sleeve that a one-shouldered garment lacks is where the armhole is
            *landmarks[slot], visibility[slot] = studio.state(("body", 0.85, 0.262))
    joints, joint_visibility = np.full((14, 2), np.nan), np.full(14, 1, np.int8)
    if conditions.worn:
        for k, (x, y) in enumerate(map(studio.figure.joints().get, JOINT_NAMES)):
            joints[k] = x, y
            joint_visibility[k] = 0 if _joint_seen(studio, JOINT_NAMES[k], x, y) else 1
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else (0, 0, 0, 0)
    labels = attributes.labels(present(item), studio.seen(mask))
    image = expose(studio.canvas.image, conditions.sensor, np.random.Generator(np.random.PCG64(conditions.noise)))
    return Photo(image, mask, landmarks, visibility, joints, joint_visibility, box, labels, parts)


# What may lie on top of a joint that can be seen: the limb itself, or the clothes on it.
_LIMB = {
    "wrist": ("sleeve",),
    "elbow": ("sleeve",),
    "shoulder": ("sleeve", "body"),
    "hip": ("body", "leg"),
    "knee": ("leg", "body"),
    "ankle": ("leg", "body"),
    "neck": ("neck", "body", "hood"),
    "head top": (),
}


def _joint_seen(studio: _Studio, name: str, x: float, y: float) -> bool:
    height, width = studio.canvas.parts.shape
    if not (0 <= x < width and 0 <= y < height):
        return False
    kind = name.split(" ", 1)[1] if name.startswith(("left", "right")) else name
    limb = 0 if name.startswith("right") else 1
    allowed = {"head top": (person.HEAD, person.HAIR), "neck": (person.SKIN, person.HEAD)}.get(
        kind, (person.ARM,) if kind in ("wrist", "elbow", "shoulder") else (person.SKIN, person.SHOE)
    )
    if kind == "shoulder":
        allowed += (person.SKIN,)
    numbers = set(allowed)
    for garment in (studio.own, *studio.others.values()):
        for part in _LIMB[kind]:
            numbers |= {garment.numbers[p] for p in (part, f"{part}{limb}") if p in garment.numbers}
    row, column = int(y), int(x)
    near = studio.canvas.parts[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    return not numbers.isdisjoint(near.ravel().tolist())
