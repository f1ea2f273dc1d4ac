"""Model cards: what a trained network is, what it was made from, what it is for and not for, and how good it is.

In Markdown, a file a network in artifacts/cards/, next to the folders of weights and not inside them: a folder of
weights is what a training gave and is hashed as such, while a card holds numbers that are measured afterwards, so that
inside it every new number would count as a new training. What is known at training time lies beside the weights, in
trained_with.json and in the weights' own metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fashionnet.describe import TITLES
from fashionnet.findings.benchmarks import Metrics, attribute_k, headline_k, measured
from fashionnet.findings.wording import Entry, count, several, shown
from fashionnet.published import TERMS
from fashionnet.systems import look

Made = Mapping[str, Any]  # a training's trained_with.json
_HEADS = {
    "category": "the category (of {categories})",
    "attributes": "a score for each of {attributes} attributes",
    "landmarks": "eight landmarks with their visibility",
}


def model_card(made: Made, metrics: Mapping[str, Metrics], sample: str) -> str:
    """The card of one network, from its first heading below the title on.

    metrics: {benchmark: {system: {metric: entry}}}, of the test splits. sample: the version of the embedded sample that
    it was trained on, "" for data of other origin.
    """
    return "\n\n".join(
        f"## {heading}\n\n{text}"
        for heading, text in (
            ("What it is", _what(made)),
            ("Data", _data(made, sample)),
            ("Intended use", _use(made, sample)),
            ("Limits", _limits(made, sample)),
            ("Licence", _licence(made, sample)),
            ("Numbers", _numbers(made, metrics, sample)),
            ("How it was made", _how(made)),
        )
    )


def card_file(made: Made, card: str) -> str:
    """The card as a file of its own."""
    return f"# Model card: {look(made['experiment']).label}\n\n{card}\n"


def numbers(names: list[str], metrics: Mapping[str, Metrics]) -> tuple[Metrics, dict[str, tuple[str, bool]]]:
    """The cards' numbers of all networks as one set of metrics, and {metric: (label, whether it is a share)}."""
    merged: dict[str, dict[str, Entry]] = {name: {} for name in names}
    labels = {}
    for label, benchmark, metric, percent in _measures(metrics):
        labels[f"{benchmark} {metric}"] = (label, percent)
        for name in names:
            if entry := measured(metrics[benchmark], name, metric):
                merged[name][f"{benchmark} {metric}"] = entry
    return merged, labels


def cards_written(made: Mapping[str, Made]) -> str:
    sizes = [own["parameters"] for own in made.values()]
    few, many = f"{min(sizes):,}", f"{max(sizes):,}"
    size = f"with {few} parameters" if few == many else f"with {few} to {many} parameters"
    return f"{count(len(sizes), 'network was', 'networks were')} trained, {size}; artifacts/cards/ has a card of each."


def _what(made: Made) -> str:
    network = made["settings"]["network"]
    untrained = set(made["untrained"])
    sizes = {"categories": f"{len(made['categories']):,}", "attributes": f"{len(made['attributes']):,}"}
    heads = [
        text.format(**sizes)
        for name, text in _HEADS.items()
        if name not in untrained and (made.get(_LISTS[name]) if name in _LISTS else made["system"] == "fashionnet")
    ]
    oracle = (
        " It is an oracle: it is told the true landmarks, at test too." if network.get("local") == "annotated" else ""
    )
    start = "VGG-16's trained weights" if network.get("weights") else "random weights"
    gives = several([*heads, "a feature by which to find the garment again"])
    return (
        f"{look(made['experiment']).label}: a network of {made['parameters']:,} parameters, VGG-16 at "
        f"{network['width']:g} of its width, trained from {start}. It takes a garment cut out by its box, with a "
        f"margin, as a square of {network['image_size']} pixels, and gives {gives}.{oracle}"
    )


_LISTS = {"category": "categories", "attributes": "attributes"}


def _started(made: Made) -> bool:
    """Whether training began from trained weights."""
    return bool(made["settings"]["network"].get("weights"))


