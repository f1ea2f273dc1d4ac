"""README's result table, made from the committed metrics: `python -m fashionnet.readme` brings it up to date."""

from __future__ import annotations

import json
from pathlib import Path

from fashionnet.files import write_text
from fashionnet.findings.benchmarks import best_other
from fashionnet.project import project_root
from fashionnet.systems import compared, look

START, END = "<!-- results: made by `make readme` -->\n", "<!-- end of results -->\n"
# Heading, benchmark, metric, and whether it is a share, shown in per cent, of which more is better.
COLUMNS = (
    ("category top-1 (%)", "category_attribute", "category_top1", True),
    ("category top-3 (%)", "category_attribute", "category_top3", True),
    ("attributes top-3 recall (%)", "category_attribute", "attributes_mean_top3", True),
    ("landmark error", "landmarks", "error", False),
    ("in-shop top-1 (%)", "in_shop", "top1", True),
    ("consumer-to-shop top-20 (%)", "consumer_to_shop", "top20", True),
)
SYSTEMS = (
    "fashionnet",
    "darn",
    "wtbi",
    "hog_colour",
    "colour_histogram",
    "untrained",
    "majority",
    "mean_position",
    "chance",
)


def result_table(metrics: Path) -> str:
    """The table in Markdown: a row a system, each value with its 95 % interval, – where a system has none; last,
    FashionNet's value minus the best other one, with the paired interval."""
    values = {
        name: compared(json.loads((metrics / f"{name}.json").read_text(encoding="utf-8"))) for _, name, _, _ in COLUMNS
    }
    lines = ["| | " + " | ".join(column[0] for column in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for system in SYSTEMS:
        cells = [_cell(values[name].get(system, {}).get(metric), percent) for _, name, metric, percent in COLUMNS]
        lines.append(f"| {look(system).label} | " + " | ".join(cells) + " |")
    differences = [_difference(values[name], metric, percent) for _, name, metric, percent in COLUMNS]
    lines.append("| *FashionNet minus the best of the others* | " + " | ".join(differences) + " |")
    return "\n".join(lines) + "\n"


def _difference(metrics: dict, metric: str, percent: bool) -> str:
    other = best_other(metrics, metric, smaller=not percent)
    return _cell(metrics[other][metric].get("fashionnet_minus_this") if other else None, percent, "+")


def _cell(entry: dict[str, float | None] | None, percent: bool, sign: str = "") -> str:
    if entry is None or entry["value"] is None:
        return "–"
    value, low, high = (entry[key] for key in ("value", "low", "high"))
    shown = f"{{:{sign}.{1 if percent else 3}f}}".format
    scale = 100 if percent else 1
    # Chance is computed, not measured: it has no interval.
    to = " to " if sign else "–"  # beside a minus a dash would be misread
    interval = "" if low is None or low == high else f" ({shown(low * scale)}{to}{shown(high * scale)})"
    return shown(value * scale) + interval


def update(readme: str, table: str) -> str:
    """README's text with `table` between its two marks. Raises ValueError where a mark is missing."""
    before, found, rest = readme.partition(START)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"README.md: found no {START.strip()} … {END.strip()}")
    return before + START + "\n" + table + "\n" + END + after


if __name__ == "__main__":
    root = project_root()
    path = root / "README.md"
    write_text(path, update(path.read_text(encoding="utf-8"), result_table(root / "reports/metrics")))
