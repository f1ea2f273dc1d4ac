"""What is one photo and what is not: copies changed by hand, and rendered garments that differ in one attribute."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageOps
from test_quality_index import photo, saved

from fashionnet.quality import find_duplicates, fingerprint, fingerprint_table, groups, leaks
from fashionnet.quality.confirm import difference
from fashionnet.sample.camera import jpeg
from fashionnet.sample.catalogue import settle
from fashionnet.sample.conditions import draw_conditions
from fashionnet.sample.palettes import COMMON
from fashionnet.sample.photo import take
from fashionnet.sample.plan import plan, stream


def resized(picture, scale):
    return picture.resize([round(side * scale) for side in picture.size], Image.Resampling.LANCZOS)


def cropped(picture, left, top, right, bottom):
    """Shares of the sides cut off."""
    (width, height) = picture.size
    return picture.crop(
        (round(left * width), round(top * height), round(width * (1 - right)), round(height * (1 - bottom)))
    )


def levels(picture, change):
    return Image.fromarray(np.clip(change(np.asarray(picture, np.float64)), 0, 255).round().astype(np.uint8))


COPIES = {
    "the same": lambda p: p,
    "JPEG 50": lambda p: saved(p, "JPEG", quality=50),
    "JPEG 95": lambda p: saved(p, "JPEG", quality=95),
    "half the size": lambda p: saved(resized(p, 0.5), "JPEG", quality=85),
    "one and a half": lambda p: saved(resized(p, 1.5), "JPEG", quality=85),
    "6 % off at the left": lambda p: saved(cropped(p, 0.06, 0, 0, 0), "JPEG", quality=85),
    "cropped all around": lambda p: saved(cropped(p, 0.02, 0.05, 0.04, 0.03), "JPEG", quality=85),
    "brighter": lambda p: saved(levels(p, lambda v: 1.25 * v), "JPEG", quality=85),
    "darker": lambda p: saved(levels(p, lambda v: 0.75 * v + 5), "JPEG", quality=85),
    "gamma": lambda p: saved(levels(p, lambda v: 255 * (v / 255) ** 1.3), "JPEG", quality=85),
    "several": lambda p: saved(
        levels(resized(cropped(p, 0.03, 0, 0, 0.04), 0.7), lambda v: 0.9 * v), "JPEG", quality=75
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def rendered():
    """(item, conditions, size, photo) of garments of the sample, seed 1: worn and alone, in a studio and outside."""
    shots, found = plan("tiny", 1), []
    for shot in shots[:: len(shots) // 24]:
        drawn = draw_conditions(stream(*shot.key, 0), shot.item.clothes_type, shot.source == 1, shot.view)
        taken = take(shot.item, drawn, *shot.size)
        if taken is not None:
            found.append((shot.item, drawn, shot.size, decoded(taken, drawn)))
    assert len(found) >= 12
    return found


def decoded(taken, conditions):
    return Image.open(io.BytesIO(jpeg(taken.image, conditions.sensor.quality))).convert("RGB")


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_the_same_photo(name, rendered):
    for picture in (photo(3, (160, 200)), *(each[-1] for each in rendered[:6])):
        copy = COPIES[name](picture)
        assert difference(picture, copy) <= 1
        assert difference(copy, picture) <= 1
    assert difference(picture, picture) < 0.01


def others(item):
    """Garments that differ in one detail, one part's form, or the colours."""
    for name in item.recipe.details:
        yield settle(replace(item, details=item.details ^ {name}))
    for slot in ("neck", "sleeve", "closure"):
        for value in getattr(item.recipe, slot):
            yield settle(replace(item, **{slot: value}))
    for palette in COMMON:
        yield replace(item, palette=palette)


