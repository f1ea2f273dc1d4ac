"""What it costs to look at the whole photo in place of the garment's box, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from fashionnet.findings.wording import Entry, several, shown
from fashionnet.systems import COMPARED, look

Metrics = Mapping[str, Mapping[str, Entry]]  # of `evaluate.whole.whole_photo`
ERROR = "normalised_error"  # the one measure that is no share, and of which less is better
LABELS = {
    "category_top1": "top-1 category accuracy",
    "category_top3": "top-3 category accuracy",
    "attributes_mean_top1": "top-1 attribute recall",
    "attributes_mean_top3": "top-3 attribute recall",
    ERROR: "the landmarks' normalised error",
}


def measure_label(measure: str) -> str:
    """ "in_shop_top1" → "top-1 in-shop accuracy"."""
    if measure in LABELS:
        return LABELS[measure]
    benchmark, _, k = measure.rpartition("_top")
    return f"top-{k} {benchmark.replace('_', '-')} accuracy"


def whole_table(metrics: Metrics) -> pd.DataFrame:
    """A row a measure and system: in the box, whole, the difference on the same photos, and how many these are."""
    rows = []
    for measure in _measures(name for own in metrics.values() for name in own):
        for system in _systems(metrics):
            if entry := metrics[system].get(measure):
                share = measure != ERROR
                row = [measure_label(measure), look(system).label, shown(entry["box"], share), shown(entry, share)]
                rows.append([*row, _difference(entry, measure), f"{entry['n']:,}"])
    return pd.DataFrame(rows, columns=["measure", "system", "in its box", "whole", "whole minus box", "photos"])


def whole_photo(metrics: Metrics) -> list[str]:
    """A sentence a system: in what it is surely worse, in what better, and what may be chance."""
    said = []
    for system in _systems(metrics):
        told: dict[str, list[str]] = {"surely worse": [], "surely better": [], "perhaps by chance": []}
        for measure in _measures(metrics[system]):
            entry = metrics[system][measure]
            told[_verdict(entry["whole_minus_box"], measure)].append(_told(measure, entry))
        clauses = [f"{word}, {several(own, 9)}" for word, own in told.items() if own]
        said.append(f"{look(system).label} on the whole photo in place of the garment's box: {'; '.join(clauses)}.")
    return said or [
        "What the whole photo costs was not measured: no test photo has a box and a label, or none of the compared "
        "systems was trained."
    ]


def in_readme(metrics: Metrics) -> str:
    """FashionNet's rows of `whole_table` in Markdown."""
    table = whole_table({"fashionnet": metrics.get("fashionnet", {})}).drop(columns=["system"])
    lines = [list(table), ["---"] * len(table.columns), *table.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _told(measure: str, entry: Entry) -> str:
    return f"{_difference(entry, measure)} in {measure_label(measure)}"


def _measures(names: Iterable[str]) -> list[str]:
    """Each once, recognition first; what LABELS does not hold is retrieval."""
    known = list(LABELS)
    return sorted(set(names), key=lambda name: (known.index(name) if name in known else len(known), name))


def _systems(metrics: Metrics) -> list[str]:
    return [name for name in COMPARED if metrics.get(name)]


def _verdict(difference: Entry, measure: str) -> str:
    low, high = difference["low"], difference["high"]
    if low is None or low <= 0 <= high:
        return "perhaps by chance"
    return "surely better" if (low > 0) != (measure == ERROR) else "surely worse"


def _difference(entry: Entry, measure: str) -> str:
    """ "-6.5 points (-9.0 to -4.0)"."""
    value, low, high = (entry["whole_minus_box"][name] for name in ("value", "low", "high"))
    if value is None:
        return "–"
    if measure == ERROR:
        return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"{100 * value:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
