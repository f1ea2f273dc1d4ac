"""What was found of the poster's claims, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fashionnet.claims.compare import COLUMNS, FEW_SEEDS, LEVEL, NOT, ONE_SEED, SUPPORTED, UNDECIDED, Measured
from fashionnet.claims.design import CLAIMS, MEASURES
from fashionnet.findings.benchmarks import on_what
from fashionnet.findings.wording import capital, several
from fashionnet.prepare.tables import Prepared
from fashionnet.systems import COMPARED, look

Row = Mapping[str, Any]
MEANING = {
    SUPPORTED: "supported",
    NOT: "not supported",
    UNDECIDED: "undecided (neither the difference nor its absence is clear)",
    ONE_SEED: "one seed, no verdict",
    FEW_SEEDS: "too few seeds, no verdict",
}


def amount(row: Row, signed: bool = True) -> str:
    """A difference in its measure's unit, "+3.1 points", "+0.012"."""
    return f"{_number(row['value'], row['measure'], signed)}{_unit(row['measure'])}"


def reach(row: Row, signed: bool = True) -> str:
    """Its interval, "+1.0 to +5.2"."""
    return f"{_number(row['low'], row['measure'], signed)} to {_number(row['high'], row['measure'], signed)}"


def compared_with(row: Row) -> str:
    """Which of two networks a positive difference favours, "FashionNet against No local branch"."""
    return f"{look(row['beside']).label} against {look(row['experiment']).label}"


def claims(comparisons: pd.DataFrame, sample: str) -> list[str]:
    """A paragraph a claim: its main comparison in the primary and secondary measure, and its verdict."""
    found = [_claim(name, comparisons[comparisons["claim"] == name], sample) for name in CLAIMS]
    said = [paragraph for paragraph in found if paragraph]
    return said or ["No two experiments that a claim compares are there."]


def _claim(name: str, rows: pd.DataFrame, sample: str) -> str:
    claim = CLAIMS[name]
    main = rows[(rows["experiment"] == claim.main.experiment) & (rows["beside"] == claim.main.beside)]
    by_role = {row["role"]: row for row in main.to_dict(orient="records")}
    if "primary" not in by_role:
        return ""
    primary = by_role["primary"]
    sentences = [f"{claim.statement}: {MEANING[primary['verdict']]}, {on_what(sample)}.", _difference(primary)]
    if "secondary" in by_role:
        secondary = by_role["secondary"]
        sentences.append(_difference(secondary))
        if primary["verdict"] == SUPPORTED and not secondary["p_holm"] < LEVEL:
            sentences.append("The second measure does not show it.")
    return " ".join(sentences)


def _difference(row: Row) -> str:
    seeds = len(row["seeds"])
    trained = "one training each" if seeds == 1 else f"{seeds} seeds"
    if pd.isna(row["value"]):
        return f"{capital(MEASURES[row['measure']].label)}: not defined on these photos."
    test = "" if row["p_holm"] is None or pd.isna(row["p_holm"]) else f", Holm-corrected p {probability(row['p_holm'])}"
    return (
        f"{capital(MEASURES[row['measure']].label)}: {compared_with(row)}, {amount(row)} ({reach(row)}; {trained}, "
        f"n = {row['n']:,}{test})."
    )


