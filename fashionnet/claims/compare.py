"""Experiments' measures → differences with intervals over seeds and photos, and the verdict on each claim."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fashionnet.claims.design import CLAIMS, MEASURES, Claim, Control
from fashionnet.evaluate.evaluation import DIGITS, Sums, interval, ratio
from fashionnet.metrics import Value, bootstrap_seeds, difference, holm, p_value, wilson

Measured = Mapping[str, Mapping[int, Mapping[str, Sums]]]  # {experiment: {seed: {measure: sums}}}
SEEDS = 3  # a verdict takes at least so many
LEVEL = 0.05

SUPPORTED, NOT, UNDECIDED = "supported", "not supported", "undecided"
ONE_SEED, FEW_SEEDS = "one seed, no verdict", "too few seeds, no verdict"
COLUMNS = (
    "claim", "experiment", "beside", "measure", "role",
    "reference", "reference_low", "reference_high", "own", "own_low", "own_high", "value", "low", "high",
    "n", "units", "seeds", "detectable", "p", "p_holm", "verdict",
)  # fmt: skip


def compare(measured: Measured) -> pd.DataFrame:
    """COLUMNS, a row for each comparison of each claim and each of its measures.

    reference, own: the values of what has the part and of what lacks it, means over the seeds that both were trained
    with. value: their difference, so signed that a positive one speaks for the claim. low, high of each of the three:
    the 95 % interval over seeds and photos (items, in retrieval). n: photos; units: what was resampled. detectable: the
    smallest difference that so many units can detect with one seed. p, p_holm: of no difference, and corrected for all
    tested comparisons of the claim (its primary and secondary measure); NaN for measures that are only shown, and for
    one seed, whose interval knows nothing of how another training would come out.
    """
    tables = [_of_claim(name, claim, measured) for name, claim in CLAIMS.items()]
    return pd.DataFrame([row for rows in tables for row in rows], columns=list(COLUMNS))


def _of_claim(name: str, claim: Claim, measured: Measured) -> list[dict[str, Any]]:
    rows = []
    for control in (claim.main, *claim.controls):
        seeds = sorted(set(measured.get(control.experiment, {})) & set(measured.get(control.beside, {})))
        for measure in claim.measures if seeds else ():
            own = [measured[control.experiment][seed].get(measure) for seed in seeds]
            reference = [measured[control.beside][seed].get(measure) for seed in seeds]
            if None in own or None in reference:
                continue
            role = {claim.primary: "primary", claim.secondary: "secondary"}.get(measure, "further")
            rows.append({"claim": name, **_row(control, measure, role, reference, own, seeds)})
    tested = [row for row in rows if row["role"] != "further"]
    for row, corrected in zip(tested, holm([row["p"] for row in tested]) if tested else []):
        row["p_holm"] = float(corrected)
    for row in rows:
        decides = row["experiment"] == claim.main.experiment and row["role"] == "primary"
        row["verdict"] = verdict(row) if decides else ""
    return rows


def _row(
    control: Control, measure: str, role: str, reference: Sequence[Sums], own: Sequence[Sums], seeds: list[int]
) -> dict[str, Any]:
    what = MEASURES[measure]
    first = reference[0]
    with_part, without = (np.stack([sums.drawn for sums in side]) for side in (reference, own))
    # So that a positive difference speaks for what has the part.
    pair = (without, with_part) if what.smaller else (with_part, without)
    found = bootstrap_seeds(np.concatenate(pair, axis=2), difference(first.statistic, with_part.shape[2]))
    return {
        "experiment": control.experiment,
        "beside": control.beside,
        "measure": measure,
        "role": role,
        **_named("reference", over_seeds(reference)),
        **_named("own", over_seeds(own)),
        **interval(found),
        "n": first.n,
        "units": int(first.drawn.any(axis=1).sum()),
        "seeds": seeds,
        "detectable": what.detectable(int(first.drawn.any(axis=1).sum())),
        "p": p_value(found.value, found.deviation) if role != "further" and len(seeds) > 1 else math.nan,
        "p_holm": math.nan,
    }


def over_seeds(sums: Sequence[Sums]) -> Value:
    """The mean of several trainings' values, of the same photos, with its interval over seeds and photos."""
    first = sums[0]
    found = bootstrap_seeds(np.stack([own.drawn for own in sums]), first.statistic)
    return wilson(found, first.independent) if first.statistic is ratio else found


def _named(name: str, value: Value) -> dict[str, float]:
    return {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}


def verdict(row: Mapping[str, Any]) -> str:
    """Of a claim's main comparison in its primary measure.

    Supported: the difference speaks for the claim and is no chance after the correction. Not supported: it speaks
    against it, no chance either, or its interval ends below what the split can detect with one training, so that a
    difference which could have been seen is ruled out. Else undecided. Under SEEDS seeds there is none.
    """
    if len(row["seeds"]) < SEEDS:
        return ONE_SEED if len(row["seeds"]) == 1 else FEW_SEEDS
    if row["value"] is None:
        return UNDECIDED
    clear = row["p_holm"] < LEVEL and (row["low"] > 0 or row["high"] < 0)
    if clear and row["value"] > 0:
        return SUPPORTED
    if clear or row["high"] < row["detectable"]:
        return NOT
    return UNDECIDED


def records(comparisons: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON holds them: rounded, None for NaN."""
    return [{name: _plain(value) for name, value in row.items()} for row in comparisons.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, DIGITS)
    return value
