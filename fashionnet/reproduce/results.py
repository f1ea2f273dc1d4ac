"""One file of what a reproduction came to: numbers beside the published ones, and what they were made with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fashionnet import about
from fashionnet.check import Found
from fashionnet.prepare.tables import BENCHMARKS
from fashionnet.reproduce.ranges import (
    BETTER,
    WORSE,
    Range,
    first,
    of_paper,
    of_sample,
    published_metrics,
    same_training,
)
from fashionnet.settings import load_settings

EXPERIMENT = "fashionnet"  # that has ranges, with whatever seed


def collect(folder: Path, root: Path, data: Found) -> dict[str, Any]:
    """What the file holds, of a run that is done in `folder`. root: the project that it is a copy of.

    data: what `fashionnet check` says of it. hours: of each notebook's last try, None where its outcome came from DVC's
    cache. machine, versions: of this call, which has just run what was not done yet.
    """
    trained = load_settings((folder / "params.yaml").read_text(encoding="utf-8")).trained
    cards = {name: _read(folder / "artifacts/models" / name / "trained_with.json") for name in trained}
    metrics = {name: _read(folder / "reports/metrics" / f"{name}.json") for name in BENCHMARKS}
    claims = _read(folder / "reports/claims.json")
    compared = [
        _compared(name, found, metrics)
        for name, card in cards.items()
        if _base(name) == EXPERIMENT
        for found in _ranges(card, data, claims)
    ]
    times = about.times(folder, folder / "artifacts/executed")["seconds"]
    hours = {name: None if seconds != seconds else round(seconds / 3600, 4) for name, seconds in times.items()}
    return {
        "data": _described(data),
        "experiments": {
            name: {
                "seed": card["settings"]["seed"],
                "settings": card["settings"],
                "data": card["data"],
                "metrics": _beside_published(name, metrics),
            }
            for name, card in cards.items()
        },
        "compared": compared,
        "hours": hours,
        "hours_together": round(float(times.sum()) / 3600, 4),
        "machine": about.machine(root)[""].to_dict(),
        "versions": about.versions()["version"].to_dict(),
    }


def _base(experiment: str) -> str:
    """The experiment without its seed."""
    return experiment.partition("-seed")[0]


def _beside_published(experiment: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """{benchmark: {metric: its number with its interval, and the paper's where there is one}} of an experiment."""
    known = published_metrics() if _base(experiment) == EXPERIMENT else {}
    return {
        benchmark: {
            metric: entry | ({"published": known[benchmark][metric]} if metric in known.get(benchmark, {}) else {})
            for metric, entry in own.get(experiment, {}).items()
        }
        for benchmark, own in metrics.items()
    }


def _ranges(card: dict[str, Any], data: Found, claims: dict[str, Any]) -> list[Range]:
    """Those that a training can be held against: none on data that is neither DeepFashion's nor the sample."""
    if data.sample:
        return of_sample(claims) if same_training(card, claims) else []
    recognition = data.reports.get("category_attribute")
    coarse = card["settings"]["prepare"]["annotations"] == "coarse"
    return of_paper() if recognition and recognition.official and coarse else []


def _compared(experiment: str, found: Range, metrics: dict[str, Any]) -> dict[str, Any]:
    measured = metrics[found.benchmark].get(experiment, {}).get(found.metric, {})
    verdict = found.judged(measured.get("value"))
    return {
        "experiment": experiment,
        "benchmark": found.benchmark,
        "metric": found.metric,
        "label": found.label,
        **{key: measured.get(key) for key in ("value", "low", "high", "n")},
        "published": found.published,
        "range": [round(found.low, 6), round(found.high, 6)],
        "verdict": verdict,
        "look_at_first": first(found, verdict) if verdict in (BETTER, WORSE) else "",
    }


def _described(data: Found) -> dict[str, str]:
    """What each benchmark is, in the words of `fashionnet check`."""
    return {
        name: dict(data.reports[name].facts)["official"] if name in data.reports else "not there" for name in BENCHMARKS
    }


def told(results: dict[str, Any]) -> str:
    """The comparison for people to read."""
    if not results["compared"]:
        return (
            "No range to hold these numbers against: one is known for DeepFashion, and for the embedded sample with "
            "params.yaml as committed."
        )
    lines = []
    for row in results["compared"]:
        value, low, high, published, least, most = (
            _shown(number, row["benchmark"])
            for number in (*(row[key] for key in ("value", "low", "high", "published")), *row["range"])
        )
        lines += [
            f"{row['experiment']}: {row['label']}: {row['verdict']}",
            f"  {value} ({low} to {high}); expected {least} to {most}; published {published}",
            *([f"  {row['look_at_first']}"] if row["look_at_first"] else []),
        ]
    return "\n".join(lines)


def _shown(value: float | None, benchmark: str) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if benchmark == "landmarks" else f"{100 * value:.2f} %"


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
