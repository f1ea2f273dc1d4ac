"""What was found in the four benchmarks, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fashionnet.findings.wording import Entry, several, shown
from fashionnet.formats.codes import ATTRIBUTE_GROUPS, FINE_ATTRIBUTE_TYPES, LANDMARK_NAMES
from fashionnet.published import LABEL_ACCURACY
from fashionnet.systems import in_order, look

Metrics = Mapping[str, Mapping[str, Entry]]  # {system: {metric: entry}}


def on_what(sample: str) -> str:
    """What the numbers were measured on, as part of a sentence."""
    return f"on rendered garments (embedded sample, version {sample})" if sample else "on the photos in data/"


def notice(sample: str) -> list[str]:
    """What a reader has to know before the first number."""
    if not sample:
        return ["Every number called ours was measured on the test photos of the data in data/."]
    return [
        f"This run used the embedded sample, version {sample}: rendered garments in DeepFashion's own file layout. Our "
        "numbers show whether the methods work and how they compare with each other on drawings. They are no "
        "measurement of DeepFashion."
    ]


def annotations(groups: Sequence[str]) -> list[str]:
    """Which labels of category and attribute prediction these are, where they are not the usual ones.

    groups: the group of each attribute.
    """
    count, fine = len(groups), set(groups) & set(FINE_ATTRIBUTE_TYPES.values())
    if not fine:
        return []
    return [
        f"The labels of category and attribute prediction are those of Anno_fine: {count} attributes in {len(fine)} "
        "groups, of which the smallest are found whole by three guesses. So recall is told of the first guess; where "
        "it is told of the first three, as among the claims, those groups are full whatever the scores."
    ]


def label_accuracy() -> str:
    """The poster's annotation assessment."""
    positive, negative = (f"{LABEL_ACCURACY[kind]:.1f} %" for kind in ("positive", "negative"))
    return f"Published: {positive} of its positive and {negative} of its negative attribute labels are right."


def absent(missing: Mapping[str, str], benchmark: str) -> str:
    """Why a benchmark has no numbers."""
    return f"Nothing was measured: {missing.get(benchmark, 'its test split lacks what it takes')}."


def attribute_k(metrics: Metrics) -> int:
    """The k of attribute recall that is told first: 3, as published, but 1 with fine annotations, whose groups of three
    are found whole by three guesses."""
    return 1 if any("attributes_mean_top1" in own for own in metrics.values()) else 3


def recalls(metrics: Metrics) -> dict[str, str]:
    """{metric: label} of attribute recall at `attribute_k`: the groups that are measured, their mean, and all."""
    k = attribute_k(metrics)
    known = {name for own in metrics.values() for name in own}
    names = {f"attributes_{group}_top{k}": group for group in (*ATTRIBUTE_GROUPS, "mean", "all")}
    return {metric: group for metric, group in names.items() if metric in known}


def category_attribute(metrics: Metrics, sample: str) -> list[str]:
    k = attribute_k(metrics)
    return [
        *standing(metrics, "category_top1", f"Top-1 category accuracy {on_what(sample)}"),
        *standing(metrics, "category_top3", f"Top-3 category accuracy {on_what(sample)}"),
        *standing(
            metrics, f"attributes_mean_top{k}", f"Top-{k} attribute recall, mean of the groups, {on_what(sample)}"
        ),
        *_by_group(metrics),
        *_caution(sample),
    ]


def _by_group(metrics: Metrics) -> list[str]:
    """In which groups of attributes FashionNet is better or worse than the best of the others, which the mean hides."""
    said: dict[str, list[str]] = {"better": [], "worse": [], "level": []}
    for metric, group in recalls(metrics).items():
        if group in ("mean", "all"):
            continue
        other = best_other(metrics, metric)
        if other and measured(metrics, "fashionnet", metric):
            difference = metrics[other][metric]["fashionnet_minus_this"]
            word = "better" if difference["low"] > 0 else "worse" if difference["high"] < 0 else "level"
            said[word].append(group)
    clear = [f"{word} in {several(said[word])}" for word in ("better", "worse") if said[word]]
    clauses = [f"FashionNet is {', '.join(clear)}"] if clear else []
    clauses += [f"in {several(said['level'])} the difference may be chance"] if said["level"] else []
    return [f"By group, against the best of the others: {'; '.join(clauses)}."] if clauses else []


def landmarks(metrics: Metrics, sample: str) -> list[str]:
    on, further = on_what(sample), "on the photos of the category and attribute benchmark"
    return [
        *standing(metrics, "normalised_error", f"Normalised error {on}", is_percent=False, smaller=True),
        *standing(metrics, "category_attribute_normalised_error", f"Normalised error {further}, {on}", False, True),
        *_hardest(metrics),
        *_caution(sample),
    ]


def _hardest(metrics: Metrics) -> list[str]:
    """Which landmarks FashionNet finds best and worst."""
    names = {f"error_{name.replace(' ', '_')}": name for name in LANDMARK_NAMES}
    errors = {name: entry for key, name in names.items() if (entry := measured(metrics, "fashionnet", key))}
    if len(errors) < 2:
        return []
    ordered = sorted(errors, key=lambda name: errors[name]["value"])
    best, worst = ordered[0], ordered[-1]
    return [
        f"FashionNet finds the {best} best, with an error of {shown(errors[best], False)}, and the {worst} worst, with "
        f"{shown(errors[worst], False)}."
    ]


def in_shop(metrics: Metrics, sample: str) -> list[str]:
    return [*_retrieval(metrics, 1, f"In-shop top-1 accuracy {on_what(sample)}"), *_caution(sample)]


