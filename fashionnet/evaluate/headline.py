"""The few numbers that a study is told by: README's columns, and what `dvc metrics show` and `dvc exp show` print."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from fashionnet.evaluate.evaluation import Entry
from fashionnet.files import write_json


class Headline(NamedTuple):
    """label: for people. share: shown in per cent, and more of it is better; else less is."""

    label: str
    benchmark: str
    metric: str
    share: bool = True


HEADLINES = {
    "category_top1": Headline("category top-1 (%)", "category_attribute", "category_top1"),
    "category_top3": Headline("category top-3 (%)", "category_attribute", "category_top3"),
    "attributes_top3": Headline("attributes top-3 recall (%)", "category_attribute", "attributes_mean_top3"),
    "landmark_error": Headline("landmark error", "landmarks", "normalised_error", share=False),
    "in_shop_top1": Headline("in-shop top-1 (%)", "in_shop", "top1"),
    "consumer_to_shop_top20": Headline("consumer-to-shop top-20 (%)", "consumer_to_shop", "top20"),
}


def write_headline(metrics: Mapping[str, Mapping[str, Mapping[str, Entry]]], system: str, reports: Path) -> None:
    """Write reports/headline.json, {name of HEADLINES: value}: of one system, so that DVC's tables fit a screen.

    metrics: {benchmark: `Evaluation.metrics`}. What the system was not measured in is left out.
    """
    entries = {name: metrics.get(one.benchmark, {}).get(system, {}).get(one.metric) for name, one in HEADLINES.items()}
    values = {name: entry["value"] for name, entry in entries.items() if entry and entry["value"] is not None}
    write_json(reports / "headline.json", values)
