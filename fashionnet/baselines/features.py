"""Features that need no training: histograms of oriented gradients, and of colour. Ours, with textbook settings."""

from __future__ import annotations

import cv2
import numpy as np
from joblib import Parallel, delayed
from skimage.feature import hog

from fashionnet.prepare.crops import Crops
from fashionnet.prepare.photos import PADDING

SIDE = 96  # pixels at which gradients are taken, whatever the crops' size
CELL = 12  # pixels; with 2 x 2 cells a block and 9 orientations as Dalal and Triggs (2005) found best
CHUNK = 64


def gradients(crops: Crops, threads: int) -> np.ndarray:
    """(N, S, S, 3) uint8 → (N, D) float32 histograms of oriented gradients of the grey picture."""
    return _chunked(_gradients, crops, threads)


def colour_grid(crops: Crops, threads: int, cells: int = 4) -> np.ndarray:
    """(N, S, S, 3) uint8 → (N, cells² · 6) float32, mean and deviation of each cell's colour in CIELAB."""
    return _chunked(_colour_grid, crops, threads, cells)


def colour_histograms(crops: Crops, threads: int, cells: int) -> np.ndarray:
    """(N, S, S, 3) uint8 → (N, cells² · 256) float32 roots of joint CIELAB histograms of the crop's cells.

    Padding is left out. The root makes the Euclidean distance of two histograms Hellinger's (Arandjelović and
    Zisserman 2012), which compares colours far better than the plain distance does.
    """
    return _chunked(_colour_histograms, crops, threads, cells)


def _chunked(function, crops: Crops, threads: int, *arguments) -> np.ndarray:
    starts = range(0, max(len(crops), 1), CHUNK)
    parts = Parallel(n_jobs=threads)(
        delayed(function)(np.asarray(crops[start : start + CHUNK]), *arguments) for start in starts
    )
    return np.concatenate(parts)


def _gradients(crops: np.ndarray) -> np.ndarray:
    size = (SIDE // CELL - 1) ** 2 * 4 * 9
    found = np.empty((len(crops), size), np.float32)
    for row, crop in enumerate(crops):
        grey = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        found[row] = hog(grey, orientations=9, pixels_per_cell=(CELL, CELL), cells_per_block=(2, 2))
    return found


def _lab(crop: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)


def _colour_grid(crops: np.ndarray, cells: int) -> np.ndarray:
    found = np.empty((len(crops), cells, cells, 6), np.float32)
    for row, crop in enumerate(crops):
        for y, band in enumerate(np.array_split(_lab(crop), cells, axis=0)):
            for x, cell in enumerate(np.array_split(band, cells, axis=1)):
                pixels = cell.reshape(-1, 3).astype(np.float32)
                found[row, y, x] = np.concatenate([pixels.mean(0), pixels.std(0)])
    return found.reshape(len(crops), -1)


def _colour_histograms(crops: np.ndarray, cells: int) -> np.ndarray:
    found = np.zeros((len(crops), cells, cells, 256), np.float32)
    for row, crop in enumerate(crops):
        lab = _lab(crop).astype(np.int64)
        # 4 steps of lightness and 8 of each colour axis: garments differ more in hue than in light.
        code = (lab[..., 0] // 64 * 8 + np.clip((lab[..., 1] - 64) // 16, 0, 7)) * 8
        code += np.clip((lab[..., 2] - 64) // 16, 0, 7)
        code[(crop == PADDING).all(-1)] = -1
        for y, band in enumerate(np.array_split(code, cells, axis=0)):
            for x, cell in enumerate(np.array_split(band, cells, axis=1)):
                found[row, y, x] = np.bincount(cell[cell >= 0], minlength=256)
    found = found.reshape(len(crops), -1)
    return np.sqrt(found / np.maximum(found.sum(1, keepdims=True), 1))
