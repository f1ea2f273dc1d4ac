"""The poster's sections, each answered in one sentence that follows from the numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import pandas as pd

from fashionnet.claims.compare import NOT, SUPPORTED, UNDECIDED
from fashionnet.claims.design import CLAIMS
from fashionnet.describe import attribute_counts, category_counts
from fashionnet.findings.benchmarks import Metrics, on_what
from fashionnet.findings.wording import capital, count, several
from fashionnet.prepare.tables import Prepared
from fashionnet.systems import COMPARED, in_order, look

IDEAS = ("landmarks", "attributes", "pairs")  # the claims that the poster's motivation makes
_SAID = {SUPPORTED: "supported", NOT: "not supported", UNDECIDED: "undecided"}


class Part(Protocol):
    shape: tuple[int, ...]
    parameters: int


def motivation(comparisons: pd.DataFrame, sample: str) -> str:
    """Which of the three ideas hold. comparisons: of several seeds; sample: what they were trained on."""
    verdicts = {}
    for name in IDEAS:
        claim = CLAIMS[name]
        rows = comparisons[(comparisons["claim"] == name) & (comparisons["role"] == "primary")]
        main = rows[(rows["experiment"] == claim.main.experiment) & (rows["beside"] == claim.main.beside)]
        verdicts[name] = main["verdict"].item() if len(main) else ""
    known = {
        verdict: [name for name in IDEAS if verdicts[name] == verdict]
        for verdict in _SAID
        if verdict in verdicts.values()
    }
    if not known:
        return "None of the three ideas was tested with several seeds."
    said = [f"{several(names)} are {_SAID[verdict]}" for verdict, names in known.items()]
    seeds = max(map(len, comparisons["seeds"]))
    return f"Of the three ideas, {several(said)}, {on_what(sample)} and over {count(seeds, 'seed')}."


def data(prepared: Prepared) -> str:
    """How much there is, and of what."""
    photos = prepared.photos
    parts = [f"{count(photos['benchmark'].nunique(), 'benchmark')} with {count(len(photos), 'photo')}"]
    if categories := len(category_counts(prepared)):
        parts.append(count(categories, "category", "categories"))
    if attributes := int((attribute_counts(prepared)["positive"] > 0).sum()):
        parts.append(count(attributes, "attribute"))
    if landmarked := int(photos["landmarked"].sum()):
        parts.append(f"landmarks on {count(landmarked, 'photo')}")
    if items := photos.loc[photos["item"] != "", ["benchmark", "item"]].drop_duplicates().shape[0]:
        parts.append(f"{count(items, 'item')} to find again")
    return f"{capital(on_what(prepared.sample))}: {several(parts)}."


def network(parts: Mapping[str, Part], untrained: Collection[str]) -> str:
    """What the network says, and how large it is; parts: of `anatomy.parts`, untrained: those that nothing taught."""
    words = {
        "landmarks": "where {} landmarks are and whether each is visible",
        "category": "which of {} categories it is",
        "attributes": "which of {} attributes it has",
    }
    says = [text.format(f"{parts[name].shape[0]:,}") for name, text in words.items()
            if name in parts and name not in untrained]  # fmt: skip
    total = sum(part.parameters for part in parts.values())
    feature = f"gives {parts['feature'].shape[0]:,} numbers by which to find it again"
    of_it = f"says of a garment {several(says)}, and {feature}" if says else feature
    return f"One network of {total / 1e6:.2f} million parameters {of_it}."


def benchmarks(merged: Metrics, labels: Mapping[str, str]) -> str:
    """FashionNet against all simple systems, and against each compared one, in the headline numbers.

    merged, labels: of `findings.benchmarks.headlines`, in which larger is better.
    """
    rivals = {"every simple system": [name for name in merged if name not in (*COMPARED, "chance")]}
    rivals |= {look(name).label: [name] for name in in_order(merged) if name in COMPARED[1:]}
    clauses = [clause for rival, names in rivals.items() if (clause := _against(rival, names, merged, labels))]
    return f"FashionNet is {'; '.join(clauses)}." if clauses else "FashionNet was compared with no other system."


def _against(rival: str, names: Sequence[str], merged: Metrics, labels: Mapping[str, str]) -> str:
    """In which numbers FashionNet is clearly better than all of the systems `names`, and in which worse than any, by
    the intervals of the differences on the same photos."""
    better, worse = f"better than {rival}", f"worse than {'a simple system' if len(names) > 1 else rival}"
    found: dict[str, list[str]] = {better: [], worse: []}
    measured = 0
    for metric, text in labels.items():
        label = text.replace(",", "")  # in a list of several a comma would tear one apart
        entries = [merged[name][metric] for name in names if metric in merged[name]]
        differences = [entry["fashionnet_minus_this"] for entry in entries if "fashionnet_minus_this" in entry]
        measured += bool(differences)
        if differences and all(one["low"] > 0 for one in differences):
            found[better].append(label)
        elif any(one["high"] < 0 for one in differences):
            found[worse].append(label)
    told = sum(map(len, found.values()))
    words = [
        f"{word} in {f'all {measured} headline numbers' if len(which) == measured > 1 else several(which)}"
        for word, which in found.items()
        if which
    ]
    if measured > told:
        rest = f"the other {measured - told}" if told else count(measured, "headline number")
        rivals = "" if told else f" from {'the simple systems' if len(names) > 1 else rival}"
        words.append(f"not clearly apart{rivals} in {rest}")
    return several(words)
