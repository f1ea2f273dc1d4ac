"""Whether two pictures are one photo: laid over each other, brought to one brightness, compared place by place.

Ours. A perceptual hash cannot tell a copy from another garment in the same pose; what a copy goes through can be undone
instead. Re-sizing, cropping and shifting are an affine map that enhanced correlation finds (Evangelidis and Psarakis,
PAMI 2008); brightness and gamma are one curve that the three channels share, so that it cannot recolour a garment.
What is then left of a copy is the noise of its compression, everywhere alike. Another collar or pocket leaves a spot,
another print or pleats an area, another colour a hue. Another shade of the same colour on a white backdrop leaves
nothing where gamma could have made it: then two garments pass for one.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

LONG = 160  # pixels of the long side at which photos are compared: a pocket is seen, and a pair takes 10 ms
COARSE, FINE = ((0.25, 30, 5), (0.5, 20, 5)), ((1.0, 8, 3),)  # of the alignment: scale, steps, blur in pixels
MOST_SCALED, MOST_SHEARED, MOST_SHIFTED = 0.2, 0.04, 0.15  # shares of the side: a copy keeps nearly all of the photo
ALIKE = 0.75  # correlation of the aligned photos' luminance; copies stay above 0.9
BLACK, WHITE = 4, 250  # grey levels beyond which a photo is clipped, compression included

# What a copy may have left, in grey levels and averaged over a square of so many pixels. Chosen on copies of rendered
# and real photos (JPEG quality 25 to 95, half to twice the size, up to 6 % cut off each side, brightness, gamma), of
# which 98.7 % stay within all three, and on 2,000 rendered pairs that differ in one attribute, of which nine do: in
# eight it lies outside the frame or under another garment, in the ninth only stripes are drawn anew.
SPOT = (3, 18.0)  # the difference, smoothed by a pixel
AREA = (13, 9.5)  # the difference as it is, its channels' mean
HUE = (13, 8.0)  # between the channels' mean differences
# How much more a noisy copy may have: grey levels plus a multiple of the median difference, and the most.
NOISE, MOST_NOISE = (0.5, 2.0), 2.0


def difference(one: Image.Image, other: Image.Image) -> float:
    """How different two RGB photos are at their most different place, as a multiple of what a copy may be.

    At most 1: one photo. Infinite where they cannot be laid over each other. A mirrored copy has to be turned first.
    """
    overlap = _overlap(one, other)
    if overlap is None:
        return float("inf")
    first, second = overlap
    warp = _align(first, second, FINE)
    if warp is None:
        return float("inf")
    second, inside = _laid_over(second, warp)
    if not inside.any():
        return float("inf")
    # From the darker to the brighter: what the brighter one has lost at its white end, the darker one still has.
    dark, bright = (first, second) if first.mean() <= second.mean() else (second, first)
    left = np.where(inside[..., None], _toned(dark, bright, inside) - bright, 0).astype(np.float32)
    smooth = cv2.GaussianBlur(left, (0, 0), 1.0)
    smooth[~inside] = 0
    noise = np.clip(NOISE[0] + NOISE[1] * np.median(np.abs(smooth)[inside]), 1, MOST_NOISE)
    spot = cv2.blur(np.abs(smooth).max(axis=2), (SPOT[0],) * 2).max() / SPOT[1]
    area = cv2.blur(np.abs(left).mean(axis=2), (AREA[0],) * 2).max() / AREA[1]
    hue = np.ptp(cv2.blur(smooth, (HUE[0],) * 2), axis=2).max() / HUE[1]
    return float(max(spot, area, hue) / noise)


def _overlap(one: Image.Image, other: Image.Image) -> tuple[np.ndarray, np.ndarray] | None:
    """What both photos show, at one size and each re-sampled once; None where they do not show the same.

    The long side is that of the smaller of the two parts, at most LONG.
    """
    long = min(max(one.size), max(other.size), LONG)
    width, height = (max(16, round(side * long / max(one.size))) for side in one.size)
    frames = [np.asarray(photo.resize((width, height), Image.Resampling.BILINEAR)) for photo in (one, other)]
    warp = _align(*frames, COARSE)
    if warp is None:
        return None
    across = _common(warp[0, 0], warp[0, 2] + warp[0, 1] * height / 2, width)
    down = _common(warp[1, 1], warp[1, 2] + warp[1, 0] * width / 2, height)
    boxes = []
    for photo, (left, right), (top, bottom) in zip((one, other), across, down, strict=True):
        x, y = photo.width / width, photo.height / height
        boxes.append((left * x, top * y, right * x, bottom * y))
    sides = [(right - left, bottom - top) for left, top, right, bottom in boxes]
    long = min(*(max(own) for own in sides), LONG)
    size = tuple(max(16, round(side * long / max(sides[0]))) for side in sides[0])
    return tuple(
        np.asarray(photo.resize(size, Image.Resampling.BILINEAR, box=box))
        for photo, box in zip((one, other), boxes, strict=True)
    )


def _common(scale: float, shift: float, side: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where two lines of `side` pixels overlap, in either's units; pixel k lies on scale * k + shift of the other."""
    shift += (1 - scale) / 2  # from the pixels' centres to their edges
    low, high = max(0, -shift / scale), min(side, (side - shift) / scale)
    ends = (max(0, scale * low + shift), min(side, scale * high + shift))
    return (float(low), float(high)), (float(ends[0]), float(ends[1]))


