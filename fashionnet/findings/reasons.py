"""Why the three systems do not come in the paper's order, as far as the claims' controls can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fashionnet.claims.compare import LEVEL, SUPPORTED
from fashionnet.claims.design import CLAIMS, MEASURES, REFERENCE
from fashionnet.findings.claims import amount, reach

Row = Mapping[str, Any]
_CONTROLS = ("no_local", "random_places", "true_landmarks", "jointed_landmarks")


def reasons(comparisons: pd.DataFrame, window: float) -> list[str]:
    """Paragraphs on what sets FashionNet apart from DARN, and both from WTBI; none where FashionNet is found to be
    better than DARN, or where one of the controls is not there.

    comparisons: as `compare` gives them. window: side of a pooling window, a share of the picture's.
    """
    measure = CLAIMS["systems"].primary
    own = comparisons[comparisons["measure"] == measure].to_dict(orient="records")
    rows = {(row["experiment"], row["beside"]): row for row in own}
    needed = [("darn", REFERENCE), *((name, REFERENCE) for name in _CONTROLS), ("true_places", "no_gate")]
    needed += [("wtbi", REFERENCE), ("wtbi", "darn"), ("wtbi_faster", REFERENCE)]
    errors = comparisons[(comparisons["measure"] == "landmark_error") & (comparisons["experiment"] == "no_local")]
    if not set(needed) <= set(rows) or not len(errors) or rows["darn", REFERENCE]["verdict"] == SUPPORTED:
        return []
    no_local, random_places, true_landmarks, jointed = (rows[name, REFERENCE] for name in _CONTROLS)
    places = rows["true_places", "no_gate"]
    return [
        f"Why FashionNet is not clearly better than DARN in {MEASURES[measure].label}: what it has and DARN has not is "
        f"landmarks, and the controls take them apart. Without the local branch (the pose branch still learns) the "
        f"measure {_becomes(no_local)}; with windows at random places, the same in every photo, it "
        f"{_becomes(random_places)}. Taught by fewer landmarks it {_becomes(jointed)}.",
        f"Told the true landmarks, places and visibility, which no system may know, it {_becomes(true_landmarks)}. But "
        "which landmarks a garment has says whether it is worn above, below or both: the gates alone give much away. "
        f"Told true places alone, its gates open, it {_becomes(places)}, beside estimated places with open gates. "
        f"{_reading(true_landmarks, places)} FashionNet's estimates are off by {errors['reference'].iloc[0]:.2f} of "
        f"the garment's box on average; half a pooling window is {window / 2:.2f} of the picture.",
        "WTBI has neither landmarks nor branches, and learns pairs as matches: FashionNet minus WTBI is "
        f"{_difference(rows['wtbi', REFERENCE])}, DARN minus WTBI {_difference(rows['wtbi', 'darn'])}. At the other "
        f"systems' learning rate FashionNet minus WTBI is {_difference(rows['wtbi_faster', REFERENCE])}.",
    ]


def _reading(oracle: Row, places: Row) -> str:
    """What the two oracles say together."""
    if not (_clear(oracle) and oracle["value"] < 0):
        return "So better landmarks alone would not help here."
    if _clear(places) and places["value"] < 0:
        return "So the places themselves hold what the category needs, and estimates this rough do not deliver it."
    return "So that better places alone would help is not shown; most of what the oracle gains comes from its gates."


def _clear(row: Row) -> bool:
    return bool(row["p_holm"] < LEVEL)


def _becomes(row: Row) -> str:
    """What becomes of the measure in the experiment: "falls by 4.2 points (1.2 to 6.8)"."""
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    if not _clear(row):
        change = {**row, "value": -row["value"], "low": -row["high"], "high": -row["low"]}
        return f"changes by {amount(change)} ({reach(change)}), which may be chance"
    size = {**row, "value": abs(row["value"]), "low": low, "high": high}
    return f"{'falls' if row['value'] > 0 else 'rises'} by {amount(size, False)} ({reach(size, False)})"


def _difference(row: Row) -> str:
    return f"{amount(row)} ({reach(row)}{'' if _clear(row) else '; may be chance'})"
