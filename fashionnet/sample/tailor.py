"""The sheets of a garment: cloth printed and woven, worked, trimmed and cut. Ours."""

from __future__ import annotations

import math

import numpy as np

from fashionnet.sample import collars, fronts, makes, trims
from fashionnet.sample.catalogue import Item
from fashionnet.sample.cut import OPEN_TOPS, SHOULDER_ALONG, Cut, cut_of, shoulder_y
from fashionnet.sample.fabrics import weave
from fashionnet.sample.patterns import f, pattern
from fashionnet.sample.places import armhole, hem_y
from fashionnet.sample.sheets import BACK, BOTH, FRONT, Sheet
from fashionnet.sample.stitches import ribs

Colour = tuple[int, int, int]


def shade_of(colour: Colour, factor: float) -> Colour:
    return tuple(int(max(0, min(255, v * factor))) for v in colour)


def ink_of(item: Item) -> Colour:
    """For seams: darker than the cloth, or lighter where it is nearly black; over a print, apart from its colours."""
    base, second, _ = item.colours
    if item.pattern is not None:
        return (28, 24, 30) if 2 * sum(base) + sum(second) > 960 else (238, 232, 222)
    return shade_of(base, 0.5) if sum(base) > 210 else tuple(v + 90 for v in base)


class Tailor:
    """Makes the sheets of `item` at `scale` pixels a body unit."""

    def __init__(self, item: Item, scale: int) -> None:
        self.item, self.scale = item, scale
        self.cut: Cut = cut_of(item)
        self.base, self.second, self.third = item.colours
        if item.category == "Kimono" and item.pattern is None:
            self.second = self.third
        self.ink = ink_of(item)
        self.plain = shade_of(self.base, 0.84)  # bands are knitted without the print
        self.stitch = (206, 156, 84) if item.fabric in ("denim", "acid wash") and sum(self.base) < 600 else self.ink
        self.trim = self.second if "contrast trim" in item.details else shade_of(self.base, 0.8)
        self.sheets: dict[str, Sheet] = {}

    def make(self) -> dict[str, Sheet]:
        self.sheets["body"] = self.body()
        if "sleeve" in self.cut.profiles:
            self.sheets["sleeve"] = self.sleeve()
        if "leg" in self.cut.profiles:
            self.sheets["leg"] = self.leg()
        if "neck" in self.cut.profiles:
            self.sheets["neck"] = self.neck()
        if self.item.neck == "hooded":
            self.sheets["hood"] = self.cloth(0.0, 0.32, 0.09)
            self.sheets["hood"].finish()
        return self.sheets

    def cloth(self, top: float, bottom: float, half: float, colours=None, plain: bool = False) -> Sheet:
        item = self.item
        sheet = Sheet(top, bottom, half, self.scale)
        x, y = sheet.grid()
        # Where the print falls on the cloth is the item's own.
        shift = ((item.seed & 63) / 1000, ((item.seed >> 6) & 63) / 1000)
        centred = item.pattern in ("ombre", "colorblock", "tie-dye")
        if centred and item.kind in ("skirt", "trousers"):
            y = y - f(0.24)
        if not centred:
            x, y = x + f(shift[0]), y + f(shift[1])
        weave(
            sheet,
            pattern(None if plain else item.pattern, x, y, self.scale, colours or item.colours, item.size),
            item.fabric,
        )
        return sheet

    # --- body ------------------------------------------------------------------------------------------------------

    def body(self) -> Sheet:
        item, cut = self.item, self.cut
        profile = cut.profiles["body"]
        bottom = cut.ends["body"]
        margin = 0.05 if {"fringe", "pom-pom"} & item.details else 0.004
        sheet = self.cloth(
            min(cut.top, 0.14) if item.clothes_type != 2 else cut.top - 0.02, bottom + margin, max(profile.width) + 0.01
        )
        if item.clothes_type == 2:
            trims.waistband(self, sheet)
        else:
            if item.sleeve_cut == "raglan":
                for side in (-1, 1):
                    x = cut.neck[0]
                    y = shoulder_y(x)
                    sheet.fill(
                        [
                            (side * (x - 0.006), y - 0.03),
                            (side * (x - 0.004), y + 0.008),
                            (side * 0.1, 0.268),
                            (side * 0.3, 0.268),
                            (side * 0.3, y - 0.03),
                        ],
                        self.second,
                        BOTH,
                    )
            trims.seams(self, sheet)
        makes.make(self, sheet)
        fronts.fronts(self, sheet)
        trims.hems(self, sheet)
        if item.clothes_type != 2:
            self._neckline(sheet)
            self._armholes(sheet)
        self._hemline(sheet)
        trims.hanging(self, sheet)
        if "leg" in cut.profiles:
            makes.crotch(self, sheet)
            rows = (np.arange(sheet.height, dtype=f) / f(sheet.scale) + f(sheet.top))[:, None]
            fade = np.clip((f(0.56) - rows) / f(0.06), f(0), f(1))
            sheet.alpha[:] = np.minimum(sheet.alpha, (sheet.alpha * fade).astype(np.uint8))
        return sheet.finish()

    def neckline(self, back: bool = False) -> list[tuple[float, float]]:
        """The edge at the neck from the wearer's right to left (x from negative to positive)."""
        item = self.item
        a, front, behind = self.cut.neck
        depth = behind if back else front
        y = shoulder_y(a)
        if self.cut.strapped:
            if back:
                return [(-0.3, 0.247), (0.3, 0.247)]
            edge = []
            for i in range(-24, 25):
                x = i / 24 * 0.13
                size = abs(x)
                if item.neck == "off-the-shoulder":
                    level = 0.218 + 0.9 * x * x
                elif item.neck == "v-neck":
                    level = 0.215 + 0.06 * max(0, 1 - size / 0.05) + 0.6 * max(0, size - 0.05)
                elif item.neck == "square neck":
                    level = 0.226 + 0.5 * max(0, size - 0.05)
                elif item.neck == "scoop neck":
                    level = 0.222 + 0.03 * max(0, 1 - (size / 0.05) ** 2) + 0.5 * max(0, size - 0.05)
                elif item.neck == "strapless":
                    level = 0.226 + 0.3 * max(0, size - 0.07)
                else:
                    level = (
                        0.214
                        + 0.034 * max(0, 1 - size / 0.024)
                        + 9 * max(0, size - 0.05) ** 2
                        + 3 * max(0, 0.04 - size) * 0.04
                    )
                edge.append((x, level))
            return [(-0.3, edge[0][1]), *edge, (0.3, edge[-1][1])]
        if item.neck == "one-shoulder":
            return (
                [(-0.052, y - 0.01), (-0.03, 0.185), (0.02, 0.222), (0.07, 0.242), (0.3, 0.26)]
                if not back
                else [(-0.3, 0.26), (-0.07, 0.242), (-0.02, 0.222), (0.03, 0.185), (0.052, y - 0.01)]
            )
        if item.neck in ("v-neck", "lapel", "shawl collar", "open neck") and not back:
            bottom = y + depth
            bend = 0.012 if item.neck == "shawl collar" else 0.0
            return [
                (-a, y),
                (-a * 0.5 - bend, y + depth * 0.5),
                (0.0, bottom),
                (a * 0.5 + bend, y + depth * 0.5),
                (a, y),
            ]
        if item.neck == "square neck" and not back:
            return [(-a, y), (-a * 0.94, y + depth), (a * 0.94, y + depth), (a, y)]
        return [(a * math.sin(t), y + depth * math.cos(t)) for t in (math.pi * (i / 16 - 0.5) for i in range(17))]

    def _neckline(self, sheet: Sheet) -> None:
        item = self.item
        front, back = self.neckline(), self.neckline(back=True)
        collars.collar(self, sheet, front, back)
        for edge, sides in ((front, FRONT), (back, BACK)):
            high = sheet.top - 0.1
            sheet.cut([(edge[0][0], high), *edge, (edge[-1][0], high)], sides)
            if edge[0][0] > -0.2:
                sheet.cut(
                    [(-0.3, high), (-0.3, edge[0][1] - 0.02), (edge[0][0], edge[0][1] - 0.02), (edge[0][0], high)],
                    sides,
                )
                sheet.cut(
                    [(0.3, high), (0.3, edge[-1][1] - 0.02), (edge[-1][0], edge[-1][1] - 0.02), (edge[-1][0], high)],
                    sides,
                )
        if item.sleeve == "strap":
            for side in (-1, 1):
                for sides, low in ((FRONT, 0.232), (BACK, 0.25)):
                    strap = [(side * 0.046, 0.15), (side * 0.0555, 0.15), (side * 0.0555, low), (side * 0.046, low)]
                    sheet.fill(strap, shade_of(self.base, 0.9), sides)
                    sheet.cut(strap, sides, alpha=255)
        if item.neck == "keyhole":
            y = shoulder_y(self.cut.neck[0]) + self.cut.neck[1]
            hole = [
                (0.0, y + 0.008),
                (0.013, y + 0.032),
                (0.01, y + 0.046),
                (0.0, y + 0.05),
                (-0.01, y + 0.046),
                (-0.013, y + 0.032),
            ]
            sheet.line(hole, self.ink, 0.006, closed=True)
            sheet.cut(hole)
        if item.closure == "lace-up":
            y = shoulder_y(self.cut.neck[0]) + self.cut.neck[1]
            sheet.cut([(-0.014, y - 0.03), (0.014, y - 0.03), (0.004, y + 0.06), (-0.004, y + 0.06)])

    def _armholes(self, sheet: Sheet) -> None:
        item, cut = self.item, self.cut
        if "sleeve" in cut.profiles or cut.strapped or item.cut == "poncho":
            if item.neck in OPEN_TOPS or item.cut == "poncho":
                return
            if not cut.strapped:
                return
        for side in (-1, 1):
            if cut.strapped:
                edge = [(0.3, 0.15), (0.3, 0.246), (0.105, 0.246), (0.088, 0.238), (0.0562, 0.222), (0.0562, 0.15)]
            elif item.neck == "halter":
                edge = [
                    (0.3, 0.12),
                    (0.3, 0.266),
                    (0.104, 0.264),
                    (0.085, 0.252),
                    (0.056, 0.21),
                    (0.041, 0.175),
                    (0.04, 0.12),
                ]
            elif item.neck == "one-shoulder" and side == 1:
                continue
            else:
                x = armhole(item, cut)
                low = 0.285 if item.cut == "oversized" else 0.262
                edge = [
                    (0.3, 0.12),
                    (0.3, low),
                    (0.1, low),
                    (x + 0.004, low - 0.016),
                    (x - 0.006, 0.225),
                    (x - 0.004, 0.19),
                    (x, 0.12),
                ]
            edge = [(side * x, y) for x, y in edge]
            sheet.line(edge[2:], self.trim if "contrast trim" in item.details else self.ink, 0.008, BOTH)
            sheet.cut(edge, BOTH)

    def _hemline(self, sheet: Sheet) -> None:
        item, cut = self.item, self.cut
        if "leg" in cut.profiles:
            return
        hem = cut.ends["body"]
        half = cut.profiles["body"].at(hem)
        plain = item.cut not in ("high-low", "poncho", "trapeze", "fit & flare") and not {
            "asymmetrical",
            "curved hem",
            "scalloped",
            "lace trim",
        } & (item.details)
        for sides in (BOTH,) if plain else (FRONT, BACK):
            back = sides == BACK
            edge = []
            count = 1 if plain else 32  # a plain hem is straight
            for i in range(-count, count + 1):
                x = i / count * (half + 0.01)
                y = hem_y(item, cut, max(-1.0, min(1.0, x / half)), back)
                if "scalloped" in item.details:
                    y -= 0.016 * (1 - abs(math.sin(x / 0.034 * math.pi)))
                flowing = item.cut in ("trapeze", "fit & flare") and item.fabric in ("chiffon", "satin")
                if flowing or item.category == "Blouse":
                    y -= 0.006 * (1 + math.sin(x * 95))
                edge.append((x, y))
            trims.edge(self, sheet, edge, sides)
            sheet.cut([(-0.5, edge[0][1]), *edge, (0.5, edge[-1][1]), (0.5, hem + 0.3), (-0.5, hem + 0.3)], sides)
        if "slit" in item.details and item.kind in ("dress", "skirt"):
            x = half * 0.42
            sheet.cut([(x, hem + 0.1), (x - 0.004, hem - 0.14), (x + 0.035, hem + 0.1)], BOTH)

    # --- the other parts -------------------------------------------------------------------------------------------

    def sleeve(self) -> Sheet:
        item = self.item
        profile, end = self.cut.profiles["sleeve"], self.cut.ends["sleeve"]
        margin = 0.03 if "fringe" in item.details and item.category in ("Jacket", "Poncho") else 0.002
        raglan = item.sleeve_cut == "raglan"
        colours = (self.second, self.base, self.third) if raglan else None
        sheet = self.cloth(SHOULDER_ALONG - 0.09, end + margin, max(profile.width) + 0.006, colours, plain=raglan)
        trims.cuffs(self, sheet, end)
        if item.neck == "off-the-shoulder":
            sheet.cut([(-1, 0), (1, 0), (1, SHOULDER_ALONG + 0.012), (-1, SHOULDER_ALONG + 0.012)], BOTH)
        edge = []
        for i in range(-16, 17):
            x = i / 16 * (sheet.half + 0.02)
            wave = 0.008 * (1 + math.sin(x * 160)) if item.sleeve_cut == "flutter" else 0.0
            if "scalloped" in item.details:
                wave += 0.012 * (1 - abs(math.sin(x / 0.026 * math.pi)))
            edge.append((x, end - wave))
        sheet.cut([(-1, end), *edge, (1, end), (1, end + 0.2), (-1, end + 0.2)], BOTH)
        return sheet.finish()

    def leg(self) -> Sheet:
        profile, end = self.cut.profiles["leg"], self.cut.ends["leg"]
        sheet = self.cloth(0.45, end + 0.02, max(profile.width) + 0.006)
        makes.inseam(self, sheet, end)
        trims.legs(self, sheet, end)
        return sheet.finish()

    def neck(self) -> Sheet:
        item = self.item
        profile = self.cut.profiles["neck"]
        sheet = self.cloth(profile.along[0] - 0.004, profile.along[-1] + 0.02, max(profile.width) + 0.006)
        top = profile.along[0]
        if item.neck in ("turtleneck", "mock neck"):
            ribs(self, sheet, top - 0.01, 0.2, 0.014)
            if item.neck == "turtleneck":
                sheet.shade([(-1, 0.146), (1, 0.146)], 0.6, 0.006, BOTH)
        elif item.neck == "rib collar":
            sheet.band(top - 0.01, 0.2, self.trim)
            ribs(self, sheet, top - 0.01, 0.2, 0.01)
        # The stand is open at the throat.
        if item.neck in ("collared", "lapel", "rib collar", "tie-neck"):
            gap = {"collared": 0.016, "lapel": 0.034, "rib collar": 0.014, "tie-neck": 0.01}[item.neck]
            sheet.cut(
                [
                    (-gap - 0.012, top - 0.02),
                    (gap + 0.012, top - 0.02),
                    (gap, 0.17),
                    (gap * 0.6, 0.21),
                    (-gap * 0.6, 0.21),
                    (-gap, 0.17),
                ]
            )
            sheet.shade([(-1, top + 0.002), (1, top + 0.002)], 0.75, 0.004, BOTH)
        return sheet.finish()