def _data(made: Made, sample: str) -> str:
    source = (
        f"the embedded sample, version {sample}: rendered garments in DeepFashion's file layout, drawn by this study"
        if sample
        else "the benchmarks in data/"
    )
    labels = several([f"{number:,} of {name}" for name, number in made["labels"].items() if number])
    leaks = made["settings"]["prepare"]["leaks"].replace("_", " ")
    return (
        f"{made['photos']:,} training photos of {source}. Labels that the losses learn from: {labels}. Training photos "
        f"that stand in a test split too were {leaks}."
    )


def _use(made: Made, sample: str) -> str:
    seen = "Its weights began on ImageNet's photographs, but" if _started(made) else "It has seen no photograph, and"
    what = (
        "To study and to teach how FashionNet works, and to compare networks that were trained on the same drawings. "
        f"{seen} what it makes of one was not measured."
        if sample
        else "Research on clothes recognition and retrieval, on photos like those that it was trained on."
    )
    return f"{what} Not for decisions about people, and not for judging what somebody wears."


def _limits(made: Made, sample: str) -> str:
    points = [
        "It expects one garment, and its box.",
        "It knows what its training data names, and takes every garment for something of that.",
        "Scores and probabilities rank; they were not calibrated.",
        "One training with one seed: the next one may come out otherwise (reports/pages/11_claims.html).",
        "What pose, framing, occlusion and bad pictures cost the three systems is in reports/pages/13_variation.html.",
    ]
    if sample:
        points.append("Its people, poses and places are the renderer's; nothing follows for those of photographs.")
    else:
        points.append("Whom and what its photos show, and whom they leave out, was not examined.")
    points += [f"{note[:1].upper()}{note[1:]}." for note in made["notes"]]
    return "\n".join(f"- {point}" for point in points)


def _licence(made: Made, sample: str) -> str:
    if sample and not _started(made):
        return "MIT, as the code and the rendered garments."
    if sample:
        return "MIT, as the code and the rendered garments; what its weights began from has terms of its own."
    return f"The code is under MIT. Weights stand under the terms of the data too; where that is DeepFashion: {TERMS}"


def _measures(metrics: Mapping[str, Metrics]) -> list[tuple[str, str, str, bool]]:
    """Label, benchmark, metric, whether it is a share, of what a card tells."""
    k, attributes = headline_k(metrics["consumer_to_shop"], 20), attribute_k(metrics["category_attribute"])
    return [
        ("category, top-1 accuracy", "category_attribute", "category_top1", True),
        ("category, top-3 accuracy", "category_attribute", "category_top3", True),
        (f"attributes, top-{attributes} recall", "category_attribute", f"attributes_mean_top{attributes}", True),
        ("landmarks, normalised error", "landmarks", "normalised_error", False),
        ("in shop, top-1 accuracy", "in_shop", "top1", True),
        (f"consumer to shop, top-{k} accuracy", "consumer_to_shop", f"top{k}", True),
    ]


def _numbers(made: Made, metrics: Mapping[str, Metrics], sample: str) -> str:
    name = made["experiment"]
    lines = ["| test split | measure | value (95 % interval) | photos |", "|---|---|---|---|"]
    for label, benchmark, metric, percent in _measures(metrics):
        if entry := measured(metrics[benchmark], name, metric):
            lines.append(f"| {TITLES[benchmark]} | {label} | {shown(entry, percent)} | {entry['n']:,} |")
    if len(lines) == 2:
        return "None: no benchmark has a test split that this network was measured on."
    on = " They are drawings: the numbers cannot be set beside published ones." if sample else ""
    return "\n".join(lines) + f"\n\nFrom reports/metrics/.{on}"


def _how(made: Made) -> str:
    training = made["settings"]["training"]
    steps = [f"{step['name']} ({count(step['epochs'], 'epoch')})" for step in training["schedule"]]
    versions = several([f"{name} {version}" for name, version in made["versions"].items()])
    return (
        f"{count(made['epochs'], 'epoch')} in {count(made['steps'], 'step')} of {training['batch_size']} photos, seed "
        f"{made['settings']['seed']}; schedule: {several(steps)}. Computed by {versions}. Hash of the prepared data: "
        f"`{made['data']}`. All parameters stand in trained_with.json beside the weights."
    )
