"""Bootstrap intervals over photos or items."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
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

    @property
    def deviation(self) -> float:
        """The standard deviation of a normal with this 95 % interval."""
        return (self.high - self.low) / (2 * TWO_SIDED)


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
    drawn = [numbers(weights @ statistics) for weights in _weights(units, samples, seed)]
    low, high = np.nanquantile(np.concatenate(drawn), [(1 - level) / 2, (1 + level) / 2])
    return Value(value, float(low), float(high), units)


def _weights(units: int, samples: int, seed: int) -> Iterable[np.ndarray]:
    """How often each sample draws each unit: blocks of (b, U), together `samples` rows."""
    if units * samples <= BLOCK:
        return [_drawn(units, samples, seed)]
    rng, rows = np.random.default_rng(seed), max(1, BLOCK // units)
    return (_draw(rng, units, min(rows, samples - start)) for start in range(0, samples, rows))


@lru_cache(maxsize=4)  # the metrics of all systems are measured on the same photos
def _drawn(units: int, samples: int, seed: int) -> np.ndarray:
    return _draw(np.random.default_rng(seed), units, samples)


def _draw(rng: np.random.Generator, units: int, samples: int) -> np.ndarray:
    drawn = [np.bincount(rng.integers(units, size=units), minlength=units) for _ in range(samples)]
    return np.stack(drawn).astype(np.float64)


def wilson(value: Value, units: int) -> Value:
    """The 95 % interval of a share of which all or none of so many units were found (Wilson 1927), where every sample
    of the bootstrap says the same and an interval without width would claim certainty. Another share stays as it is."""
    if value.value not in (0.0, 1.0) or not units:
        return value
    beyond = TWO_SIDED**2 / (units + TWO_SIDED**2)
    return value._replace(low=value.value * (1 - beyond), high=1.0 if value.value else beyond)


def difference(statistic: Callable[[np.ndarray], np.ndarray], columns: int) -> Callable[[np.ndarray], np.ndarray]:
    """A statistic of (B, columns) sums → that of (B, 2 columns), one network's beside another's: the first's minus the
    second's. Statistics of the same units side by side make a paired bootstrap: each sample takes the same units for
    both, so that what is hard for both weighs on neither."""
    return lambda sums: statistic(sums[:, :columns]) - statistic(sums[:, columns:])


def bootstrap_seeds(
    statistics: Any, statistic: Callable[[np.ndarray], np.ndarray], samples: int = 1000, seed: int = 0
) -> Value:
    """The 95 % bootstrap of a number's mean over networks that were trained with several seeds.

    statistics: (S, U, K), of the same U units for each of S seeds. A sample draws seeds and units with replacement; n
    is U. With one seed this is `bootstrap`. What differs by both seed and unit is drawn twice, which makes the interval
    rather too wide (Owen 2007, the pigeonhole bootstrap), unless trainings differ by more than photos do: then three
    seeds are too few for any bootstrap. Raises ValueError for NaN in `statistics`.
    """
    statistics = as_array(statistics).astype(np.float64)
    check_shapes(statistics=(statistics, "S U K"))
    check_finite(statistics=statistics)
    seeds, units, _ = statistics.shape
    rows = statistics.transpose(1, 0, 2).reshape(units, -1)  # of a unit: what it adds with each seed

    def of_each(sums: np.ndarray) -> np.ndarray:
        """(B, S K) sums → (B, S) numbers."""
        own = sums.reshape(len(sums), seeds, -1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.stack([statistic(own[:, s]) for s in range(seeds)], axis=1)

    value = float(of_each(rows.sum(axis=0, keepdims=True)).mean()) if units else float("nan")
    if np.isnan(value):
        return Value(value, value, value, units)
    drawn = np.concatenate([of_each(weights @ rows) for weights in _weights(units, samples, seed)])
    picked = np.random.default_rng([seed, seeds]).integers(seeds, size=drawn.shape)
    means = np.take_along_axis(drawn, picked, axis=1).mean(axis=1)
    low, high = np.nanquantile(means, [0.025, 0.975])
    return Value(value, float(low), float(high), units)


def p_value(difference: float, deviation: float) -> float:
    """Two-sided p of no difference, for a normal of that standard deviation; NaN of NaN.

    The share of bootstrap samples beyond zero would be no finer than 1 / samples, too coarse for `holm` over many
    groups: ours.
    """
    if math.isnan(difference) or math.isnan(deviation):
        return math.nan
    return math.erfc(abs(difference) / deviation / math.sqrt(2)) if deviation else float(difference == 0)


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
