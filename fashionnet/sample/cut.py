"""How a garment is cut: the outlines of its tubes in body units. Ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from fashionnet.sample.catalogue import Item
from fashionnet.sample.fabrics import drape
from fashionnet.sample.figure import HIP_X, LEG_W, LEG_Y, TORSO_W, TORSO_Y
from fashionnet.sample.interpolate import lerp

HEM = {
    "crop": 0.368,
    "regular": 0.475,
    "longline": 0.575,
    "hip": 0.53,
    "mini": 0.6,
    "knee": 0.7,
    "midi": 0.8,
    "maxi": 0.925,
}
LEG_HEM = {"hot": 0.572, "short": 0.63, "ankle": 0.895, "full": 0.955}
SLEEVE_END = {"cap": 0.05, "short": 0.105, "three-quarter": 0.235, "long": 0.305}
SHOULDER_ALONG = 0.2  # the sleeve sheet's y at the shoulder, so that stripes meet the body's
COAT_HEM = {"mini": 0.63, "knee": 0.735, "midi": 0.83}

# neckline: half-width, depth in front, depth at the back
NECKS = {
    "crew neck": (0.043, 0.026, 0.008),
    "v-neck": (0.046, 0.088, 0.01),
    "scoop neck": (0.056, 0.07, 0.02),
    "boat neck": (0.078, 0.016, 0.01),
    "square neck": (0.058, 0.058, 0.02),
    "keyhole": (0.043, 0.022, 0.008),
    "cowl neck": (0.062, 0.055, 0.01),
    "mock neck": (0.038, 0.012, 0.004),
    "turtleneck": (0.038, 0.012, 0.004),
    "collared": (0.04, 0.034, 0.004),
    "peter pan collar": (0.043, 0.026, 0.006),
    "tie-neck": (0.041, 0.03, 0.006),
    "lapel": (0.045, 0.15, 0.004),
    "shawl collar": (0.046, 0.14, 0.004),
    "hooded": (0.046, 0.045, 0.004),
    "rib collar": (0.042, 0.02, 0.004),
    "open neck": (0.045, 0.05, 0.008),
    "halter": (0.038, 0.034, 0.03),
    "one-shoulder": (0.05, 0.05, 0.05),
}
OPEN_TOPS = ("strapless", "sweetheart", "off-the-shoulder")


@dataclass(frozen=True)
class Profile:
    """Half-width of a tube along its sheet, body units."""

    along: tuple[float, ...]
    width: tuple[float, ...]

    def at(self, along: float) -> float:
        return lerp(along, self.along, self.width)


@dataclass(frozen=True)
class Cut:
    """Tubes that a garment has, by part: body, sleeve, leg, neck, hood; `ends`: where each part's cloth ends."""

    profiles: dict[str, Profile]
    ends: dict[str, float]
    top: float  # where the body's cloth begins at the side of the neck or at the waist
    neck: tuple[float, float, float]
    strapped: bool  # the top edge lies below the shoulders: strapless, on straps, or off the shoulder


def body_width(y: float) -> float:
    """Of the wearer with legs closed."""
    return lerp(y, (*TORSO_Y[:-1], 0.6, 0.725, 0.95), (*TORSO_W[:-1], 0.094, 0.08, 0.068))


def _flare(item: Item, y: float, hem: float) -> float:
    """The body's half-width at y below the arms."""
    b = body_width(y)
    loose = 0.1 + 0.004
    cut = item.cut
    waisted = max(b + 0.006, 0.0)
    if cut in ("fitted", "bodycon", "pencil"):
        return b + 0.006
    if cut in ("regular", "leggings", "slim", "skinny"):
        return 0.5 * (b + 0.012) + 0.5 * max(b + 0.006, loose + 0.006)
    if cut == "oversized":
        return max(b + 0.02, 0.132)
    if cut == "bomber":
        return lerp(y, (0.25, 0.36, 0.45, 0.475), (0.112, 0.122, 0.118, 0.1))
    if cut == "trapeze":
        return 0.1 + max(0.0, y - 0.24) * 0.27
    if cut == "empire waist":
        return b + 0.007 if y < 0.305 else 0.096 + (y - 0.305) * 0.22
    if cut == "peplum":
        if y <= 0.38:
            return waisted
        reach = min(hem, 0.5) - 0.38
        if y <= 0.38 + reach:
            return 0.08 + (y - 0.38) * 0.66
        return b + 0.007
    if cut in ("fit & flare", "high-low"):
        return waisted if y <= 0.385 else 0.078 + (y - 0.385) * (0.66 if hem < 0.75 else 0.42)
    if cut == "a-line":
        return waisted if y <= 0.385 else 0.078 + max(b - 0.066 - (y - 0.385) * 0.1, 0) * 0.55 + (y - 0.385) * 0.34
    if cut == "shift":
        return max(b + 0.006, 0.102 + (y - 0.25) * 0.05)
    if cut == "drop waist":
        return max(b + 0.007, 0.101) if y <= 0.475 else 0.106 + (y - 0.475) * 0.55
    if cut == "tiered":
        if y <= 0.385:
            return waisted + 0.004
        tiers = (hem - 0.385) / 3
        step, rest = divmod(y - 0.385 - 1e-6, tiers)
        return 0.082 + 0.022 * min(step, 2) + (rest / tiers) * 0.034
    if cut == "coat":
        return max(b + 0.014, 0.111 + max(0.0, y - 0.4) * 0.08)
    if cut in ("kimono", "robe"):
        return 0.112 + (y - 0.25) * (0.06 if cut == "robe" else 0.12)
    if cut == "caftan":
        return 0.125 + (y - 0.25) * 0.07
    return max(b + 0.008, 0.09)


