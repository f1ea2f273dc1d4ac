"""What happens to a photo on its way through the web: cropped, re-sized, brightened, compressed again. Ours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from fashionnet.sample.benchmarks import Labels

FAMILIES = ("resized", "recompressed", "cropped", "brightness", "mix")


@dataclass(frozen=True)
class Change:
    """In this order: crop: pixels cut off left, top, right and bottom; size: width and height that the rest is brought
    to; gain, in thousandths, and offset: of the grey levels; quality: of the JPEG."""

    crop: tuple[int, int, int, int]
    size: tuple[int, int]
    gain: int
    offset: int
    quality: int

    def image(self, photo: Image.Image) -> np.ndarray:
        """(H, W, 3) uint8, the changed photo before it is compressed."""
        left, top, right, bottom = self.crop
        kept = photo.crop((left, top, photo.width - right, photo.height - bottom))
        if kept.size != self.size:
            kept = kept.resize(self.size, Image.Resampling.LANCZOS)
        levels = (np.arange(256) * self.gain + 500) // 1000 + self.offset  # whole numbers: the same on every machine
        return np.clip(levels, 0, 255).astype(np.uint8)[np.asarray(kept)]

    def labels(self, labels: Labels, size: tuple[int, int]) -> Labels:
        """What is to be said of the changed photo; size: the width and height before. A landmark that was cut off is
        truncated, a joint invisible."""
        corner, end = np.array(self.crop[:2]), np.array(self.size)
        scale = end / (np.array(size) - self.crop[:2] - self.crop[2:])

        def moved(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            points = np.floor((points + 0.5 - corner) * scale)
            return points, ((points < 0) | (points >= end)).any(1)

        low = np.clip(np.floor((np.array(labels.box[:2]) - corner) * scale), 0, end - 1)
        high = np.clip(np.ceil((np.array(labels.box[2:]) - corner) * scale), low + 1, end)
        points, lost = moved(labels.points)
        joints, lost_joints = moved(labels.joints)
        return replace(
            labels,
            box=tuple(int(value) for value in (*low, *high)),
            points=points,
            visibility=np.where(lost & (labels.visibility >= 0), 2, labels.visibility).astype(np.int8),
            joints=joints,
            joint_visibility=np.where(lost_joints, 1, labels.joint_visibility).astype(np.int8),
        )


def draw_change(rng: np.random.Generator, family: str, size: tuple[int, int]) -> Change:
    """A change of one of FAMILIES, of a strength at which a person still sees one photo; size: width and height.

    "mix": two to four of the others at once.
    """
    kinds = [family]
    if family == "mix":
        kinds = [FAMILIES[k] for k in rng.permutation(4)[: int(rng.integers(2, 5))]]
    crop, (width, height), gain, offset = (0, 0, 0, 0), size, 1000, 0
    quality = int(rng.integers(86, 96))  # what a copy is saved with where nothing else is done to it
    if "cropped" in kinds:
        shares = rng.integers(5, 61, 4).tolist()
        crop = tuple(max(1, side * share // 1000) for side, share in zip((width, height) * 2, shares))
        width, height = width - crop[0] - crop[2], height - crop[1] - crop[3]
    if "resized" in kinds:
        percent = int(rng.integers(50, 86)) if rng.integers(0, 2) else int(rng.integers(120, 201))
        width, height = width * percent // 100, height * percent // 100
    if "brightness" in kinds:
        gain = int(rng.integers(760, 931)) if rng.integers(0, 2) else int(rng.integers(1070, 1301))
        offset = int(rng.integers(-12, 13))
    if "recompressed" in kinds:
        quality = int(rng.integers(25, 81))
    return Change(crop, (width, height), gain, offset, quality)
