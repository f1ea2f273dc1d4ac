"""Groups of test photos by what the official files say of them, each measured by itself and against the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fashionnet.evaluate.evaluation import DIGITS, REFERENCE, Evaluation, Sums, ratio
from fashionnet.evaluate.landmarks import landmark_sums
from fashionnet.evaluate.recognition import first_recall
from fashionnet.formats.codes import CLOTHES_TYPES, POSE_TYPES, SOURCE_TYPES, VARIATION_TYPES
from fashionnet.metrics import Value, holm, p_value
from fashionnet.predictions import Arrays
from fashionnet.prepare.tables import BENCHMARKS, Prepared
from fashionnet.systems import in_order

ALL = "all"  # the grouping that puts all photos in one group, for comparison
UNKNOWN = "unknown"  # the group of photos that the files say nothing of
# Groups of fewer photos (in retrieval: items) are marked, and nothing is claimed of them: a share near one half
# measured on 20 has a 95 % interval 44 points wide. Ours.
SMALL = 20
# Lower edges of the garment's box as a share of the photo, the same for every benchmark: about a fifth of the photos
# each. Ours.
AREAS = {0.0: "under 15 %", 0.15: "15 to 30 %", 0.3: "30 to 45 %", 0.45: "45 to 60 %", 0.6: "60 % or more"}
MOST_HIDDEN = 3  # hidden landmarks are counted up to here: 0, 1, 2, 3 or more
GARMENT = ("clothes_type", "category")  # the groupings by what the garment is; the others are by how it is shown

DIFFERENCES = (f"{REFERENCE}_minus_this", "inside_minus_rest", "lead_minus_rest")
INTERVAL, P = ("", "_low", "_high"), "_p"
NUMBERS = [f"{name}{end}" for name in DIFFERENCES for end in (*INTERVAL, *([P] if name != DIFFERENCES[0] else []))]
COLUMNS = ["benchmark", "grouping", "group", "order", "photos", "system", "metric", "value", "low", "high", "n",
           "small", *NUMBERS]  # fmt: skip


@dataclass(frozen=True)
class Grouping:
    """label: what it groups by. codes: (N,) int of every prepared photo, -1 unknown. names: of the codes, in order."""

    label: str
    codes: np.ndarray
    names: Mapping[int, str]

    def of(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """{group: its photos among `rows`}, in the order of the codes, "unknown" last; each of `rows` in one group."""
        codes = self.codes[rows]
        found = {self.names.get(code, f"code {code}"): rows[codes == code] for code in np.unique(codes[codes >= 0])}
        unknown = rows[codes < 0]
        return found | ({UNKNOWN: unknown} if len(unknown) else {})


def groupings(prepared: Prepared) -> dict[str, Grouping]:
    """Every grouping of the photos. What covers a landmark and what cuts it off are two, for they have two causes."""
    photos = prepared.photos
    area = (photos["x_2"] - photos["x_1"]) * (photos["y_2"] - photos["y_1"]) / (photos["width"] * photos["height"])
    sizes = np.where(photos["boxed"], np.searchsorted([*AREAS], area.to_numpy(np.float64), side="right") - 1, -1)
    landmarked = photos["landmarked"].to_numpy()
    found = {ALL: Grouping("", np.zeros(len(photos), np.int64), {0: "all"})}
    found |= {
        name: Grouping(label, _known(photos[name]), names)
        for name, label, names in (
            ("clothes_type", "clothes type", CLOTHES_TYPES),
            ("pose_type", "pose type", POSE_TYPES),
            ("variation_type", "variation type", VARIATION_TYPES),
            ("source_type", "source", SOURCE_TYPES),
        )
    }
    categories = dict(enumerate(prepared.categories["category_name"]))
    found["category"] = Grouping("category", photos["category"].to_numpy(np.int64), categories)
    for code, name, word in ((1, "occluded", "occluded"), (2, "truncated", "cut off")):
        hidden = np.minimum((prepared.visibility == code).sum(axis=1), MOST_HIDDEN)
        names = {count: f"{count or 'none'}{' or more' * (count == MOST_HIDDEN)}" for count in range(MOST_HIDDEN + 1)}
        found[name] = Grouping(f"landmarks {word}", np.where(landmarked, hidden, -1), names)
    found["area"] = Grouping("garment's box in the photo", sizes, dict(enumerate(AREAS.values())))
    return found


def _known(codes: pd.Series) -> np.ndarray:
    codes = codes.to_numpy(np.int64)
    return np.where(codes > 0, codes, -1)


@dataclass(frozen=True)
class Population:
    """Photos that are grouped: `rows`, what the metrics of each system sum up, and the metrics (claimed: those that
    groups are compared in)."""

    benchmark: str
    rows: np.ndarray
    sums: Mapping[str, Mapping[str, Sums]]
    claimed: tuple[str, ...]
    further: tuple[str, ...] = ()
    groupings: tuple[str, ...] | None = None  # None: all


def populations(
    prepared: Prepared, evaluations: Mapping[str, Evaluation], street: Mapping[str, Arrays], k: int
) -> Iterator[Population]:
    """The photos of each benchmark that was measured, with the metrics that fit it.

    All test photos; in retrieval, all queries whose item is in the gallery. Consumer-to-shop's queries are of one
    source, so the sources are compared by the landmarks of all its test photos. street: predictions of that benchmark.
    k: of its headline.
    """
    metrics = {
        "category_attribute": (("category_top1", first_recall(prepared.groups)), ("category_top3",)),
        "landmarks": (("within_0.1",), ("normalised_error",)),
        "in_shop": (("top1",), ()),
        "consumer_to_shop": ((f"top{k}",), ("top1",) if k > 1 else ()),
    }
    for benchmark in BENCHMARKS:
        evaluation = evaluations[benchmark]
        if not evaluation.sums:
            continue
        rows = prepared.rows(benchmark, "test")
        if "queries" in evaluation.tables:
            rows = np.unique(evaluation.tables["queries"]["row"].to_numpy())
        yield Population(benchmark, rows, evaluation.sums, *metrics[benchmark])
    if sums := landmark_sums(prepared, "consumer_to_shop", street):
        rows = prepared.rows("consumer_to_shop", "test")
        yield Population("consumer_to_shop", rows, sums, ("within_0.1",), ("normalised_error",), ("source_type",))


def by_group(
    prepared: Prepared, evaluations: Mapping[str, Evaluation], street: Mapping[str, Arrays], k: int
) -> pd.DataFrame:
    """Every system in every group of test photos; arguments as in `populations`.

    A row a benchmark, grouping, group, system and metric: order (of the group), photos (of the group: over the groups
    they add up to all), value, low, high, n (photos measured), small, and, each with _low, _high and, but for the
    first, _p: fashionnet_minus_this (in the group), inside_minus_rest (the group's value minus that of all other
    photos) and lead_minus_rest (FashionNet's lead over the system in the group minus that on all others). The last two
    are NaN for small and unknown groups and metrics that are not compared; p is Holm's over a metric of a benchmark.
    A grouping of which a benchmark's files know nothing, or which finds all its photos alike, is left out.
    """
    known, rows = groupings(prepared), []
    for population in populations(prepared, evaluations, street, k):
        for name in population.groupings or known:
            groups = known[name].of(population.rows)
            if len(groups) > 1 or name == ALL:
                rows += _grouping(population, name, groups)
    table = pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))
    for name in DIFFERENCES[1:]:
        table[f"{name}_p"] = table.groupby(["benchmark", "metric"])[f"{name}_p"].transform(holm)
    return table


def _grouping(population: Population, grouping: str, groups: Mapping[str, np.ndarray]) -> Iterator[dict]:
    systems = in_order(population.sums)
    for order, (group, inside) in enumerate(groups.items()):
        for metric in (*population.claimed, *population.further):
            measured = {name: own[metric] for name in systems if metric in (own := population.sums[name])}
            reference = measured.get(REFERENCE)
            for system, whole in measured.items():
                own = whole.of(inside)
                small = own.independent < SMALL
                row = {"benchmark": population.benchmark, "grouping": grouping, "group": group, "order": order,
                       "photos": len(inside), "system": system, "metric": metric,
                       "n": own.n, "small": small}  # fmt: skip
                row |= numbers(own.measured())
                lead = reference.minus(whole) if reference and system != REFERENCE else None
                if lead:
                    row |= numbers(lead.of(inside).measured(), DIFFERENCES[0])
                if metric in population.claimed and group != UNKNOWN and not small:
                    row |= _compared(whole, inside, DIFFERENCES[1])
                    if lead:
                        row |= _compared(lead, inside, DIFFERENCES[2])
                yield row


def _compared(whole: Sums, inside: np.ndarray, name: str) -> dict[str, float]:
    """The value on photos `inside` minus that on the rest, and its p.

    p is as for two proportions, with the deviation that both would have were the group drawn at random from all: the
    bootstrap of a group in which a system finds nothing would have none at all. There the interval is made from the
    group's own and the rest's (Newcombe 1998).
    """
    difference, n, all_n = whole.inside_minus_rest(inside).measured(), whole.of(inside).n, whole.n
    if not 0 < n < all_n:
        return {}
    group, rest = (whole.of(rows).measured() for rows in (inside, np.setdiff1d(whole.photos, inside)))
    if {group.value, rest.value} & {0.0, 1.0} and whole.statistic is ratio:
        below = np.hypot(group.value - group.low, rest.high - rest.value)
        above = np.hypot(group.high - group.value, rest.value - rest.low)
        difference = difference._replace(low=difference.value - below, high=difference.value + above)
    deviation = whole.measured().deviation * np.sqrt(all_n / n + all_n / (all_n - n))
    return numbers(difference, name) | {f"{name}_p": p_value(difference.value, deviation)}


def numbers(value: Value, name: str = "value") -> dict[str, float]:
    """A bootstrap's outcome as columns: `name` and its interval."""
    ends = ("low", "high") if name == "value" else (f"{name}_low", f"{name}_high")
    return dict(zip((name, *ends), (round(number, DIGITS) for number in value[:3])))
