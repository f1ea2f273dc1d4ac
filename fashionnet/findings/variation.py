"""What variation does to the systems, in words: groups of test photos, and the controlled series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import pandas as pd

from fashionnet.describe import TITLES
from fashionnet.evaluate.groups import GARMENT, SMALL, UNKNOWN, Grouping
from fashionnet.evaluate.series import BREAK
from fashionnet.findings.benchmarks import on_what
from fashionnet.findings.wording import count, percent, several
from fashionnet.systems import COMPARED, look

SURE = 0.05  # Holm's p under which a difference is claimed
LITTLE = 0.2  # a system that starts below this has little to lose

METRICS = {
    "category_top1": "category, top-1",
    "category_top3": "category, top-3",
    "attributes_mean_top1": "attributes, top-1",
    "attributes_mean_top3": "attributes, top-3",
    "within_0.1": "landmarks within 0.1",
    "normalised_error": "landmarks, normalised error",
}


class Factor(Protocol):
    label: str
    unit: str
    values: tuple[float, ...]


def metric_label(metric: str) -> str:
    """ "top1" → "retrieval, top-1"; else as METRICS has it."""
    return METRICS.get(metric, metric.replace("top", "retrieval, top-"))


def groups(table: pd.DataFrame, groupings: Mapping[str, Grouping], sample: str) -> list[str]:
    """What costs which system most, and where FashionNet's lead is another, as `evaluate.groups.by_group` has it.

    A group is named only where its difference from the other photos is clear of zero and holds after Holm's
    correction; small groups and those that the files say nothing of are never.
    """
    if table.empty:
        return ["No test photo was measured in groups."]
    found = []
    compared = table[table["inside_minus_rest_p"].notna()]
    for benchmark in [name for name in TITLES if name in set(compared["benchmark"])]:
        own = compared[compared["benchmark"] == benchmark]
        for metric in own["metric"].unique():
            rows = own[own["metric"] == metric]
            garment = rows["grouping"].isin(GARMENT)
            said = [
                f"{TITLES[benchmark]}, {metric_label(metric)}.",
                *_costs(rows[~garment], groupings, "Of the ways a garment is shown,", "costs", "most"),
                *_costs(rows[garment], groupings, "Of the kinds of garment,", "is hardest for", ""),
                *_leads(rows, groupings),
            ]
            found.append(" ".join(said))
    return [*found, *_small(table), *_many(compared, sample)]


def _costs(rows: pd.DataFrame, groupings: Mapping[str, Grouping], start: str, *words: str) -> list[str]:
    clauses, level = [], []
    for system in _systems(rows):
        worst = _sure(rows[rows["system"] == system], "inside_minus_rest", worse=True)
        if worst is None:
            level.append(look(system).label)
            continue
        told = " ".join(filter(None, (words[0], look(system).label, words[1])))
        size = _points(worst, "inside_minus_rest")
        clauses.append(
            f"{_group(worst, groupings)} {told} ({percent(worst['value'])}, {size} less than on the other photos)"
        )
    if level:
        clauses.append(f"none is surely worse than the other photos for {several(level)}")
    return [f"{start} {'; '.join(clauses)}."] if clauses else []


def _leads(rows: pd.DataFrame, groupings: Mapping[str, Grouping]) -> list[str]:
    clauses, level = [], []
    rows = rows[rows["lead_minus_rest_p"].notna()]
    for system in _systems(rows):
        own, changes = rows[rows["system"] == system], []
        for worse, word in ((False, "larger"), (True, "smaller")):
            row = _sure(own, "lead_minus_rest", worse)
            if row is not None:
                size, lead = _points(row, "lead_minus_rest"), f"{100 * row['fashionnet_minus_this']:+.1f} points"
                changes.append(f"{word} for {_group(row, groupings)} by {size}, where it is {lead}")
        if changes:
            clauses.append(f"over {look(system).label} {'it ' * bool(clauses)}is {', and '.join(changes)}")
        else:
            level.append(look(system).label)
    if level:
        clauses.append(
            f"over {several(level)} {'it ' * bool(clauses)}is in no group surely another than on the other photos"
        )
    return [f"FashionNet's lead {'; '.join(clauses)}."] if clauses else []


def _systems(rows: pd.DataFrame) -> list[str]:
    return [name for name in COMPARED if name in set(rows["system"])]


def _sure(rows: pd.DataFrame, name: str, worse: bool) -> pd.Series | None:
    """The row with the lowest (else highest) difference among those that are clear of zero and hold, or None."""
    clear = rows[f"{name}_high"] < 0 if worse else rows[f"{name}_low"] > 0
    sure = rows[clear & (rows[f"{name}_p"] < SURE)]
    return None if sure.empty else sure.loc[sure[name].idxmin() if worse else sure[name].idxmax()]


def _group(row: pd.Series, groupings: Mapping[str, Grouping]) -> str:
    return f"“{row['group']}” ({groupings[row['grouping']].label})"


def _points(row: pd.Series, name: str) -> str:
    """The size of a difference, with its interval turned so that both are positive where the difference is clear."""
    value, low, high = (100 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value < 0:
        value, low, high = -value, -high, -low
    return f"{value:.1f} points ({low:.1f} to {high:.1f})"


def _small(table: pd.DataFrame) -> list[str]:
    groups = table[["benchmark", "grouping", "group", "small"]].drop_duplicates(["benchmark", "grouping", "group"])
    small, unknown = int(groups["small"].sum()), int((groups["group"] == UNKNOWN).sum())
    said = f"{count(small, 'group')} of {len(groups):,} had fewer than {SMALL} photos (items) to measure: hollow in the"
    found = [f"{said} figures, and in no sentence."] if small else []
    if unknown:
        found.append(f"Photos that the files say nothing of stand in {count(unknown, 'group')} of their own.")
    return found


def _many(compared: pd.DataFrame, sample: str) -> list[str]:
    number = len(compared) + int(compared["lead_minus_rest_p"].notna().sum())
    if not number:
        return ["No group is large enough to be compared with the other photos."]
    looked = f"{count(number, 'difference')} {'was' if number == 1 else 'were'} looked at {on_what(sample)}"
    return [
        f"{looked}. What is claimed has a 95 % interval clear of zero and holds at 5 % after Holm's correction over "
        "all groups of a benchmark's metric. Groups overlap and do not hold equal garments: a group tells what goes "
        "with a loss, not what causes it; and “most” is by value, for no two groups were compared with each other.",
    ]


def series(table: pd.DataFrame, factors: Mapping[str, Factor], reason: str = "") -> list[str]:
    """What breaks which system first, what never does, and where FashionNet's lead changes; reason: why none was
    measured. table: as `evaluate.series.controlled` returns it."""
    if table.empty:
        return [f"The controlled series was not measured: {reason or 'no system was run on it'}."]
    found = []
    for metric in table["metric"].unique():
        own = table[table["metric"] == metric]
        told = [f"{_broken(own[own['system'] == system], look(system).label, factors)}." for system in _systems(own)]
        found.append(" ".join([f"{_start(metric)}.", *told, *_changes(own, factors)]))
    points = f"{100 * BREAK:.0f} points"
    return [
        *found,
        f"A system breaks at the first level whose drop from level 0, on the same garments, is over {points} with a "
        "95 % interval clear of zero; a lead's change holds after Holm's correction over all levels of a metric, and "
        "“most” is by value. How far apart the levels of a factor are was chosen, so that the levels of two factors do "
        "not tell which is worse.",
    ]


def _start(metric: str) -> str:
    label = metric_label(metric)
    return f"Retrieval, {label}" if metric.startswith("top") else f"{label[0].upper()}{label[1:]}"


def _broken(table: pd.DataFrame, subject: str, factors: Mapping[str, Factor]) -> str:
    first = table[table["level"] == 0].iloc[0]
    broken = table[table["breaks"]]
    never = [_name(factors[name]) for name in factors if name in set(table["factor"]) - set(broken["factor"])]
    floor = " and has little to lose" if first["value"] < LITTLE else ""
    start = f"{subject} starts at {percent(first['value'])}{floor}"
    if broken.empty:
        return f"{start}; no factor breaks it up to its last level"
    soonest = broken[broken["level"] == broken["level"].min()]
    names = several([_at(row, factors) for _, row in soonest.iterrows()], most=len(factors))
    rest = "every factor breaks it in the end"
    if never:
        rest = f"{several(never, most=len(factors))} {'does' if len(never) == 1 else 'do'} not break it at any level"
    return f"{start}; it breaks first under {names}, at level {soonest['level'].iloc[0]}; {rest}"


def _at(row: pd.Series, factors: Mapping[str, Factor]) -> str:
    return f"{_name(factors[row['factor']])} ({row['at']:g})"


def _name(factor: Factor) -> str:
    return factor.label if factor.label.isupper() else factor.label.lower()


def _changes(table: pd.DataFrame, factors: Mapping[str, Factor]) -> Iterator[str]:
    for system in _systems(table):
        own = table[(table["system"] == system) & table["lead_change_p"].notna()]
        clauses = []
        for worse, word in ((True, "shrinks"), (False, "grows")):
            row = _sure(own, "lead_change", worse)
            if row is not None:
                now = f"{100 * row['fashionnet_minus_this']:+.1f} points"
                clauses.append(f"{word} most under {_at(row, factors)}, by {_points(row, 'lead_change')}, to {now}")
        if len(own):
            what = ", and ".join(clauses) or "surely changes under no factor"
            yield f"FashionNet's lead over {look(system).label} {what}."


def break_table(table: pd.DataFrame, metric: str, factors: Mapping[str, Factor]) -> pd.DataFrame:
    """A row a factor, a column a system: the value and level where it breaks, "not by …" where it does not."""
    own, rows = table[table["metric"] == metric], {}
    for name in [name for name in factors if name in set(own["factor"])]:
        rows[factors[name].label] = {"unit": factors[name].unit}
        for system in _systems(own):
            levels = own[(own["factor"] == name) & (own["system"] == system)]
            broken = levels[levels["breaks"]]
            text = f"not by {levels.loc[levels['level'].idxmax(), 'at']:g}"
            if len(broken):
                text = f"{broken['at'].iloc[0]:g} (level {broken['level'].iloc[0]})"
            rows[factors[name].label][look(system).label] = text
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")


def overview(
    by_group: pd.DataFrame, controlled: pd.DataFrame, groupings: Mapping[str, Grouping], factors: Mapping[str, Factor]
) -> str:
    """What variation does to FashionNet, in one sentence."""
    clauses = []
    own = by_group[(by_group["system"] == COMPARED[0]) & ~by_group["grouping"].isin(GARMENT)]
    worst = _sure(own, "inside_minus_rest", worse=True)
    if worst is not None:
        clauses.append(
            f"of the groups of test photos, {_group(worst, groupings)} costs FashionNet most "
            f"({TITLES[worst['benchmark']].lower()}, {metric_label(worst['metric'])}: {percent(worst['value'])}, "
            f"{_points(worst, 'inside_minus_rest')} less than on the other photos)"
        )
    elif own["inside_minus_rest_p"].notna().any():
        clauses.append("no group of test photos surely costs FashionNet anything")
    own = controlled[(controlled["metric"] == "category_top1") & (controlled["system"] == COMPARED[0])]
    if len(own):
        clauses.append(f"in the controlled series, {_broken(own, 'its top-1 category accuracy', factors)}")
    sentence = "; ".join(clauses) or "what variation does to FashionNet was not measured"
    return f"{sentence[0].upper()}{sentence[1:]}."
