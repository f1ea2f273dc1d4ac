"""The bootstrap: its value, its determinism, and how often its interval holds the truth."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from fashionnet.metrics import Value, bootstrap, bootstrap_seeds, difference, wilson


def ratio(sums):
    return sums[:, 0] / sums[:, 1]


def test_the_value_is_the_statistic_of_the_sums():
    value, low, high, n = bootstrap([[1, 2], [0, 1], [3, 3]], ratio)
    assert value == (1 + 0 + 3) / (2 + 1 + 3)
    assert 0 <= low <= value <= high <= 1
    assert n == 3


def test_the_same_seed_draws_the_same_samples():
    statistics = np.random.default_rng(0).random((50, 2))
    assert bootstrap(statistics, ratio, seed=3) == bootstrap(statistics, ratio, seed=3)
    assert bootstrap(statistics, ratio, seed=3) != bootstrap(statistics, ratio, seed=4)


def test_large_samples_are_drawn_in_blocks(monkeypatch):
    statistics = np.random.default_rng(0).random((40, 2))
    whole = bootstrap(statistics, ratio)
    monkeypatch.setattr("fashionnet.metrics.intervals.BLOCK", 40 * 7)
    assert bootstrap(statistics, ratio) == pytest.approx(whole)


def test_the_standard_error_is_that_of_a_mean():
    # Of a mean, the interval of a normal distribution is known.
    numbers = np.random.default_rng(0).normal(size=4000)
    _, low, high, _ = bootstrap(np.stack([numbers, np.ones(4000)], axis=1), ratio, samples=4000)
    assert (high - low) / 2 == pytest.approx(1.96 * numbers.std() / math.sqrt(4000), rel=0.05)


def test_the_interval_of_clusters_holds_the_truth_in_95_of_100():
    # Items of 1 to 5 photos that succeed or fail together: counting photos as independent would be too sure.
    rng = np.random.default_rng(0)
    held = photos_held = 0
    for trial in range(300):
        sizes = rng.integers(1, 6, 100)
        hits = np.where(rng.random(100) < 0.8, rng.binomial(sizes, 0.9), rng.binomial(sizes, 0.1))
        _, low, high, _ = bootstrap(np.stack([hits, sizes], axis=1), ratio, samples=400, seed=trial)
        truth = 0.8 * 0.9 + 0.2 * 0.1
        held += low <= truth <= high
        share = hits.sum() / sizes.sum()
        photos_held += abs(share - truth) <= 1.96 * math.sqrt(share * (1 - share) / sizes.sum())
    assert 0.91 <= held / 300 <= 0.98
    assert photos_held < held


def test_samples_without_a_number_are_left_out():
    value, low, high, _ = bootstrap([[1, 1], [0, 0]], ratio)
    assert (value, low, high) == (1, 1, 1)


@pytest.mark.parametrize("statistics", [np.zeros((0, 2)), np.zeros((3, 2))])
def test_nothing_to_measure_is_nan(statistics):
    result = bootstrap(statistics, ratio)
    assert all(map(math.isnan, result[:3]))
    assert result.n == len(statistics)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="NaN"):
        bootstrap([[np.nan, 1]], ratio)
    with pytest.raises(ValueError, match=r"statistics \(3,\)"):
        bootstrap([1, 2, 3], ratio)


def paired(own, other, **how):
    return bootstrap(np.concatenate([own, other], axis=-1), difference(ratio, 2), **how)


def paired_seeds(own, other, **how):
    return bootstrap_seeds(np.concatenate([own, other], axis=-1), difference(ratio, 2), **how)


def test_a_difference_is_that_of_a_mean_of_differences():
    # Of a mean of differences, too, the interval is known: what both have in common cancels out of it.
    rng = np.random.default_rng(0)
    hard, ones = 5 * rng.normal(size=4000), np.ones(4000)
    own, other = hard + 0.1 + rng.normal(size=4000), hard + rng.normal(size=4000)
    found = paired(np.stack([own, ones], axis=1), np.stack([other, ones], axis=1), samples=4000)
    assert found.value == pytest.approx((own - other).mean())
    expected = 1.96 * (own - other).std() / math.sqrt(4000)
    assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.05)
    assert expected < 0.5 * 1.96 * own.std() / math.sqrt(4000)


def test_a_system_differs_from_itself_by_nothing():
    statistics = np.random.default_rng(0).random((30, 2))
    assert paired(statistics, statistics) == (0, 0, 0, 30)


def with_ones(numbers):
    return np.stack([numbers, np.ones_like(numbers)], axis=-1)


def test_one_seed_is_the_paired_bootstrap():
    rng = np.random.default_rng(0)
    own, other = with_ones(rng.normal(size=60)), with_ones(rng.normal(size=60))
    assert paired_seeds(own[None], other[None]) == pytest.approx(paired(own, other))


def test_the_value_of_several_seeds_is_the_mean_of_their_differences():
    rng = np.random.default_rng(0)
    own, other = rng.normal(size=(3, 40)), rng.normal(size=(3, 40))
    found = paired_seeds(with_ones(own), with_ones(other))
    assert found.value == pytest.approx(np.mean([own[s].mean() - other[s].mean() for s in range(3)]))
    assert found.low < found.value < found.high
    assert found.n == 40


def test_the_interval_over_seeds_and_photos_holds_the_truth_in_at_least_95_of_100():
    # Each training shifts its network's accuracy, each photo has a difficulty of its own: photos alone would be too
    # sure, and the network that is better by 4 points in the mean of all trainings is known.
    rng = np.random.default_rng(0)
    held = photos_held = 0
    for trial in range(300):
        hard = rng.normal(size=400)
        right = [
            (rng.normal(size=400) + hard < 0.3 + shift + rng.normal(0, 0.05)).astype(float)
            for _ in range(3)
            for shift in (0.1, 0.0)
        ]
        own, other = with_ones(np.stack(right[::2])), with_ones(np.stack(right[1::2]))
        truth = normal(0.4 / math.sqrt(2 + 0.05**2)) - normal(0.3 / math.sqrt(2 + 0.05**2))
        found = paired_seeds(own, other, samples=400, seed=trial)
        held += found.low <= truth <= found.high
        once = paired(own[0], other[0], samples=400, seed=trial)
        photos_held += once.low <= truth <= once.high
    assert held / 300 >= 0.95
    assert photos_held / 300 < 0.95


def normal(x):
    return (1 + math.erf(x / math.sqrt(2))) / 2


def test_a_value_over_seeds_stands_on_its_own_too():
    numbers = np.random.default_rng(0).normal(size=(3, 40))
    found = bootstrap_seeds(with_ones(numbers), ratio)
    assert found.value == pytest.approx(numbers.mean())
    assert found.low < found.value < found.high
    assert bootstrap_seeds(with_ones(numbers[:1]), ratio) == pytest.approx(bootstrap(with_ones(numbers[0]), ratio))


@pytest.mark.parametrize("units", [1, 33, 600])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_or_none_of_the_units_have_wilsons_interval(share, units):
    found = wilson(Value(share, share, share, units), units)
    expected = binomtest(int(share * units), units).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert wilson(Value(0.5, 0.4, 0.6, units), units) == Value(0.5, 0.4, 0.6, units)
