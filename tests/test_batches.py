"""Which photos meet in a batch, and whether landmarks follow the augmented picture."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from factories import make_prepared
from torch.nn import functional as F

from fashionnet import batches as module
from fashionnet.augmentation import (
    BRIGHTNESS,
    CONTRAST,
    MIRRORED,
    ROTATION,
    SATURATION,
    SCALE,
    SHIFT,
    _grid,
    augment_images,
    augment_landmarks,
    change_of,
    mirror_order,
)
from fashionnet.batches import DEVIATION, MEAN, Batches, draws, normalised, to_images
from fashionnet.formats.codes import JOINT_NAMES, LANDMARK_NAMES

CPU = torch.device("cpu")


def augment(images, landmarks, visibility, draw):
    change = change_of(draw)
    return augment_images(images, change), *augment_landmarks(landmarks, visibility, change)


def training_rows(prepared):
    return np.flatnonzero(prepared.photos["split"] == "train")


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(160, seed=1, image_size=32)


@pytest.fixture(scope="module")
def training(prepared):
    return Batches(prepared, training_rows(prepared), 40, seed=3, device=CPU)


def test_an_epoch_visits_each_training_photo_once_in_batches_of_like_size(prepared, training):
    epoch = training.epoch(0)
    assert len(epoch) == len(training)
    assert sorted(np.concatenate(epoch)) == list(training_rows(prepared))
    assert all(abs(len(batch) - len(training.rows) / len(training)) <= module.GROUP for batch in epoch)


def test_epochs_differ_and_repeat_by_seed(prepared, training):
    def flat(batches, epoch):
        return list(np.concatenate(batches.epoch(epoch)))

    again = Batches(prepared, training_rows(prepared), 40, seed=3, device=CPU)
    other = Batches(prepared, training_rows(prepared), 40, seed=4, device=CPU)
    assert flat(training, 1) == flat(again, 1)
    assert flat(training, 1) != flat(training, 2)
    assert flat(training, 1) != flat(other, 1)


def test_each_batch_has_positives_of_both_retrieval_benchmarks(prepared, training):
    photos = prepared.photos
    for batch in training.epoch(5):
        in_shop = photos.iloc[batch].query("benchmark == 'in_shop'")
        assert in_shop["item"].duplicated().any()
        street = photos.iloc[batch].query("benchmark == 'consumer_to_shop'")
        domains = street.groupby("item")["source_type"].nunique()
        assert (domains == 2).any()


def test_a_group_of_a_large_item_has_both_domains(prepared):
    photos = prepared.photos.copy()
    rows = np.flatnonzero((photos["benchmark"] == "consumer_to_shop") & (photos["split"] == "train"))[:16]
    photos.loc[rows, "item"] = "id_1"
    photos.loc[rows, "source_type"] = np.where(np.arange(16) < 4, 1, 2).astype(np.int8)
    batches = Batches(type(prepared)(**{**vars(prepared), "photos": photos}), rows, 8, seed=0, device=CPU)
    units = batches._units(rows)
    assert sorted(np.concatenate(units)) == list(rows)
    assert all(len(unit) <= module.GROUP for unit in units)
    assert {1, 2} == set(photos["source_type"].iloc[units[0]])


def test_items_of_two_benchmarks_are_different_items_even_by_one_name():
    prepared = make_prepared(16, seed=2)
    rows = training_rows(prepared)
    batch = Batches(prepared, rows, 16, seed=0, device=CPU).load(rows)
    benchmark = prepared.photos["benchmark"].to_numpy()[rows]
    of = {name: set(batch.item[torch.from_numpy(benchmark == name)].tolist()) for name in set(benchmark)}
    assert of["in_shop"].isdisjoint(of["consumer_to_shop"])
    assert of["landmarks"] == of["category_attribute"] == {-1}
    source = batch.source[torch.from_numpy(benchmark == "consumer_to_shop")]
    assert set(source.tolist()) == {1, 2}
    assert set(batch.source[torch.from_numpy(benchmark == "in_shop")].tolist()) == {0}


def test_labels_are_those_of_the_tables(prepared, training):
    rows = training.rows[::7]
    batch = training.load(rows)
    photos = prepared.photos.iloc[rows]
    assert batch.category.tolist() == photos["category"].tolist()
    assert batch.attributes.numpy().tolist() == prepared.attributes[rows].tolist()
    np.testing.assert_array_equal(batch.landmarks.numpy(), prepared.landmarks[rows])
    expected = prepared.visibility[rows].astype(int)
    assert batch.visibility.tolist() == np.where(expected == -1, 2, expected).tolist()  # a lacking slot is invisible
    pixels = batch.images.numpy() * np.array(DEVIATION)[:, None, None] + np.array(MEAN)[:, None, None]
    np.testing.assert_allclose(pixels.transpose(0, 2, 3, 1) * 255, prepared.crops[rows], atol=1e-3)


def test_smaller_pictures_are_means_and_keep_every_label(prepared, training):
    rows = training.rows[:6]
    whole, half = training.load(rows), training.load(rows, size=16)
    assert half.images.shape == (6, 3, 16, 16)
    means = whole.images.unflatten(3, (16, 2)).unflatten(2, (16, 2)).mean((3, 5))
    torch.testing.assert_close(half.images, means)
    for one, other in zip(whole[1:], half[1:]):
        torch.testing.assert_close(one, other, equal_nan=True)


def test_photos_without_annotated_landmarks_teach_nothing_of_visibility():
    prepared = make_prepared(16, drop=["landmarks"])
    rows = training_rows(prepared)
    assert Batches(prepared, rows, 8, seed=0, device=CPU).load(rows).visibility.eq(-1).all()


def test_the_number_of_photos_in_the_batch_does_not_change_an_augmented_photo(training):
    rows = training.rows
    one, many = training.load(rows[3:4], epoch=2), training.load(rows[:9], epoch=2)
    torch.testing.assert_close(one.images[0], many.images[3], rtol=0, atol=1e-5)
    assert one.landmarks[0].nan_to_num().equal(many.landmarks[3].nan_to_num())
    assert not training.load(rows[3:4], epoch=1).images.equal(one.images)


def test_the_first_epoch_draws_other_numbers_for_the_first_photo_than_for_the_order():
    order = np.random.default_rng([7, 2, 0]).random(8, dtype=np.float32)
    assert not np.array_equal(draws(7, 2, np.array([0]))[0], order)


@pytest.mark.parametrize("names", [LANDMARK_NAMES, JOINT_NAMES])
def test_a_mirror_changes_left_and_right(names):
    order = mirror_order(names)
    assert (order[order] == np.arange(len(names))).all()
    for place, source in enumerate(order):
        if "left" in names[place]:
            assert names[source] == names[place].replace("left", "right")
        elif "right" not in names[place]:
            assert source == place


def dots(points, size):
    """A picture with one bright soft dot for each point (L, 2), all in one colour: (L, 3, size, size)."""
    centre = (np.arange(size) + 0.5) / size
    x, y = points[:, 0, None, None], points[:, 1, None, None]
    dot = np.exp(-((centre - x) ** 2 + (centre[:, None] - y) ** 2) / (2 * 0.03**2))
    return torch.from_numpy(np.repeat(dot[:, None], 3, 1).astype(np.float32))


def centre_of(picture):
    """The brightness-weighted mean place (x, y) of a picture (size, size), as shares."""
    weights = picture / picture.sum()
    centre = (torch.arange(len(picture)) + 0.5) / len(picture)
    return torch.stack([(weights * centre).sum(), (weights * centre[:, None]).sum()])


def test_augmented_landmarks_follow_the_picture():
    rng = np.random.default_rng(0)
    points = rng.uniform(0.35, 0.65, (8, 2)).astype(np.float32)
    pictures = dots(points, 64)  # one picture a landmark, all moved in the same way
    mirrored = 0
    for draw in rng.random((40, 8), dtype=np.float32):
        draw[5:] = 0.5  # light as it is: a changed contrast would move the mean of a picture that is not black
        same = torch.from_numpy(np.repeat(draw[None], 8, 0))
        landmarks = torch.from_numpy(np.repeat(points[None], 8, 0))
        images, moved, _ = augment(pictures, landmarks, torch.zeros(8, 8, dtype=torch.long), same)
        order = mirror_order(LANDMARK_NAMES) if draw[0] < 0.5 else np.arange(8)
        mirrored += draw[0] < 0.5
        for place in range(8):
            # In the mirrored picture a slot holds what was the other side's landmark.
            torch.testing.assert_close(centre_of(images[order[place], 0]), moved[0, place], rtol=0, atol=0.004)
    assert 5 < mirrored < 35


def test_visibility_is_mirrored_with_the_landmarks_and_unknown_stays_unknown():
    codes = torch.tensor([[0, 1, 2, 0, 0, 0, 1, 2], [-1] * 8])
    points = torch.full((2, 8, 2), 0.5)
    points[1] = torch.nan
    draw = torch.full((2, 8), 0.5)
    draw[:, 0] = 0.2
    _, moved, visibility = augment(torch.rand(2, 3, 8, 8), points, codes, draw)
    assert visibility[0].tolist() == [1, 0, 0, 2, 0, 0, 2, 1]
    assert visibility[1].eq(-1).all()
    assert moved[1].isnan().all()


def test_a_landmark_that_leaves_the_picture_is_truncated_and_one_outside_before_is_not():
    points = torch.tensor([[[0.99, 0.5], [1.05, 0.5], [0.5, 0.5]] + [[0.5, 0.5]] * 5])
    draw = torch.full((1, 8), 0.5)
    draw[0, 3] = 1.0  # as far to the right as it goes
    _, moved, visibility = augment(torch.rand(1, 3, 8, 8), points, torch.zeros(1, 8, dtype=torch.long), draw)
    assert moved[0, 0, 0] > 1
    assert visibility[0].tolist() == [2, 0, 0, 0, 0, 0, 0, 0]


def test_augmented_pictures_stay_in_range_and_a_middle_draw_changes_nothing():
    crops = make_prepared(8, benchmarks=["in_shop"]).crops
    images = to_images(crops, CPU)
    points, codes = torch.full((8, 8, 2), 0.3), torch.zeros(8, 8, dtype=torch.long)
    wild = augment(images, points, codes, torch.from_numpy(draws(0, 0, np.arange(8))))[0]
    assert wild.min() >= 0
    assert wild.max() <= 1
    same, moved, _ = augment(images, points, codes, torch.full((8, 8), 0.5))
    torch.testing.assert_close(same, images, rtol=0, atol=1e-5)
    torch.testing.assert_close(moved, points)


def plainly(crops, landmarks, visibility, draw):
    """Batch.images, landmarks and visibility of whole arrays, a step after the other as the formulas stand."""
    images = torch.from_numpy(np.array(crops)).permute(0, 3, 1, 2).float() / 255
    mirror = draw[:, 0] < 0.5
    angle = (2 * draw[:, 1] - 1) * ROTATION
    scale = (1 + SCALE) ** (2 * draw[:, 2] - 1)
    shift = (2 * draw[:, 3:5] - 1) * 2 * SHIFT
    cos, sin = scale * angle.cos(), scale * angle.sin()
    side = torch.where(mirror, -1.0, 1.0)
    move = torch.stack([torch.stack([cos * side, -sin], 1), torch.stack([sin * side, cos], 1)], 1)
    back = torch.stack([torch.stack([cos * side, sin * side], 1), torch.stack([-sin, cos], 1)], 1)
    back = back / scale.square()[:, None, None]
    theta = torch.cat([back, -back @ shift[:, :, None]], 2)[:, None, None]
    axis = torch.linspace(-1, 1, crops.shape[1]) * (crops.shape[1] - 1) / crops.shape[1]
    x, y = torch.meshgrid(axis, axis, indexing="xy")
    grid = x[..., None] * theta[..., 0] + y[..., None] * theta[..., 1] + theta[..., 2]
    images = F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    landmarks = torch.where(mirror[:, None, None], landmarks[:, MIRRORED], landmarks)
    visibility = torch.where(mirror[:, None], visibility[:, MIRRORED], visibility)
    moved = ((2 * landmarks - 1) @ move.transpose(1, 2) + shift[:, None] + 1) / 2
    before, after = (((points >= 0) & (points <= 1)).all(2) for points in (landmarks, moved))
    visibility = torch.where(before & ~after & (visibility >= 0), 2, visibility)
    brightness, contrast, saturation = (
        1 + (2 * draw[:, 5 + i, None, None, None] - 1) * strength
        for i, strength in enumerate((BRIGHTNESS, CONTRAST, SATURATION))
    )
    images = images * brightness
    mean = images.mean((1, 2, 3), keepdim=True)
    images = mean + (images - mean) * contrast
    grey = images.mean(1, keepdim=True)
    images = (grey + (images - grey) * saturation).clamp(0, 1)
    images = (images - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]
    return images, moved, visibility


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("photos", [2, 5, 33])
@pytest.mark.parametrize("size", [32, 75])
def test_a_batch_is_to_the_bit_what_the_formulas_give(monkeypatch, size, photos, threads):
    monkeypatch.setattr(module, "CACHED", 6 * size**2)  # parts of 6 or a little more
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        prepared = make_prepared(photos, seed=size, image_size=size)
        batches = Batches(prepared, training_rows(prepared), 16, seed=4, device=CPU)
        rows = np.random.default_rng(0).permutation(len(prepared.photos))[:photos]
        batch = batches.load(rows, epoch=3)
        points, codes = torch.from_numpy(prepared.landmarks[rows]), torch.from_numpy(batches.visibility[rows])
        images, landmarks, visibility = plainly(
            prepared.crops[rows], points, codes, torch.from_numpy(draws(4, 3, rows))
        )
    finally:
        torch.set_num_threads(before)
    assert batch.images.equal(images)
    assert batch.landmarks.nan_to_num(-9).equal(landmarks.nan_to_num(-9))
    assert batch.visibility.equal(visibility)
    assert batch.images.is_contiguous(memory_format=torch.channels_last)


def test_a_pixel_comes_from_where_affine_grid_says():
    change = change_of(torch.from_numpy(draws(1, 1, np.arange(6))))
    for size in (1, 2, 31):
        grid = F.affine_grid(change.back, [6, 3, size, size], align_corners=False)
        torch.testing.assert_close(_grid(change.back, size), grid, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [None, 16])
def test_pictures_for_the_network_are_channels_last_and_crops_are_left_alone(prepared, size):
    crops = prepared.crops[:4].copy()
    pictures = normalised(to_images(crops, CPU, size))
    assert pictures.is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_array_equal(crops, prepared.crops[:4])


def test_batch_sizes_count_photos():
    prepared = make_prepared(64, benchmarks=["category_attribute"])
    sizes = Counter(len(b) for b in Batches(prepared, training_rows(prepared), 10, seed=0, device=CPU).epoch(0))
    assert set(sizes) == {10, 11}  # 32 photos: 3 batches rather than 4 with a small last one