def _align(first: np.ndarray, second: np.ndarray, levels: tuple[tuple[float, int, int], ...]) -> np.ndarray | None:
    """The (2, 3) affine map from the first photo's pixels to the second's, None where there is none for a copy."""
    grey = [cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32) for photo in (first, second)]
    warp, correlation = np.eye(2, 3, dtype=np.float32), 0.0
    for scale, steps, blur in levels:
        one, other = (cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for photo in grey)
        start = warp.copy()
        start[:, 2] *= scale
        until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, steps, 1e-4)
        try:
            correlation, found = cv2.findTransformECC(one, other, start, cv2.MOTION_AFFINE, until, None, blur)
        except cv2.error:  # it did not converge: the next level starts where the last one ended well
            continue
        found[:, 2] /= scale
        if _plausible(found, max(first.shape)):
            warp = found
    return warp if correlation >= ALIKE else None


def _plausible(warp: np.ndarray, side: int) -> bool:
    scaled, sheared = np.abs(np.diag(warp) - 1).max(), max(abs(warp[0, 1]), abs(warp[1, 0]))
    shifted = np.abs(warp[:, 2]).max() / side
    return scaled <= MOST_SCALED and sheared <= MOST_SHEARED and shifted <= MOST_SHIFTED


def _laid_over(photo: np.ndarray, warp: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The photo where the map puts it, and (H, W) bool: where it covers the other, two pixels of its edge left out."""
    size = photo.shape[1::-1]
    moved = cv2.warpAffine(photo, warp, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    whole = np.full(photo.shape[:2], 255, np.uint8)
    inside = cv2.warpAffine(whole, warp, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return moved, cv2.erode(inside, np.ones((5, 5), np.uint8), borderValue=0) > 0


def _toned(dark: np.ndarray, bright: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """`dark` with the brightness of `bright`: a parabola of the grey levels, the same for the three channels.

    Fitted to smoothed photos by least absolute differences, so that a part that differs does not bend it.
    """
    smooth = [cv2.GaussianBlur(photo, (0, 0), 1.0) for photo in (dark, bright)]
    usable = inside[..., None] & (smooth[0] >= BLACK) & (smooth[0] <= WHITE)
    source, target = (levels[usable][::7].astype(np.float64) / 255 for levels in smooth)
    terms = np.stack([np.ones_like(source), source, source**2], axis=1)
    high, low = target > WHITE / 255, target < BLACK / 255
    curve, weights = np.array([0.0, 1.0, 0.0]), np.where(high | low, 0.0, 1.0)
    slight = len(source) * np.diag([1e-6, 1e-6, 1e-3])  # a photo of one grey level does not decide three numbers
    for _ in range(8 if len(source) >= 50 else 0):
        weighted = (terms * weights[:, None]).T
        curve = np.linalg.solve(weighted @ terms + slight, weighted @ target)
        left = terms @ curve - target
        # Where the brighter photo is white, the curve is right anywhere above; where it is black, anywhere below.
        weights = np.where((high & (left > 0)) | (low & (left < 0)), 0.0, 1 / np.maximum(np.abs(left), 0.01))
    level = np.arange(256) / 255
    return np.clip(255 * (curve[0] + curve[1] * level + curve[2] * level**2), 0, 255).astype(np.float32)[dark]
