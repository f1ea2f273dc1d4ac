"""Bootstrap intervals over photos or items."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from fashionnet.metrics.arrays import as_array, check_finite, check_shapes

BLOCK = 4_000_000  # weights drawn at a time: 32 MB
TWO_SIDED = 1.959964  # half a normal's 95 % interval, in standard deviations


class Value(NamedTuple):
    """A number, its interval, and how many units it was measured on."""

    value: float
    low: float
    high: float
    n: int


def bootstrap(
    statistics: Any,
    statistic: Callable[[np.ndarray], np.ndarray],
    samples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Value:
    """The percentile bootstrap of a number that is computed from sums over units.

    statistics: (U, K), what each unit (a photo; an item where several photos of one are queries) adds to the sums.
    statistic: (B, K) sums → (B,) numbers, such as found / positives.
    Units are drawn with replacement: each sample weighs them by multinomial counts. The same seed and number of units
    draw the same samples. Samples whose number is undefined (NaN) are left out of the percentiles. Without units, or
    where the number itself is NaN, everything but n is NaN. Raises ValueError for NaN in `statistics`.
    """
    statistics = as_array(statistics).astype(np.float64)
    check_shapes(statistics=(statistics, "U K"))
    check_finite(statistics=statistics)
    units = len(statistics)

    def numbers(sums: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing over nothing is what NaN stands for
            return statistic(sums)

    value = float(numbers(statistics.sum(axis=0, keepdims=True))[0]) if units else float("nan")
    if np.isnan(value):
        return Value(value, value, value, units)
    drawn = [numbers(sums) for sums in _resampled(statistics, samples, seed)]
    low, high = np.nanquantile(np.concatenate(drawn), [(1 - level) / 2, (1 + level) / 2])
    return Value(value, float(low), float(high), units)


def bootstrap_difference(
    own: Any, other: Any, statistic: Callable[[np.ndarray], np.ndarray], samples: int = 1000, seed: int = 0
) -> Value:
    """The 95 % paired bootstrap of a number's difference between two systems, own minus other.

    own, other: (U, K) statistics of the same units, in the same order; each sample takes the same units for both, so
    that what is hard for both weighs on neither. Else as `bootstrap`. Raises ValueError for arrays of different shapes.
    """
    own, other = as_array(own), as_array(other)
    check_shapes(own=(own, "U K"), other=(other, "U K"))
    columns = own.shape[1]
    return bootstrap(
        np.concatenate([own, other], axis=1),
        lambda sums: statistic(sums[:, :columns]) - statistic(sums[:, columns:]),
        samples,
        seed,
    )


def bootstrap_seeds(
    own: Any, other: Any, statistic: Callable[[np.ndarray], np.ndarray], samples: int = 1000, seed: int = 0
) -> Value:
    """The 95 % bootstrap of a number's mean difference between two networks that were each trained with several seeds.

    own, other: (S, U, K) statistics of the same U units for each of S seeds, the same in both. A sample draws seeds
    and units with replacement, the same for both networks; n is U. With one seed this is `bootstrap_difference`. What
    differs by both seed and unit is drawn twice, which makes the interval rather too wide (Owen 2007, the pigeonhole
    bootstrap), unless trainings differ by more than photos do: then three seeds are too few for any bootstrap. Raises
    ValueError for arrays of different shapes.
    """
    own, other = as_array(own).astype(np.float64), as_array(other).astype(np.float64)
    check_shapes(own=(own, "S U K"), other=(other, "S U K"))
    check_finite(own=own, other=other)
    seeds, units, columns = own.shape
    # A row a unit: for each seed what it adds to both networks' sums.
    statistics = np.concatenate([own, other], axis=2).transpose(1, 0, 2).reshape(units, -1)

    def differences(sums: np.ndarray) -> np.ndarray:
        """(B, …) sums → (B, S), of each seed."""
        each = sums.reshape(len(sums), seeds, 2 * columns)
        with np.errstate(divide="ignore", invalid="ignore"):
            pairs = [statistic(each[:, s, :columns]) - statistic(each[:, s, columns:]) for s in range(seeds)]
        return np.stack(pairs, axis=1)

    value = float(differences(statistics.sum(axis=0, keepdims=True)).mean()) if units else float("nan")
    if np.isnan(value):
        return Value(value, value, value, units)
    drawn = np.concatenate([differences(sums) for sums in _resampled(statistics, samples, seed)])
    picked = np.random.default_rng([seed, seeds]).integers(seeds, size=drawn.shape)
    means = np.take_along_axis(drawn, picked, axis=1).mean(axis=1)
    low, high = np.nanquantile(means, [0.025, 0.975])
    return Value(value, float(low), float(high), units)


def _resampled(statistics: np.ndarray, samples: int, seed: int) -> Iterator[np.ndarray]:
    """(U, K) → (B, K) sums of samples of the units, drawn with replacement, `samples` in all."""
    units = len(statistics)
    rng = np.random.default_rng(seed)
    rows = max(1, BLOCK // units)
    for start in range(0, samples, rows):
        size = min(rows, samples - start)
        weights = np.stack([np.bincount(rng.integers(units, size=units), minlength=units) for _ in range(size)])
        yield weights.astype(np.float64) @ statistics


def p_value(difference: Value) -> float:
    """Two-sided p of no difference, the bootstrap's spread taken as a normal's of the same 95 % interval; NaN of NaN.

    The share of samples beyond zero would be no finer than 1 / samples, too coarse for `holm` over many groups: ours.
    """
    if math.isnan(difference.value):
        return math.nan
    if difference.high == difference.low:
        return float(difference.value == 0)
    deviation = (difference.high - difference.low) / (2 * TWO_SIDED)
    return math.erfc(abs(difference.value) / deviation / math.sqrt(2))


def holm(p: Any) -> np.ndarray:
    """(N,) p-values → (N,) adjusted ones (Holm 1979): those under 5 % hold together with an error of 5 %.

    NaN stays NaN and counts as no comparison.
    """
    p = as_array(p).astype(np.float64)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return adjusted
