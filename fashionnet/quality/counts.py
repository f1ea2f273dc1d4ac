"""What quality control found, counted: the tables that its notebook prints and its figures draw."""

from __future__ import annotations

import pandas as pd

from fashionnet.describe import TITLES
from fashionnet.prepare.tables import BENCHMARKS
from fashionnet.quality.duplicates import KINDS, PLACES
from fashionnet.quality.screening import FLAWS


def duplicate_counts(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs by kind (rows) and place (columns), with sums."""
    counts = pd.crosstab(pairs["kind"], pairs["place"]).reindex(index=list(KINDS), columns=list(PLACES), fill_value=0)
    counts.loc["all"] = counts.sum()
    return counts.assign(all=counts.sum(axis=1)).rename_axis("kind")


def leak_counts(photos: pd.DataFrame, leaks: pd.DataFrame) -> pd.DataFrame:
    """Training photos of each benchmark (rows) that stand in the test split of each (columns); those present alone."""
    present = [name for name in BENCHMARKS if (photos["benchmark"] == name).any()]
    counts = pd.crosstab(leaks["train_benchmark"], leaks["test_benchmark"])
    counts = counts.reindex(index=present, columns=present, fill_value=0)
    return counts.rename(index=TITLES, columns=TITLES).rename_axis(index="trained on in", columns="tested in")


def tested_counts(photos: pd.DataFrame, leaks: pd.DataFrame) -> pd.DataFrame:
    """A row a benchmark with a test split: its test photos, those that training photos show (each of `leaks` counts the
    photo that is nearest to its training photo), and their share."""
    test = photos[photos["split"] == "test"].groupby("benchmark").size()
    seen = leaks.groupby("test_benchmark")["test"].nunique()
    table = pd.DataFrame({"photos": test, "trained on": seen.reindex(test.index, fill_value=0)})
    table = table.loc[[name for name in BENCHMARKS if name in table.index]]
    table["share"] = table["trained on"] / table["photos"]
    return table.rename(index=TITLES).rename_axis("test split of")


def screening_counts(photos: pd.DataFrame, screened: pd.DataFrame) -> pd.DataFrame:
    """Flagged photos by flaw (rows) and benchmark (columns, those present), with sums."""
    present = [name for name in BENCHMARKS if (photos["benchmark"] == name).any()]
    counts = pd.crosstab(screened["flaw"], screened["benchmark"])
    counts = counts.reindex(index=list(FLAWS), columns=present, fill_value=0).rename(columns=TITLES)
    return counts.assign(all=counts.sum(axis=1)).rename_axis("flaw")
