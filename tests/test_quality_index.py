"""The index of hashes finds what a double loop finds; hashes of copies are near."""

import hashlib
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from fashionnet.quality import fingerprint
from fashionnet.quality.fingerprints import COLUMNS, MIRROR, WINDOWS, fingerprint_table, hashes_of
from fashionnet.quality.index import COARSE, WHOLE, near


def loop(queries, base):
    """Every pair within both radii, bit by bit."""
    pairs = set()
    for one, query in enumerate(queries):
        for other, hash_ in enumerate(base):
            first = bin(int(query[0]) ^ int(hash_[0])).count("1")
            all_words = sum(bin(int(a) ^ int(b)).count("1") for a, b in zip(query, hash_))
            if first <= COARSE and all_words <= WHOLE:
                pairs.add((one, other))
    return pairs


def flipped(rng, word, most):
    """A hash with up to `most` bits of each word changed."""
    other = word.copy()
    for place in range(len(word)):
        for bit in rng.choice(64, int(rng.integers(0, most + 1)), replace=False):
            other[place] ^= np.uint64(1 << int(bit))
    return other


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 25), st.integers(0, 25), st.integers(1, 24))
def test_it_finds_exactly_the_pairs_of_a_double_loop(seed, queries, base, most):
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, 2**64, (3, 4), dtype=np.uint64)
    # Distances to either side of both radii: of two hashes that lie about the same centre, up to twice `most` a word.
    left, right = (
        np.array([flipped(rng, centres[rng.integers(3)], most) for _ in range(count)], np.uint64).reshape(-1, 4)
        for count in (queries, base)
    )
    one, other = near(left, right)
    assert len(one) == len(set(zip(one.tolist(), other.tolist())))
    assert set(zip(one.tolist(), other.tolist())) == loop(left, right)


@pytest.mark.parametrize("coarse", [COARSE, COARSE + 1])
@pytest.mark.parametrize("spread", [(0, 1, 2, 3), (3, 3, 3, 3), (0, 0, 0, 1)])
def test_the_first_word_may_differ_by_its_radius_wherever_the_bits_lie(coarse, spread):
    """`coarse` bits dealt to the four quarters in turn: the radius is what every way to deal them is found within."""
    bits = [16 * spread[k % 4] + k for k in range(coarse)]
    other = np.zeros((1, 4), np.uint64)
    other[0, 0] = sum(1 << bit for bit in bits)
    assert len(near(np.zeros((1, 4), np.uint64), other)[0]) == (coarse <= COARSE)


@pytest.mark.parametrize("whole", [WHOLE, WHOLE + 1])
def test_all_words_may_differ_by_their_radius(whole):
    other = np.zeros((1, 4), np.uint64)
    other[0, 3] = (1 << whole) - 1
    assert len(near(np.zeros((1, 4), np.uint64), other)[0]) == (whole <= WHOLE)


def test_many_alike_are_compared_in_blocks(monkeypatch):
    monkeypatch.setattr("fashionnet.quality.index.AT_ONCE", 7)
    same = np.zeros((20, 4), np.uint64)
    one, other = near(same, same)
    assert list(zip(one, other)) == [(i, j) for i in range(20) for j in range(20)]


def photo(seed=0, size=(90, 120)):
    """Colours that vary at every scale, the more the larger, as in photos."""
    rng = np.random.default_rng(seed)
    levels = np.full((size[1], size[0], 3), 128.0)
    for cells, strength in ((3, 60), (7, 30), (15, 20), (31, 12)):
        patch = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        levels += (np.asarray(patch.resize(size, Image.Resampling.BICUBIC)) - 128.0) * strength / 128
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def saved(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return Image.open(buffer).convert("RGB")


def test_the_same_pixels_have_one_digest_however_they_are_stored():
    decoded = saved(photo(), "JPEG", quality=80)
    digest = fingerprint(decoded).digest
    assert digest == hashlib.sha256(b"90 120 " + np.asarray(decoded).tobytes()).hexdigest()
    assert fingerprint(saved(decoded, "PNG")).digest == digest
    assert fingerprint(saved(decoded, "BMP")).digest == digest
    assert fingerprint(saved(decoded, "JPEG", quality=80)).digest != digest
    # The same bytes in another shape are another photo.
    turned = Image.frombytes("RGB", (120, 90), decoded.tobytes())
    assert fingerprint(turned).digest != digest


def distance(one, other):
    return int(np.bitwise_count(one ^ other).sum())


def test_hashes_of_copies_are_near_and_of_others_far():
    one, other = photo(1), photo(2)
    left, top, right, bottom = 3, 5, 87, 116
    table = fingerprint_table(
        map(fingerprint, (one, saved(one.resize((60, 80)), "JPEG", quality=60), one.crop((left, top, right, bottom)),
                          ImageOps.mirror(one), other))
    )  # fmt: skip
    assert list(table) == list(COLUMNS)
    hashes = hashes_of(table)
    assert hashes.shape == (5, len(WINDOWS), 4)
    assert distance(hashes[0, 0], hashes[1, 0]) <= WHOLE // 2
    assert min(distance(part, hashes[2, 0]) for part in hashes[0, 1:]) < distance(hashes[0, 0], hashes[2, 0])
    assert distance(hashes[0, 0] ^ MIRROR, hashes[3, 0]) <= WHOLE // 2 < WHOLE < distance(hashes[0, 0], hashes[3, 0])
    assert distance(hashes[0, 0], hashes[4, 0]) > WHOLE


def test_spread_is_the_deviation_of_grey_levels():
    assert fingerprint(Image.new("RGB", (50, 70), (9, 90, 200))).spread == 0
    halves = np.zeros((100, 100, 3), np.uint8)
    halves[:, 50:] = 200
    assert fingerprint(Image.fromarray(halves)).spread == pytest.approx(100, abs=1)


def test_a_photo_of_any_size_has_a_fingerprint():
    for size in ((1, 1), (3, 200), (127, 129)):
        assert len(fingerprint(Image.new("RGB", size)).hashes) == 32 * len(WINDOWS)
    assert hashes_of(fingerprint_table([])).shape == (0, len(WINDOWS), 4)
    assert isinstance(fingerprint_table([]), pd.DataFrame)
