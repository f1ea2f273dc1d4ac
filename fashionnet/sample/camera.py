"""From body units to pixels, and from a clean drawing to a photo: exposure, blur, sensor noise, JPEG. Ours."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import cache, cached_property

import cv2
import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Camera:
    """width, height: of the photo in pixels. centre: the body point in the middle of the photo. scale: pixels a body
    unit there. roll: degrees. pitch: by how much a body unit further down looks smaller (the camera looks down)."""

    width: int
    height: int
    centre: tuple[float, float]
    scale: float
    roll: float = 0.0
    pitch: float = 0.0

    @cached_property
    def _direction(self) -> tuple[float, float]:
        return math.cos(math.radians(self.roll)), math.sin(math.radians(self.roll))

    def place(self, x: float, y: float) -> tuple[float, float, float]:
        """A body point → its x and y in pixels, and pixels a body unit there."""
        cos, sin = self._direction
        down = y - self.centre[1]
        scale = self.scale / max(1 + self.pitch * down, 0.3)
        down *= scale
        right = (x - self.centre[0]) * scale
        return right * cos - down * sin + self.width / 2, right * sin + down * cos + self.height / 2, scale


@dataclass(frozen=True)
class Sensor:
    """exposure: gain of red, green and blue. blur: sigma in pixels. motion: length of a shake in pixels along x or y
    (sign picks). noise: spread in grey levels. vignette: darkening of the corners. quality: JPEG's."""

    exposure: tuple[float, float, float] = (1.0, 1.0, 1.0)
    blur: float = 0.0
    motion: int = 0
    noise: int = 0
    vignette: float = 0.0
    quality: int = 90


_TILE = 384  # pixels of the grain's side


@cache
def _grain(spread: int) -> np.ndarray:
    """(_TILE, _TILE, 3) int16 grain of a sensor, grey and a little colour, of which a photo shows a piece."""
    rng = np.random.Generator(np.random.PCG64(20160627 + spread))
    # The sum of two uniform draws: near enough to a normal one, and whole numbers throughout.
    grey = rng.integers(-spread, spread + 1, (2, _TILE, _TILE, 1), np.int16).sum(0, np.int16)
    return grey + rng.integers(-spread, spread + 1, (_TILE, _TILE, 3), np.int16) // 2


def expose(image: np.ndarray, sensor: Sensor, rng: np.random.Generator) -> np.ndarray:
    """(3, H, W) float32 in 0 to 255 → (H, W, 3) uint8 as the sensor gives it."""
    f = np.float32
    _, height, width = image.shape
    gain = np.asarray(sensor.exposure, f)[:, None, None]
    if sensor.vignette:
        y = (np.arange(height, dtype=f)[:, None] - height / 2) / f(height)
        x = (np.arange(width, dtype=f)[None] - width / 2) / f(width)
        gain = gain * (f(1) - f(sensor.vignette) * (x * x + y * y))
    levels = cv2.convertScaleAbs((image * gain).reshape(-1, width))  # rounded and held to 255
    image = cv2.merge(list(levels.reshape(image.shape)))
    if sensor.blur > 0.2:
        size = 3 if sensor.blur <= 0.6 else 5  # further out lies less than a hundredth of it
        if sensor.blur > 0.9:  # beyond what a photo of the sample has
            size = 2 * math.ceil(3 * sensor.blur) + 1
        image = cv2.GaussianBlur(image, (size, size), sensor.blur)
    if sensor.motion:
        size = (abs(sensor.motion), 1) if sensor.motion > 0 else (1, abs(sensor.motion))
        image = cv2.blur(image, size)
    if sensor.noise:
        y, x = int(rng.integers(0, _TILE - height)), int(rng.integers(0, _TILE - width))
        grain = _grain(sensor.noise)[y : y + height, x : x + width]
        image = cv2.add(
            image, grain[:: 1 - 2 * int(rng.integers(0, 2)), :: 1 - 2 * int(rng.integers(0, 2))], dtype=cv2.CV_8U
        )
    return image


def jpeg(image: np.ndarray, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling=2)
    return buffer.getvalue()