def consumer_to_shop(metrics: Metrics, sample: str) -> list[str]:
    k = headline_k(metrics, 20)
    return [*_retrieval(metrics, k, f"Consumer-to-shop top-{k} accuracy {on_what(sample)}"), *_caution(sample)]


def headline_k(metrics: Metrics, most: int) -> int:
    """The largest k, up to `most`, at which a random ranking finds under a tenth; 1 where there is none.

    Design: headlines keep k under a tenth of the gallery's items, and that is where chance reaches a tenth.
    """
    chance = metrics.get("chance", {})
    known = [int(name[3:]) for name, entry in chance.items() if name.startswith("top") and entry["value"] < 0.1]
    return max([1, *(k for k in known if k <= most)])


def headlines(metrics: Mapping[str, Metrics]) -> tuple[Metrics, dict[str, str]]:
    """The headline numbers of all benchmarks as one set of metrics, and their labels; larger is better in all."""
    k, attributes = headline_k(metrics["consumer_to_shop"], 20), attribute_k(metrics["category_attribute"])
    chosen = {
        ("category_attribute", "category_top3"): "category, top-3",
        ("category_attribute", f"attributes_mean_top{attributes}"): f"attributes, top-{attributes}",
        ("landmarks", "within_0.1"): "landmarks within 0.1",
        ("in_shop", "top1"): "in shop, top-1",
        ("consumer_to_shop", f"top{k}"): f"consumer to shop, top-{k}",
    }
    merged: dict[str, dict[str, Entry]] = {}
    for benchmark, metric in chosen:
        for system in metrics[benchmark]:
            if entry := measured(metrics[benchmark], system, metric):
                merged.setdefault(system, {})[f"{benchmark} {metric}"] = entry
    there = {name for own in merged.values() for name in own}
    return merged, {f"{b} {m}": label for (b, m), label in chosen.items() if f"{b} {m}" in there}


def overview(metrics: Mapping[str, Metrics], sample: str) -> list[str]:
    """One sentence a result: FashionNet against the best other system; {benchmark: metrics}."""
    recognition, street = metrics["category_attribute"], metrics["consumer_to_shop"]
    k, attributes = headline_k(street, 20), attribute_k(recognition)
    found = [
        *standing(recognition, "category_top1", "Category, top-1 accuracy"),
        *standing(recognition, "category_top3", "Category, top-3 accuracy"),
        *standing(recognition, f"attributes_mean_top{attributes}", f"Attributes, top-{attributes} recall"),
        *standing(
            metrics["landmarks"], "normalised_error", "Landmarks, normalised error", is_percent=False, smaller=True
        ),
        *_retrieval(metrics["in_shop"], 1, "In shop, top-1 accuracy"),
        *_retrieval(street, k, f"Consumer to shop, top-{k} accuracy"),
    ]
    return [*found, *_caution(sample)] if found else ["Nothing was measured."]


def _retrieval(metrics: Metrics, k: int, what: str) -> list[str]:
    chance = measured(metrics, "chance", f"top{k}")
    random = f" A random ranking reaches {shown(chance)}." if chance else ""
    return [sentence + random for sentence in standing(metrics, f"top{k}", what)]


def _caution(sample: str) -> list[str]:
    if not sample:
        return []
    return [
        "The photos are drawings: these numbers may be set against each other, not against published ones, which were "
        "measured on DeepFashion's photographs."
    ]


def measured(metrics: Metrics, system: str, metric: str) -> Entry | None:
    entry = metrics.get(system, {}).get(metric)
    return entry if entry and entry.get("value") is not None else None


def best_other(metrics: Metrics, metric: str, smaller: bool = False, system: str = "fashionnet") -> str | None:
    """The system with the best value but `system` itself and chance."""
    others = [s for s in in_order(metrics) if s not in (system, "chance") and measured(metrics, s, metric)]
    pick = min if smaller else max
    return pick(others, key=lambda s: metrics[s][metric]["value"]) if others else None


def standing(metrics: Metrics, metric: str, what: str, is_percent: bool = True, smaller: bool = False) -> list[str]:
    """A sentence on where FashionNet stands in `metric` against the best other system, as the paired interval has it.

    None where no system has a value.
    """
    own = measured(metrics, "fashionnet", metric)
    other = best_other(metrics, metric, smaller)
    if own is None:
        return [f"{what}: not measured for FashionNet."] if other else []
    if other is None:
        return [f"{what}: FashionNet reaches {shown(own, is_percent)}; no other system is measured in it."]
    rival = metrics[other][metric]
    return [
        f"{what}: FashionNet reaches {shown(own, is_percent)}, {look(other).label}, the best of the others, "
        f"{shown(rival, is_percent)}; {verdict(rival['fashionnet_minus_this'], is_percent, smaller)}."
    ]


def verdict(difference: Entry, is_percent: bool = True, smaller: bool = False) -> str:
    """Whether FashionNet is better, in words. difference: its value minus the other's, with the paired interval."""
    value, low, high = (difference[name] for name in ("value", "low", "high"))
    if value == 0:
        return "the two are level"
    ahead = (value < 0) == smaller
    if value < 0:
        value, low, high = -value, -high, -low
    scale, digits, unit = (100, 1, " points") if is_percent else (1, 3, "")
    size, interval = f"{scale * value:.{digits}f}{unit}", f"{scale * low:.{digits}f} to {scale * high:.{digits}f}"
    if low <= 0:
        word = "ahead" if ahead else "behind"
        return f"FashionNet is {word} by {size}, which may be chance (on the same photos {interval})"
    return f"FashionNet is {'better' if ahead else 'worse'} by {size} (on the same photos {interval})"