def test_another_garment_in_the_same_pose_is_another_photo(rendered):
    """Of what can be seen: the same surroundings, the same light, and 1 % of the pixels plainly different."""
    compared = 0
    for item, conditions, size, picture in rendered:
        for other in list(others(item))[::5]:
            taken = take(other, conditions, *size)
            if taken is None:
                continue
            against = decoded(taken, conditions)
            plain = np.abs(np.asarray(picture, np.int16) - np.asarray(against)).max(2) > 40
            # A garment of another length moves the camera: then nearly all differs, and the attribute may not be seen.
            if 0.01 < plain.mean() < 0.3 and not plain[:4].any():
                compared += 1
                assert difference(picture, against) > 1, (item, other)
    assert compared > 60


OUTLINE = ((60, 40), (140, 40), (190, 90), (170, 110), (145, 90), (145, 220), (55, 220), (55, 90), (30, 110), (10, 90))


def shirt(colour=(120, 130, 200), ground=(245, 245, 245)):
    """A plain shirt on a studio's white, with the folds and the grain that photos have."""
    picture = Image.new("RGB", (200, 256), ground)
    draw = ImageDraw.Draw(picture)
    draw.polygon(OUTLINE, fill=colour)
    for x in range(65, 140, 18):
        draw.line([(x, 100), (x + 6, 215)], fill=tuple(max(0, c - 25) for c in colour), width=2)
    noise = np.random.default_rng(0).normal(0, 2, (256, 200, 3))
    return levels(picture, lambda v: v + noise)


def with_pocket(picture):
    pocketed = picture.copy()
    ImageDraw.Draw(pocketed).rectangle((105, 85, 130, 112), outline=(60, 70, 130), width=2)
    return pocketed


def test_a_pocket_a_print_and_a_shade_are_told_from_a_copy():
    plain = shirt()
    printed = plain.copy()
    ImageDraw.Draw(printed).ellipse((85, 110, 110, 135), fill=(150, 110, 200))
    for other in (with_pocket(plain), printed, shirt((120, 130, 170)), shirt((150, 130, 200))):
        assert difference(plain, saved(other, "JPEG", quality=85)) > 1
        assert difference(saved(plain, "JPEG", quality=60), other) > 1


def test_what_does_not_align_is_not_one_photo():
    assert difference(photo(1), photo(2)) > 1
    assert difference(photo(1), Image.new("RGB", (90, 120), "white")) > 1
    assert difference(photo(1, (120, 120)), photo(1, (120, 120)).rotate(90)) > 1


def test_opencvs_threads_are_left_as_they_were():
    before = cv2.getNumThreads()
    duplicates_of([photo(1), photo(1)])
    assert cv2.getNumThreads() == before


def table_of(pictures, splits=None, benchmarks=None):
    count = len(pictures)
    frame = pd.DataFrame(
        {
            "benchmark": benchmarks or ["in_shop"] * count,
            "image_name": [f"img/{k}.jpg" for k in range(count)],
            "split": splits or ["train"] * count,
            "width": [picture.width for picture in pictures],
            "height": [picture.height for picture in pictures],
        }
    )
    return frame.join(fingerprint_table(map(fingerprint, pictures)))


def duplicates_of(pictures, **columns):
    table = table_of(pictures, **columns)
    return table, find_duplicates(table, lambda row: pictures[row].copy())


def rows(pairs):
    return list(pairs[["first", "second", "kind"]].itertuples(index=False, name=None))


def test_every_kind_is_found_and_nothing_else():
    one, other = photo(1, (160, 200)), photo(2, (160, 200))
    pictures = [
        one,  # 0
        other,  # 1
        saved(one, "PNG"),  # 2: the same pixels
        saved(cropped(one, 0.03, 0.02, 0.01, 0.04), "JPEG", quality=80),  # 3
        saved(ImageOps.mirror(other), "JPEG", quality=80),  # 4
        one,  # 5
        shirt(),  # 6
        with_pocket(shirt()),  # 7: near by its hash, another photo by its pixels
    ]
    _, pairs = duplicates_of(pictures)
    assert rows(pairs) == [(0, 2, "exact"), (0, 3, "near"), (0, 5, "exact"), (1, 4, "mirrored")]
    assert (pairs["difference"][pairs["kind"] == "exact"] == 0).all()
    assert pairs["difference"].between(0, 1).all()
    found = groups(pairs)
    assert found["row"].tolist() == [0, 2, 3, 5, 1, 4]
    assert found["group"].tolist() == [0, 0, 0, 0, 1, 1]
    assert found["representative"].tolist() == [0, 0, 0, 0, 1, 1]
    assert found["exact"].tolist() == [True, True, False, True, True, False]