def _trunk(item: Item, top: float, bottom: float, hem: float) -> Profile:
    thick = drape(item.fabric).thick
    levels = [
        y
        for y in (0.15, 0.165, 0.178, 0.19, 0.205, 0.228, 0.25, 0.305, 0.345, 0.385, 0.43, 0.475, 0.53, 0.6, 0.7, 0.8)
        if top < y < bottom - 0.012
    ]
    if item.cut == "tiered":
        tiers = (hem - 0.385) / 3
        levels = [y for y in levels if y <= 0.385]
        levels += [
            0.385 + tiers * k + e
            for k in (0, 1, 2)
            for e in ((0.003,) if not k else (-0.001, 0.003))
            if top < 0.385 + tiers * k + e
        ]
    levels = sorted({top, *levels, bottom})
    if item.cut == "poncho":
        return Profile(
            tuple(levels),
            tuple(
                lerp(
                    y,
                    (0.15, 0.165, 0.19, 0.25, 0.32, 0.4, 0.52),
                    (0.036, 0.046, 0.088, 0.142, 0.19, 0.228, 0.262),
                )
                for y in levels
            ),
        )
    widths = []
    roomy = 0.008 if item.cut in ("oversized", "kimono", "robe", "caftan", "coat", "bomber") else 0.0
    for y in levels:
        upper = body_width(y) + 0.003 + thick * 0.6 + roomy * lerp(y, (0.17, 0.2), (0, 1))
        lower = _flare(item, y, hem) + thick
        if item.sleeve_cut == "dolman":  # a web of cloth from the elbow to the waist
            lower += 0.055 * max(0.0, 1 - abs(y - 0.275) / 0.12)
        share = lerp(y, (0.205, 0.26), (0, 1))
        widths.append(upper + (lower - upper) * share)
    return Profile(tuple(levels), tuple(widths))


def _sleeve(item: Item, end: float) -> Profile:
    thick = drape(item.fabric).thick
    along = sorted({-0.004, 0.02, 0.05, 0.11, 0.165, 0.21, 0.26, end})
    along = [d for d in along if d <= end]
    ease = {
        "oversized": 0.01,
        "fitted": -0.001,
        "bodycon": -0.001,
        "coat": 0.006,
        "robe": 0.01,
        "bomber": 0.01,
    }.get(item.cut, 0.003)
    widths = []
    for d in along:
        w = (
            lerp(d, (-0.004, 0.02, 0.05, 0.165, 0.31), (0.0315, 0.035, 0.0355, 0.0305, 0.0235))
            + ease * min(1, 0.2 + max(d, 0) * 12)
            + thick * min(1, 0.4 + max(d, 0) * 10)
        )
        if item.sleeve_cut == "bell":
            w += max(0.0, d - (end - 0.1)) * 0.42
        elif item.sleeve_cut == "puff":
            full = 0.028 if end < 0.15 else 0.022
            middle = min(end * 0.45, 0.06) if end < 0.15 else end - 0.05
            w += full * max(0.0, 1 - abs(d - middle) / (0.05 if end < 0.15 else 0.075))
        elif item.sleeve_cut == "flutter":
            w += max(0.0, d + 0.01) * 0.3
        elif item.sleeve_cut == "dolman":
            w += 0.012 * max(0.0, 1 - abs(d - 0.07) / 0.07)
        elif item.sleeve_cut in ("kimono", "wide", "caftan"):
            w = 0.04 + max(d, 0) * (0.06 if item.sleeve_cut == "wide" else 0.13)
            if item.sleeve_cut == "kimono":  # square
                w = 0.036 + min(max(d, 0), 0.08) * 0.48
        elif item.cut == "bomber":
            w += 0.006 * max(0.0, 1 - abs(d - 0.24) / 0.06)
        elif end < 0.15 and item.cut == "oversized":
            w += 0.004
        widths.append(w)
    return Profile(tuple(along), tuple(widths))


