"""Whether a benchmark is DeepFashion's, whole: its counts beside the official ones."""

from __future__ import annotations

from collections.abc import Mapping

from fashionnet.check.report import Report
from fashionnet.formats import ATTRIBUTE_TYPES, SPLITS_OF
from fashionnet.formats.official import COUNTS, FINE_COUNTS
from fashionnet.prepare.rows import Rows


def compare(
    benchmark: str, tables: Mapping[str, object], fine: Rows | None, photos: int, sample: str, report: Report
) -> None:
    """Say "complete", or what differs from the official counts; of the embedded sample, that it is the sample.

    photos: how many the benchmark's files name. fine: of Anno_fine, None without it.
    """
    if sample:
        report.say("official", f"not DeepFashion but the embedded sample, version {sample}, whose counts are its own")
        return
    official = COUNTS[benchmark] | ({} if fine is None else FINE_COUNTS)
    found = {"photos": photos} | counts(benchmark, tables) | ({} if fine is None else fine_counts(fine))
    differ = [
        f"{what} {found[what]:,} (officially {number:,})"
        for what, number in official.items()
        if what in found and found[what] != number
    ]
    unknown = [what for what in official if what not in found]
    report.official = not differ and not unknown
    if differ or unknown:
        parts = [f"differs: {', '.join(differ)}"] if differ else []
        parts += [f"not counted, for want of a sound file: {', '.join(unknown)}"] if unknown else []
        report.say("official", "; ".join(parts))
    elif not report.complete:
        report.say("official", "every count is the official one, but not every file is there and sound")
    else:
        without = ", without the later Anno_fine" if benchmark == "category_attribute" and fine is None else ""
        report.say("official", f"complete{without}")


def counts(benchmark: str, tables: Mapping[str, object]) -> dict[str, int]:
    """What the files that are there allow to count, in the words of COUNTS (and more)."""
    found: dict[str, int] = {}
    partition = tables.get("list_eval_partition")
    if partition is not None:
        by_split = partition.groupby("evaluation_status")
        sizes = by_split.size()
        found |= {f"{split} photos": int(sizes.get(split, 0)) for split in SPLITS_OF[benchmark]}
        found["pairs"] = len(partition)
        if "item_id" in partition:
            items = by_split["item_id"].nunique()
            found |= {f"{split} items": int(items.get(split, 0)) for split in SPLITS_OF[benchmark]}
    listed = next((table for stem, table in tables.items() if stem.startswith("list_item_")), partition)
    if listed is not None and "item_id" in listed:
        found["items"] = listed["item_id"].nunique()
    names, labels = tables.get("list_category_cloth"), tables.get("list_category_img")
    if names is not None:
        found["categories"] = len(names)
    if labels is not None:
        sizes = labels["category_label"].value_counts()
        found["categories that occur"] = len(sizes)
        if names is not None:
            for name in ("Dress", "Tee"):
                rows = names.index[names["category_name"] == name] + 1
                found[f"photos of {name}"] = int(sizes.reindex(rows, fill_value=0).sum())
    attributes = tables.get("list_attr_cloth")
    if attributes is not None:
        found["attributes"] = len(attributes)
        if benchmark == "category_attribute":
            sizes = attributes["attribute_type"].value_counts()
            found |= {f"{name} attributes": int(sizes.get(code, 0)) for code, name in ATTRIBUTE_TYPES.items()}
    return found


def fine_counts(fine: Rows) -> dict[str, int]:
    """The same of Anno_fine, in the words of FINE_COUNTS."""
    sizes = fine.table["split"].value_counts()
    found = {f"fine {split} photos": int(sizes.get(split, 0)) for split in SPLITS_OF["category_attribute"]}
    found["fine photos"] = len(fine.table)
    if len(fine.attribute_names):
        found |= {"fine attributes": len(fine.attribute_names), "fine groups": fine.attribute_names["group"].nunique()}
    return found
