"""Near duplicates among the hashes of a whole collection: three sizes, and beside all pairs at the smallest.

make bench measures up to 100,000 photos. `WHOLE=1 make bench` looks for the near duplicates among 800,000 as well, in a
process of its own whose memory is measured: minutes.
"""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from memory import peak_gigabytes

from fashionnet.quality.duplicates import candidates
from fashionnet.quality.fingerprints import WINDOWS
from fashionnet.quality.index import COARSE, WHOLE

pytestmark = pytest.mark.benchmark

SIZES, OFFICIAL = (25_000, 50_000, 100_000), 800_000
LOOPED = 500  # photos that all pairs are compared for, of the smallest size
COPIES = 0.05  # of the photos, in clusters of two to six
MINUTES, GIGABYTES = 5, 4  # for the whole on two cores
BACKGROUND, GRAIN = 6, 0.8  # directions in which photos differ most, and what each bit has of its own


def hashes(photos, seed=0):
    """(N, WINDOWS, 4) uint64, as crowded as those of photos.

    Bits are signs of sums of a few directions and of something of their own, so that many photos are near each other as
    those on white backdrops are. Of 3,335 real photos' pairs .50 % share a quarter of the first word but for a bit, of
    the rendered sample's .67 %, of these .56 %; of random words' .10 %. A photo's parts have a tenth of the grain drawn
    anew: 25 of 256 bits differ, as a cropped photo's do.
    """
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((BACKGROUND, 256), dtype=np.float32) / np.sqrt(BACKGROUND)
    leaning = 0.25 * rng.standard_normal(256, dtype=np.float32)
    # A copy has the sums of the photo before it, but for a little grain.
    first = np.arange(photos)
    copies = rng.random(photos) < COPIES
    first[copies] = np.maximum(first[copies] - rng.integers(1, 6, copies.sum()), 0)
    found = np.empty((photos, len(WINDOWS), 4), np.uint64)
    for start in range(0, photos, 10_000):
        rows = slice(start, min(start + 10_000, photos))
        own = np.unique(first[rows])
        sums = {}
        drawn = np.random.default_rng([seed, start]).standard_normal((len(own), BACKGROUND), dtype=np.float32)
        grain = np.random.default_rng([seed, start, 1]).standard_normal((len(own), 256), dtype=np.float32)
        sums = drawn @ directions + GRAIN * grain + leaning
        whole = sums[np.searchsorted(own, first[rows])]
        for part in range(len(WINDOWS)):
            moved = whole + 0.2 * rng.standard_normal(whole.shape, dtype=np.float32) * (part > 0 or copies[rows, None])
            found[rows, part] = np.packbits(moved > 0, axis=1).view(np.uint64)
    return found


def all_pairs(looked_for, among):
    """How many pairs are within both radii, each photo and part compared with every photo: NumPy's own popcount."""
    pairs = 0
    for photo in looked_for:
        for part in photo:
            different = among ^ part
            near = np.bitwise_count(different[:, 0]) <= COARSE
            pairs += int((np.bitwise_count(different[near]).sum(1) <= WHOLE).sum())
    return pairs


def found_by_index(own):
    return candidates(own, np.arange(len(own)))


def test_the_index_is_4_times_as_fast_as_all_pairs_and_grows_less_than_quadratically(beside, capsys):
    seconds = {}
    for photos in SIZES:
        own = hashes(photos)
        start = time.process_time()
        pairs = found_by_index(own)
        seconds[photos] = time.process_time() - start
        assert len(pairs) > COPIES * photos / 2
    growth = np.log(seconds[SIZES[-1]] / seconds[SIZES[0]]) / np.log(SIZES[-1] / SIZES[0])
    shown = ", ".join(f"{photos:,}: {taken:.1f} s" for photos, taken in seconds.items())
    with capsys.disabled():
        print(f"\nnear duplicates, processor time: {shown}; grows as the photos to the power of {growth:.2f}")
    assert growth < 1.9
    own = hashes(SIZES[0])
    times = ", ".join(f"{taken / seconds[SIZES[0]]:.1f} times as long among {photos:,}"
                      for photos, taken in seconds.items() if photos > SIZES[0])  # fmt: skip
    beside(
        lambda: found_by_index(own), lambda: all_pairs(own[:LOOPED], own[:, 0]),
        f"near duplicates among {SIZES[0]:,} photos ({times}, processor time)", "all pairs with NumPy", least=4,
        rounds=2, photos=LOOPED / SIZES[0],
    )  # fmt: skip


@pytest.mark.skipif("WHOLE" not in os.environ, reason="takes minutes: WHOLE=1 make bench")
@pytest.mark.timeout(3600)
def test_the_official_size_is_searched_within_5_minutes_and_4_gb(within):
    measured = json.loads(subprocess.check_output([sys.executable, __file__]))
    within(
        f"near duplicates among {OFFICIAL:,} photos",
        measured["seconds"],
        measured["gigabytes"],
        GIGABYTES,
        MINUTES * 60,
    )


def whole():
    own = hashes(OFFICIAL)
    start = time.perf_counter()
    found_by_index(own)
    return {"seconds": time.perf_counter() - start, "gigabytes": peak_gigabytes()}


if __name__ == "__main__":
    print(json.dumps(whole()))