def leg_width(item: Item, y: float, end: float) -> float:
    b = lerp(y, LEG_Y, LEG_W)
    cut = item.cut
    tables = {
        "straight-leg": (0.057, 0.045, 0.04),
        "straight": (0.058, 0.05, 0.05),
        "bootcut": (0.054, 0.0375, 0.05),
        "flared": (0.054, 0.0375, 0.07),
        "wide-leg": (0.062, 0.064, 0.072),
        "tapered": (0.06, 0.047, 0.03),
        "boyfriend": (0.061, 0.053, 0.042),
    }
    if cut == "flared" and end < 0.7:
        return max(b + 0.005, lerp(y, (0.5, 0.65), (0.055, 0.07)))
    if cut == "straight" and end < 0.7:
        return max(b + 0.005, 0.0565)
    if cut in tables:
        return max(b + 0.004, lerp(y, (0.52, 0.725, 0.95), tables[cut]))
    return b + {"leggings": 0.0015, "slim": 0.006}.get(cut, 0.003)


def leg_shift(width: float, y: float) -> float:
    """How far outwards a trouser leg of this half-width hangs, so that wide legs leave a gap between them."""
    return max(0.0, width - 0.044) * lerp(y, (0.51, 0.6), (0, 1))


@lru_cache(maxsize=256)
def cut_of(item: Item) -> Cut:
    profiles: dict[str, Profile] = {}
    ends: dict[str, float] = {}
    strapped = False
    neck = NECKS.get(item.neck, (0.05, 0.05, 0.03))
    if item.kind in ("top", "dress", "jumpsuit"):
        strapped = item.neck in OPEN_TOPS or item.sleeve == "strap"
        top = 0.15
        if item.kind == "jumpsuit":
            hem = 0.56
        elif item.kind == "dress":
            hem = (COAT_HEM if item.category == "Coat" else HEM).get(item.length, HEM["mini"])
        else:
            hem = 0.52 if item.cut == "poncho" else HEM[item.length]
        profiles["body"] = _trunk(item, top, hem, hem)
        ends["body"] = hem
        if item.neck in ("turtleneck", "mock neck"):
            rise = 0.112 if item.neck == "turtleneck" else 0.138
            profiles["neck"] = Profile((rise, 0.15, 0.176), (0.039, 0.041, 0.05))
            ends["neck"] = 0.178
        elif item.neck in ("collared", "rib collar", "lapel", "tie-neck"):
            profiles["neck"] = Profile((0.143, 0.16, 0.178), (0.037, 0.041, 0.052))
            ends["neck"] = 0.176
    else:
        top = 0.366 if "high-rise" in item.details else 0.405
        hem = 0.56 if item.kind == "trousers" else HEM[item.length]
        profiles["body"] = _trunk(item, top, hem, hem)
        ends["body"] = hem
    if item.sleeve in SLEEVE_END:
        end = SLEEVE_END[item.sleeve]
        profiles["sleeve"] = _sleeve(item, end)
        ends["sleeve"] = end + SHOULDER_ALONG
    if item.kind in ("trousers", "jumpsuit"):
        end = LEG_HEM[item.length]
        levels = [y for y in (0.47, 0.53, 0.6, 0.66, 0.725, 0.8, 0.87) if y < end - 0.02] + [end]
        profiles["leg"] = Profile(
            tuple(levels),
            # Narrower where it begins, inside the seat: from the side it would stand out of it.
            tuple((leg_width(item, y, end) + drape(item.fabric).thick) * (0.82 if y < 0.5 else 1) for y in levels),
        )
        ends["leg"] = end
        # The seat runs into the legs without a step.
        body = profiles["body"]
        seat = tuple(
            w + (HIP_X + leg_width(item, y, end) - w) * lerp(y, (0.45, 0.53), (0, 1))
            for y, w in zip(body.along, body.width)
        )
        profiles["body"] = Profile(body.along, seat)
    return Cut(profiles, ends, top, neck, strapped)


def shoulder_y(x: float) -> float:
    """The height at which the shoulder's slope is `x` from the middle."""
    return lerp(x, TORSO_W[:5], TORSO_Y[:5])
