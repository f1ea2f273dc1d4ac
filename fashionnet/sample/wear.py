"""A garment on a figure: its sheets wrapped around tubes that follow the body. Ours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from fashionnet.sample.catalogue import Item
from fashionnet.sample.cut import SHOULDER_ALONG, Cut, cut_of, leg_shift
from fashionnet.sample.figure import Figure, Point
from fashionnet.sample.places import Place
from fashionnet.sample.sheets import Sheet
from fashionnet.sample.tailor import Tailor
from fashionnet.sample.tubes import Tube

WIDE = ("bell", "kimono", "wide", "caftan", "flutter")  # sleeves that one can look into
PARTS = ("body", "sleeve0", "sleeve1", "leg0", "leg1", "neck", "hood")
# Pixels a body unit that sheets are painted at: the labelled garment's close to what its photo needs, the wardrobe's
# fewer, so that most have been painted before.
SCALES, WARDROBE_SCALES = (128, 160, 200, 250, 312, 400), (128, 192, 288, 432)


@lru_cache(maxsize=24)
def _sheets(item: Item, scale: int) -> dict[str, Sheet]:
    return Tailor(item, scale).make()


@lru_cache(maxsize=800)
def _wardrobe_sheets(item: Item, scale: int) -> dict[str, Sheet]:
    # Kept apart: the wardrobe's garments come back photo after photo, the labelled ones hardly ever.
    return {part: sheet.forget() for part, sheet in Tailor(item, scale).make().items()}


class Garment:
    """`item` worn by `figure`. first: its parts' first number on the canvas. labelled: or from the wardrobe."""

    def __init__(self, item: Item, figure: Figure, first: int, bow: float, labelled: bool = True) -> None:
        self.item, self.figure = item, figure
        self.cut: Cut = cut_of(item)
        self.numbers = {part: first + i for i, part in enumerate(PARTS)}
        scales = SCALES if labelled else WARDROBE_SCALES
        scale = next((s for s in scales if s >= figure.camera.scale * 0.95), scales[-1])
        self.sheets = _sheets(item, scale) if labelled else _wardrobe_sheets(item, scale)
        self.bow = bow
        self.tubes: dict[str, Tube] = {}
        self._trunk()
        for i in (0, 1):
            if "sleeve" in self.cut.profiles and not (item.neck == "one-shoulder" and i == 1):
                self._sleeve(i)
            if "leg" in self.cut.profiles:
                self._leg(i)

    def _tube(self, part: str, axis: Sequence[Point], widths: Sequence[float], **kind) -> None:
        sheet = self.sheets["sleeve" if part.startswith("sleeve") else "leg" if part.startswith("leg") else part]
        self.tubes[part] = self.figure.tube(self.numbers[part], axis, widths, sheet=sheet, bow=self.bow, **kind)

    def _trunk(self) -> None:
        figure, profiles = self.figure, self.cut.profiles
        turn, depth = figure.pose.turn, figure.depth
        body = profiles["body"]
        girth = [figure.body.girth(y) for y in body.along]
        # A loose garment hangs from the shoulders: below the hips only half of the wearer's build shows.
        girth = [1 + (g - 1) * 0.5 if y > 0.53 else g for g, y in zip(girth, body.along)]
        self._tube(
            "body",
            figure.trunk(body.along),
            [w * g for w, g in zip(body.width, girth)],
            along=body.along,
            flat=body.width,
            depth=depth,
            turn=turn,
        )
        if "neck" in profiles:
            neck = profiles["neck"]
            self._tube(
                "neck",
                figure.trunk(neck.along),
                neck.width,
                along=neck.along,
                flat=neck.width,
                depth=0.85 if depth > 0.3 else depth,
                turn=turn,
            )
        if self.item.neck == "hooded":
            behind = figure.from_behind
            y = (0.15, 0.18, 0.235, 0.262) if behind else (0.11, 0.13, 0.165, 0.19)
            if depth <= 0.3:
                y = (0.07, 0.09, 0.14, 0.19)
            widths = (0.056, 0.074, 0.068, 0.03) if behind else (0.058, 0.078, 0.08, 0.066)
            self._tube(
                "hood",
                figure.trunk(y, -0.03),
                widths,
                along=y,
                flat=widths,
                depth=0.7,
                turn=turn,
                round_start=True,
                round_end=True,
            )

    def _sleeve(self, i: int) -> None:
        figure = self.figure
        sleeve = self.cut.profiles["sleeve"]
        limbs = [0.5 + 0.5 * figure.body.limbs if at < 0.25 else 1.0 for at in sleeve.along]
        self._tube(
            f"sleeve{i}",
            figure.arm(i, sleeve.along),
            [w * limb for w, limb in zip(sleeve.width, limbs)],
            along=[at + SHOULDER_ALONG for at in sleeve.along],
            flat=sleeve.width,
            depth=0.95 if figure.depth > 0.3 else figure.depth,
            turn=figure.pose.turn,
            mirror=1 if i else -1,
            round_start=True,
        )

    def _leg(self, i: int) -> None:
        figure = self.figure
        leg = self.cut.profiles["leg"]
        side = 1 if i else -1
        shifts = [side * leg_shift(w, y) for w, y in zip(leg.width, leg.along)]
        limbs = 0.5 + 0.5 * figure.body.limbs
        self._tube(
            f"leg{i}",
            [(x + shift, y, z) for (x, y, z), shift in zip(figure.leg(i, leg.along), shifts)],
            [w * limbs for w in leg.width],
            along=leg.along,
            flat=leg.width,
            depth=0.9 if figure.depth > 0.3 else figure.depth,
            turn=figure.pose.turn,
            mirror=side,
        )

    def hides(self, limb: str, i: int) -> float:
        """How far along arm or leg i, as `figure` counts, the garment hides all of it: 0 where it does not."""
        part = "sleeve" if limb == "arm" else "leg"
        if f"{part}{i}" not in self.tubes or self.item.sleeve_cut in WIDE:
            return 0.0
        end = self.cut.ends[part] - 0.02
        return (end - SHOULDER_ALONG if limb == "arm" else end) if self.sheets[part].opaque(end) else 0.0

    def locate(self, place: Place) -> tuple[float, float, float, int]:
        """A place on the garment → x, y in pixels, how much it faces the viewer, its part's number."""
        part, across, along = place
        return *self.tubes[part].project(across, along), self.numbers[part]

    @property
    def covers_arms(self) -> bool:
        return self.item.cut == "poncho"