def probability(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def controls(comparisons: pd.DataFrame) -> list[str]:
    """What the further controls show in their claim's tested measures: with several seeds, which differ by the
    corrected test; with one, which intervals over photos are clear of zero, which is less."""
    several_seeds: dict[str, list[str]] = {"Better": [], "Worse": [], "May be chance": []}
    once: list[str] = []
    rows = tested(comparisons)
    for row in rows[rows["value"].notna()].to_dict(orient="records"):
        main = CLAIMS[row["claim"]].main
        if (row["experiment"], row["beside"]) == (main.experiment, main.beside):
            continue
        words = f"{compared_with(row)} ({MEASURES[row['measure']].label}, {amount(row)})"
        if len(row["seeds"]) == 1:
            once += [words] if row["low"] > 0 or row["high"] < 0 else []
        elif row["p_holm"] < LEVEL:
            several_seeds["Better" if row["value"] > 0 else "Worse"].append(words)
        else:
            several_seeds["May be chance"].append(words)
    said = [f"{word}, with several seeds: {'; '.join(found)}." for word, found in several_seeds.items() if found]
    if once:
        said.append(
            f"With one training each the interval over photos is clear of zero for: {'; '.join(once)}. Other trainings "
            "may have come out otherwise."
        )
    return said


def sizes(measured: Measured) -> dict[str, int]:
    """{measure: units that its bootstrap draws} of the first experiment."""
    first = next(iter(next(iter(measured.values())).values()), {}) if measured else {}
    return {name: int(sums.drawn.any(axis=1).sum()) for name, sums in first.items()}


def detectable(sizes: Mapping[str, int]) -> pd.DataFrame:
    """Two rows a claim: what decides it and what stands beside it, and the smallest difference that one training each
    can detect on so many test photos or items {measure: units}."""
    rows = []
    for claim in CLAIMS.values():
        for role, measure in (("primary", claim.primary), ("secondary", claim.secondary)):
            units = sizes.get(measure, 0)
            least = {"value": MEASURES[measure].detectable(units), "measure": measure}
            first = role == "primary"
            rows.append(
                {
                    "claim": claim.statement if first else "",
                    "FashionNet against": f"{look(claim.main.experiment).label}: {claim.main.note}" if first else "",
                    "measure": f"{MEASURES[measure].label} ({role})",
                    "units": units,
                    "detectable": amount(least, False) if units else "–",
                }
            )
    return pd.DataFrame(rows)


def shown(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The comparisons as a table that people read, each measure in its unit: per cent and points, or as it is."""
    rows = []
    for row in comparisons.to_dict(orient="records"):
        what, p = MEASURES[row["measure"]], row["p_holm"]
        rows.append(
            {
                "compared": f"{look(row['beside']).label} | {look(row['experiment']).label}",
                "measure": f"{what.label}{' (smaller is better)' if what.smaller else ''}",
                "values": f"{_with_interval(row, 'reference')} | {_with_interval(row, 'own')}",
                "difference": _with_interval(row, "", signed=True),
                "n": row["n"],
                "seeds": len(row["seeds"]),
                "p, corrected": "–" if p is None or pd.isna(p) else probability(p),
            }
        )
    return pd.DataFrame(rows)


def _with_interval(row: Row, side: str, signed: bool = False) -> str:
    """A comparison's value and interval, of the `side` reference or own, or their difference."""
    names = [f"{side}_{name}" if side else name for name in ("low", "high")]
    value, *ends = (row[name] for name in (side or "value", *names))
    if value is None or pd.isna(value):
        return "–"
    low, high = (_number(end, row["measure"], signed) for end in ends)
    return f"{_number(value, row['measure'], signed)} ({low} to {high})"


def decided(comparisons: Sequence[Row]) -> pd.DataFrame:
    """Of the committed comparisons those between networks that were trained with several seeds."""
    return pd.DataFrame([row for row in comparisons if len(row["seeds"]) > 1], columns=list(COLUMNS))


def headline(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The comparison that decides each claim, in its primary and secondary measure."""
    mains = [(claim.main.experiment, claim.main.beside) for claim in CLAIMS.values()]
    keep = [pair in mains for pair in zip(comparisons["experiment"], comparisons["beside"])]
    return tested(comparisons[np.array(keep, bool)])


def tested(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Those in a claim's primary and secondary measure."""
    return comparisons[comparisons["role"] != "further"]


def points(comparisons: pd.DataFrame) -> pd.DataFrame:
    """label, role, value, low, high of the differences in points, as `figures.forest` draws them."""
    percent = comparisons["measure"].map(lambda name: MEASURES[name].is_percent) & comparisons["value"].notna()
    rows = [
        {
            "label": f"{compared_with(row)}\n{MEASURES[row['measure']].label}",
            **{name: row[name] for name in ("role", "value", "low", "high")},
        }
        for row in comparisons[percent].to_dict(orient="records")
    ]
    return pd.DataFrame(rows, columns=["label", "role", "value", "low", "high"])


def by_share(values: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]) -> dict[str, pd.DataFrame]:
    """{experiment: {seed: {measure: {"value", "low", "high"}}}} → for each measure of the attributes' claim a table
    how, share, value, low, high of the seed that all shares were trained with, as `figures.by_share` draws it."""
    commonest = {"no_attributes": 0.0, "attributes_10": 0.1, "attributes_50": 0.5, "fashionnet": 1.0}
    random = {"no_attributes": 0.0, "attributes_10_random": 0.1, "attributes_50_random": 0.5, "fashionnet": 1.0}
    if not set(commonest) | set(random) <= set(values):
        return {}
    seed = min(set.intersection(*(set(values[name]) for name in {*commonest, *random})))
    found = {}
    for measure in CLAIMS["attributes"].measures:
        scale = 100 if MEASURES[measure].is_percent else 1
        rows = [
            {"how": how, "share": share} | {end: scale * number for end, number in values[name][seed][measure].items()}
            for how, shares in (("the commonest", commonest), ("drawn at random", random))
            for name, share in shares.items()
            if measure in values[name][seed]
        ]
        if rows:
            found[f"{MEASURES[measure].label}{' (%)' if scale == 100 else ''}"] = pd.DataFrame(rows)
    return found


def order(comparisons: pd.DataFrame) -> list[str]:
    """Whether the three systems come in the paper's order, measure by measure."""
    rows = comparisons[(comparisons["claim"] == "systems") & comparisons["experiment"].isin(COMPARED)]
    said = []
    for measure, own in rows.groupby("measure", sort=False):
        values = {}
        for row in own.to_dict(orient="records"):
            values |= {row["beside"]: row["reference"], row["experiment"]: row["own"]}
        names = sorted(values, key=lambda name: -values[name])
        places = [f"{look(name).label} {_number(values[name], measure)}" for name in names]
        aside = "" if _papers(names) else "; not the order of the paper"
        said.append(f"{capital(MEASURES[measure].label)}: {several(places)}{aside}.")
    return said


def _papers(names: Sequence[str]) -> bool:
    return list(names) == [name for name in ("fashionnet", "darn", "wtbi") if name in names]


def _unit(measure: str) -> str:
    return " points" if MEASURES[measure].is_percent else ""


def _number(value: float, measure: str, signed: bool = False) -> str:
    scale, digits = (100, 1) if MEASURES[measure].is_percent else (1, 3)
    return f"{scale * value:{'+' if signed else ''}.{digits}f}"


def rates(table: pd.DataFrame) -> pd.DataFrame:
    """reports/rates.csv as people read it: the system, its rates, validation in per cent, and which was chosen."""
    shares = {
        "category, top-1": "val_category_top1",
        "attributes, top-3": "val_attribute_top3",
        "consumer to shop, top-1": "val_retrieval_top1",
        "mean": "mean",
    }
    return pd.DataFrame(
        {
            "system": [look(name).label for name in table["system"]],
            "rate of Muon": table["muon_rate"].map("{:g}".format),
            "rate of AdamW": table["learning_rate"].map("{:g}".format),
            **{label: (100 * table[name]).map("{:.1f}".format) for label, name in shares.items()},
            "chosen": table["chosen"].map({True: "★", False: ""}),
        }
    )


def parameters(made: Mapping[str, Mapping[str, Any]]) -> str:
    """How large the compared systems are; {experiment: its trained_with.json}."""
    sizes = [f"{look(name).label} {made[name]['parameters'] / 1e6:.2f}" for name in COMPARED if name in made]
    return f"Parameters (millions): {several(sizes)}. The trunk is the same; what follows is each system's own."


def torn(table: pd.DataFrame) -> list[str]:
    """Systems that recognise more at another rate than at the chosen one, in category and attributes both, so that
    retrieval decided: a reader of the systems' order has to know. table: reports/rates.csv."""
    said, recognition = [], ["val_category_top1", "val_attribute_top3"]
    for system, own in table.groupby("system", sort=False):
        [chosen] = own[own["chosen"]].to_dict(orient="records")
        better = own[(own[recognition] > [chosen[name] for name in recognition]).all(axis=1)]
        if better.empty:
            continue
        other = better.loc[better[recognition].mean(axis=1).idxmax()]
        numbers = [
            f"{100 * row['val_category_top1']:.1f} % of categories and {100 * row['val_attribute_top3']:.1f} % of "
            "attributes"
            for row in (other, chosen)
        ]
        said.append(
            f"{look(system).label}'s rate was decided by retrieval: with {other['muon_rate']:g} it recognises "
            f"{numbers[0]} on the validation split, with the chosen {chosen['muon_rate']:g} {numbers[1]}. How much it "
            "is behind in recognition owes something to the rule."
        )
    return said


def as_metrics(comparisons: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """{"X_minus_Y": {measure: {"value", "low", "high", "n"}}} of the differences, as benchmarks keep their metrics."""
    found: dict[str, dict[str, Any]] = {}
    for row in comparisons.to_dict(orient="records"):
        name = f"{row['beside']}_minus_{row['experiment']}"
        found.setdefault(name, {})[row["measure"]] = {key: row[key] for key in ("value", "low", "high", "n")}
    return found


def made_with(committed: Mapping[str, Any], sample: str) -> str:
    """What the committed comparisons were trained on, and a warning where this run has other data."""
    told = f"Seeds {several([str(seed) for seed in committed['seeds']])}, trained {on_what(committed['sample'])}."
    if committed["sample"] != sample:
        told += f" This run is {on_what(sample)}: what follows does not speak of it."
    return told


def category_names(prepared: Prepared, rows: np.ndarray) -> list[str]:
    """The category of each of the photos `rows`, "unknown" where there is none."""
    names = prepared.categories["category_name"].to_numpy(dtype=str)
    codes = prepared.photos["category"].to_numpy()[rows]
    return [names[code] if code >= 0 else "unknown" for code in codes]
