"""Landmark errors against a loop, and by hand."""

import math

import numpy as np
import pytest

from fashionnet.metrics import landmark_distances, landmark_error, share_within


def test_landmark_error_by_hand():
    # Box 200 x 100: 20 pixels to the side and 10 down are each a tenth; 3 and 4 tenths make 5.
    true = np.array([[[0.5, 0.5], [0.2, 0.2], [np.nan, np.nan]], [[0.5, 0.5], [0.1, 0.9], [np.nan, np.nan]]])
    predicted = np.array([[[0.6, 0.5], [0.5, 0.6], [9.0, 9.0]], [[0.5, 0.8], [0.0, 0.0], [0.0, 0.0]]])
    visible = [[True, True, False], [True, False, False]]
    mean, errors = landmark_error(predicted, true, visible)
    assert errors[:2] == pytest.approx([(0.1 + 0.3) / 2, 0.5])
    assert math.isnan(errors[2])
    assert mean == pytest.approx(((0.1 + 0.3) / 2 + 0.5) / 2)


def test_landmark_error_is_a_loop_over_photos():
    rng = np.random.default_rng(0)
    predicted, true, visible = rng.random((50, 8, 2)), rng.random((50, 8, 2)), rng.random((50, 8)) < 0.6
    mean, errors = landmark_error(predicted.astype(np.float32), true.astype(np.float32), visible)
    expected = [np.mean([math.dist(predicted[i, j], true[i, j]) for i in range(50) if visible[i, j]]) for j in range(8)]
    assert errors == pytest.approx(expected, abs=1e-6)
    assert mean == pytest.approx(np.mean(expected), abs=1e-6)


def test_without_visible_landmarks_there_is_no_number():
    mean, errors = landmark_error(np.zeros((2, 8, 2)), np.zeros((2, 8, 2)), np.zeros((2, 8), dtype=bool))
    assert math.isnan(mean)
    assert np.isnan(errors).all()
    assert np.isnan(share_within(np.full((2, 8), np.nan), [0.1])).all()


def test_share_within_counts_what_lies_on_the_threshold():
    assert share_within([[0.1, 0.2, np.nan, 0.4]], [0, 0.1, 0.3, 1]).tolist() == [0, 1 / 3, 2 / 3, 1]


def test_distances_of_hidden_landmarks_are_missing():
    distances = landmark_distances(np.ones((1, 2, 2)), np.ones((1, 2, 2)), [[True, False]])
    assert distances[0, 0] == 0
    assert np.isnan(distances[0, 1])


@pytest.mark.parametrize(
    ("predicted", "true", "visible", "message"),
    [
        (np.full((1, 1, 2), np.nan), np.zeros((1, 1, 2)), [[False]], "NaN or infinity in predicted"),
        (np.zeros((1, 1, 2)), np.full((1, 1, 2), np.nan), [[True]], "NaN or infinity in true"),
        (np.zeros((1, 8, 2)), np.zeros((1, 4, 2)), np.ones((1, 8)), r"true \(1, 4, 2\)"),
        (np.zeros((1, 8, 3)), np.zeros((1, 8, 3)), np.ones((1, 8)), r"predicted \(1, 8, 3\)"),
        (np.zeros((1, 8, 2)), np.zeros((1, 8, 2)), np.ones((2, 8)), r"visible \(2, 8\)"),
    ],
)
def test_bad_input_is_named(predicted, true, visible, message):
    with pytest.raises(ValueError, match=message):
        landmark_error(predicted, true, visible)
