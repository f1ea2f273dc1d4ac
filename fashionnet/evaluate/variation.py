"""reports/metrics/variation.json: the groups and the controlled series in the form that all metrics have, and back."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from fashionnet.evaluate import groups, series
from fashionnet.evaluate.evaluation import DIGITS
from fashionnet.files import write_json

# What the nested names of each table are, outermost first; every other column stands in the entry.
NESTED = {
    "groups": ("benchmark", "grouping", "group", "system", "metric"),
    "series": ("metric", "factor", "system", "level"),
}
COLUMNS = {"groups": groups.COLUMNS, "series": series.COLUMNS}
# Of a difference's column: the difference, and what it is of it.
PARTS = {
    f"{name}{end}": (name, end[1:] or "value")
    for name in {*groups.DIFFERENCES, *series.DIFFERENCES}
    for end in (*groups.INTERVAL, groups.P)
}


def write(by_group: pd.DataFrame, controlled: pd.DataFrame, reports: Path) -> None:
    """Write reports/metrics/variation.json from what `groups.by_group` and `series.controlled` return.

    {"groups": {benchmark: {grouping: {group: {system: {metric: entry}}}}}, "series": {metric: {factor: {system:
    {level: entry}}}}}; an entry is {"value", "low", "high", "n"} and what else the table says, differences as
    {"value", "low", "high"}, those that are undefined left out.
    """
    tables = {"groups": by_group, "series": controlled}
    found = {name: _nested(table, NESTED[name]) for name, table in tables.items()}
    write_json(reports / "metrics" / "variation.json", found)


def read(reports: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables again, in the order of benchmarks, groups and levels that the file does not keep."""
    found = json.loads((reports / "metrics" / "variation.json").read_text(encoding="utf-8"))
    by_group, controlled = (_flat(found[name], NESTED[name], COLUMNS[name]) for name in NESTED)
    controlled = controlled.astype({"level": int})
    return (
        by_group.sort_values("order", kind="stable", ignore_index=True),
        controlled.sort_values("level", kind="stable", ignore_index=True),
    )


def _nested(table: pd.DataFrame, keys: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in table.to_dict("records"):
        inner = found
        for key in keys[:-1]:
            inner = inner.setdefault(str(row[key]), {})
        inner[str(row[keys[-1]])] = _entry({name: value for name, value in row.items() if name not in keys})
    return found


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, float):
            value = None if math.isnan(value) else round(value, DIGITS)
        if name not in PARTS:
            entry[name] = value
        elif value is not None:
            difference, part = PARTS[name]
            entry.setdefault(difference, {})[part] = value
    return entry


def _flat(found: dict[str, Any], keys: tuple[str, ...], columns: list[str]) -> pd.DataFrame:
    rows: list[tuple[tuple[str, ...], Any]] = [((), found)]
    for _ in keys:
        rows = [((*names, name), inner) for names, outer in rows for name, inner in outer.items()]
    table = pd.DataFrame([dict(zip(keys, names)) | _columns(entry) for names, entry in rows], columns=columns)
    return table.astype({name: float for name in columns if name in PARTS or name in ("value", "low", "high")})


def _columns(entry: dict[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in entry.items() if not isinstance(value, dict)}
    return row | {
        column: entry[difference][part]
        for column, (difference, part) in PARTS.items()
        if part in entry.get(difference, {})
    }
