"""README's tables, made from what is committed in reports/: `python -m fashionnet.readme` brings them up to date."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from fashionnet.claims.design import CLAIMS, MEASURES, REFERENCE
from fashionnet.evaluate import HEADLINES
from fashionnet.files import write_text
from fashionnet.findings import claims as findings
from fashionnet.findings.benchmarks import best_other
from fashionnet.findings.whole import in_readme
from fashionnet.project import project_root
from fashionnet.systems import COMPARED, look, without_ablations

START, END = "<!-- results: made by `make readme` -->\n", "<!-- end of results -->\n"
CLAIMS_START, CLAIMS_END = "<!-- claims: made by `make readme` -->\n", "<!-- end of claims -->\n"
WHOLE_START, WHOLE_END = "<!-- whole photo: made by `make readme` -->\n", "<!-- end of whole photo -->\n"
EXPERIMENT_START, EXPERIMENT_END = "<!-- experiment: made by `make readme` -->\n", "<!-- end of experiment -->\n"
BENCH_START, BENCH_END = "<!-- speed: made by `make readme` -->\n", "<!-- end of speed -->\n"
GPU_START, GPU_END = "<!-- speed on a GPU: made by `make readme` -->\n", "<!-- end of speed on a GPU -->\n"
EXPERIMENT = ("main", "narrow")
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
    FashionNet's value minus that of the best simple system, with the paired interval."""
    columns = HEADLINES.values()
    values = {name: without_ablations(own) for name, own in _read(metrics).items()}
    lines = ["| | " + " | ".join(one.label for one in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for system in SYSTEMS:
        cells = [_cell(values[one.benchmark].get(system, {}).get(one.metric), one.share) for one in columns]
        lines.append(f"| {look(system).label} | " + " | ".join(cells) + " |")
    differences = [_difference(values[one.benchmark], one.metric, one.share) for one in columns]
    lines.append("| *FashionNet minus the best simple system* | " + " | ".join(differences) + " |")
    return "\n".join(lines) + "\n"


def _read(metrics: Path) -> dict[str, dict[str, dict[str, dict]]]:
    """{benchmark: `Evaluation.metrics`} of those that HEADLINES are of."""
    names = {one.benchmark for one in HEADLINES.values()}
    return {name: json.loads((metrics / f"{name}.json").read_text(encoding="utf-8")) for name in names}


def _difference(metrics: dict, metric: str, percent: bool) -> str:
    simple = {name: own for name, own in metrics.items() if name == REFERENCE or name not in COMPARED}
    other = best_other(simple, metric, smaller=not percent)
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


def claims_table(committed: Path) -> str:
    """The main comparison of each claim in its primary and secondary measure, over all seeds, with the verdict."""
    lines = [
        "| claim | compared | measure | difference | n | seeds | p, corrected | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in json.loads(committed.read_text(encoding="utf-8"))["comparisons"]:
        claim = CLAIMS[row["claim"]]
        if (row["experiment"], row["beside"]) != (claim.main.experiment, claim.main.beside) or row["role"] == "further":
            continue
        cells = [
            claim.statement if row["role"] == "primary" else "",
            findings.compared_with(row),
            MEASURES[row["measure"]].label,
            f"{findings.amount(row)} ({findings.reach(row)})",
            f"{row['n']:,}",
            str(len(row["seeds"])),
            findings.probability(row["p_holm"]),
            row["verdict"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def experiment_table(committed: Path, metrics: Path) -> str:
    """What `dvc exp show --csv` said of README's experiment and of the run before; last, FashionNet without pairs."""
    with open(committed, encoding="utf-8", newline="") as file:
        rows = {row["Experiment"] or row["rev"]: row for row in csv.DictReader(file)}
    shown = {
        f"{name}, margin {rows[name]['training.margin']}": [float(rows[name][key]) for key in HEADLINES]
        for name in EXPERIMENT
    }
    read = _read(metrics)
    shown["main, `no_pairs`"] = [read[one.benchmark]["no_pairs"][one.metric]["value"] for one in HEADLINES.values()]
    lines = ["| | " + " | ".join(one.label for one in HEADLINES.values()) + " |", "|---" * (len(HEADLINES) + 1) + "|"]
    for name, values in shown.items():
        entries = [{"value": value, "low": None, "high": None} for value in values]
        cells = [_cell(entry, one.share) for entry, one in zip(entries, HEADLINES.values(), strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def bench_table(record: Path) -> str:
    """What `make bench` measured at official size, each beside its peer in the same run, and whether it was enough."""
    measured = json.loads(record.read_text(encoding="utf-8"))
    dates = sorted({row["date"] for row in measured["rows"]})
    lines = ["| measured | time | beside it | found | wanted | |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row['what']} | {row['own']} | {row['peer']} | {row['found']} | {row['wanted']} | "
        f"{'' if row['enough'] else '**missed**'} |"
        for row in measured["rows"]
    ]
    return "\n".join(lines) + f"\n\n{measured['machine']}, {' to '.join(dict.fromkeys([dates[0], dates[-1]]))}.\n"


def update(readme: str, table: str, start: str = START, end: str = END) -> str:
    """README's text with `table` between the two marks. Raises ValueError where a mark is missing."""
    before, found, rest = readme.partition(start)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"README.md: found no {start.strip()} … {end.strip()}")
    return before + start + "\n" + table + "\n" + end + after


def updated(root: Path) -> str:
    """README.md of the project in `root` with its tables, and what the whole photo costs, as they should be."""
    text = update((root / "README.md").read_text(encoding="utf-8"), result_table(root / "reports/metrics"))
    text = update(text, claims_table(root / "reports/claims.json"), CLAIMS_START, CLAIMS_END)
    whole = json.loads((root / "reports/metrics/whole_photo.json").read_text(encoding="utf-8"))
    text = update(text, in_readme(whole), WHOLE_START, WHOLE_END)
    text = update(
        text,
        experiment_table(root / "reports/experiment.csv", root / "reports/metrics"),
        EXPERIMENT_START,
        EXPERIMENT_END,
    )
    text = update(text, bench_table(root / "reports/benchmarks.json"), BENCH_START, BENCH_END)
    return update(text, bench_table(root / "reports/benchmarks_gpu.json"), GPU_START, GPU_END)


if __name__ == "__main__":
    root = project_root()
    write_text(root / "README.md", updated(root))
