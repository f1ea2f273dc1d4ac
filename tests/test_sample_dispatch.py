"""The sample's bytes do not depend on the processor's wide vector instructions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PHOTOS = 40
ROOT = Path(__file__).parents[1]
SETTINGS = ("NPY_DISABLE_CPU_FEATURES", "OPENCV_CPU_DISABLE", "OPENCV_IPP")

# Draws photos spread over the tiny sample, prints a digest of each one's file and what the libraries dispatch to.
DRAW = f"""
import hashlib
import cv2
import numpy as np
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from fashionnet.sample.camera import jpeg
from fashionnet.sample.plan import plan
from fashionnet.sample.shooting import shoot

cv2.setNumThreads(1)
print(*(name for name in __cpu_dispatch__ if __cpu_features__[name]))
print(cv2.getCPUFeaturesLine())
shots = plan("tiny", 0)
for k in np.linspace(0, len(shots) - 1, {PHOTOS}).astype(int):
    photo, quality = shoot(shots[k])
    drawn = photo.image.tobytes() + photo.parts.tobytes()  # a JPEG alone would swallow a difference in a last bit
    print(hashlib.sha256(drawn + jpeg(photo.image, quality)).hexdigest(), shots[k].image_name)
"""


def of_opencv(line: str) -> list[str]:
    """What OpenCV dispatches to: marked with a star, and with a question mark where it is missing or turned off."""
    return [word[1:] for word in line.split() if word.startswith("*") and not word.endswith("?")]


def draw(**settings: str) -> tuple[list[str], list[str], list[str]]:
    """numpy's and OpenCV's dispatched features, and a line for each photo, of a process with environment `settings`."""
    environment = {k: v for k, v in os.environ.items() if k not in SETTINGS}
    command = [sys.executable, "-c", DRAW]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    numpy_line, opencv_line, *photos = done.stdout.splitlines()
    return numpy_line.split(), of_opencv(opencv_line), photos


def test_bytes_are_the_same_without_wide_vector_instructions():
    by_numpy, by_opencv, photos = draw()
    if not by_numpy and not by_opencv:
        pytest.skip("numpy and OpenCV find no vector instructions here that could be turned off")
    off = " ".join(by_numpy), ",".join(by_opencv), "disabled"
    left_by_numpy, left_by_opencv, narrow = draw(**dict(zip(SETTINGS, off)))
    print(f"turned off: {by_numpy} in numpy, {by_opencv} and IPP in OpenCV")
    assert (left_by_numpy, left_by_opencv) == ([], [])
    assert len(set(photos)) == len(narrow) == PHOTOS
    different = [photo for photo, other in zip(photos, narrow) if photo != other]
    assert not different, f"{len(different)} photos change without {by_numpy} and {by_opencv}: {different[:3]}"