def test_a_table_in_any_order_gives_the_same_pairs_of_photos():
    base = [photo(seed, (120, 150)) for seed in range(4)]
    pictures = base + [saved(picture, "JPEG", quality=70) for picture in base] + base
    order = np.random.default_rng(1).permutation(len(pictures))
    _, pairs = duplicates_of([pictures[k] for k in order])
    found = groups(pairs)
    assert found.groupby("group")["row"].agg(lambda own: {int(order[row]) % 4 for row in own}).map(len).eq(1).all()
    assert len(found) == 12
    assert (found.groupby("group")["row"].min() == found.groupby("group")["representative"].first()).all()


def test_where_a_pair_lies():
    picture = photo(1)
    _, pairs = duplicates_of(
        [picture] * 4,
        splits=["train", "train", "test", "train"],
        benchmarks=["in_shop", "in_shop", "in_shop", "landmarks"],
    )
    assert pairs["place"].tolist() == ["within a split", "across splits", "across benchmarks"]


def test_blank_and_tiny_photos_are_compared_exactly_alone():
    white, nearly = Image.new("RGB", (90, 120), "white"), Image.new("RGB", (90, 120), (253, 253, 253))
    tiny = resized(photo(1), 0.2)
    _, pairs = duplicates_of([white, white, nearly, tiny, saved(tiny, "JPEG", quality=90)])
    assert rows(pairs) == [(0, 1, "exact")]


def test_nothing_gives_nothing():
    table = table_of([photo(1)])
    pairs = find_duplicates(table, lambda row: pytest.fail("no photo has to be opened"))
    assert pairs.columns.tolist() == ["first", "second", "kind", "difference", "place"]
    assert len(pairs) == len(groups(pairs)) == 0
    leaking, found = leaks(table, pairs)
    assert leaking.tolist() == [False]
    assert len(found) == 0
    assert len(find_duplicates(table.iloc[:0], None)) == 0


def test_leaks_against_a_loop_over_all_rows():
    """Each photo is base number // 3 in one of three forms; so a training photo leaks if any form is tested."""
    rng = np.random.default_rng(0)
    bases = [photo(seed, (120, 150)) for seed in range(8)]
    forms = [lambda p: p, lambda p: saved(p, "PNG"), lambda p: saved(p, "JPEG", quality=75)]
    which = rng.integers(0, 8, 20)
    form = rng.integers(0, 3, 20)
    benchmarks = rng.choice(["category_attribute", "landmarks", "in_shop"], 20).tolist()
    splits = rng.choice(["train", "val", "test"], 20, p=[0.6, 0.1, 0.3]).tolist()
    table, pairs = duplicates_of(
        [forms[f](bases[w]) for w, f in zip(which, form)], splits=splits, benchmarks=benchmarks
    )
    leaking, found = leaks(table, pairs)

    expected = {}
    for train in range(20):
        for test in range(20):
            if splits[train] == "train" and splits[test] == "test" and which[train] == which[test]:
                same = (form[train] == 2) == (form[test] == 2)
                entry = expected.setdefault((train, benchmarks[test]), [])
                entry.append((0 if same else 1, test))
    assert leaking.tolist() == [any(train == row for train, _ in expected) for row in range(20)]
    assert len(expected) > 3
    assert len(found) == len(expected)
    for row in found.itertuples():
        tests = expected[row.train, row.test_benchmark]
        assert row.test_photos == len(tests)
        assert (row.kind != "exact", row.test) == min(tests)
        assert row.test_image == f"img/{row.test}.jpg"
        assert row.train_benchmark == benchmarks[row.train]
