"""`fashionnet check DIR`: which benchmarks a data folder holds, what is in them, what is missing and what is broken.

Broken is what `prepare` would refuse or leave out, and where two files contradict each other. A label file that is not
there is said and is no mistake: the study does without. Nor is it one to hold other counts than DeepFashion's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fashionnet.check import contents
from fashionnet.check.counts import compare
from fashionnet.check.files import image_names, read_all, read_fine
from fashionnet.check.photos import decode
from fashionnet.check.report import Report, counted
from fashionnet.formats import OFFICIAL, FormatError
from fashionnet.formats.errors import quoted
from fashionnet.formats.layout import Benchmark, find_benchmarks
from fashionnet.formats.misplaced import misplaced, renamed
from fashionnet.prepare import sample_version


def check(data: Path, out: Callable[[str], None] = print) -> bool:
    """Report on a data folder, line by line, through `out`. Whether a benchmark is there and nothing is broken.

    Every photo is decoded; where that takes long, its progress goes to stderr. Nothing in the folder is written.
    """
    found = inspect(data, out)
    return bool(found.reports) and not found.broken


@dataclass(frozen=True)
class Found:
    """reports: of each benchmark that is there. sample: the version of the embedded sample, "" for other data. broken:
    how many things."""

    reports: dict[str, Report]
    sample: str
    broken: int


def inspect(data: Path, out: Callable[[str], None] = print) -> Found:
    """`check`, for those who need to know more of what was found."""
    data = Path(data)
    found = find_benchmarks(data) if data.is_dir() else {}
    if not found:
        out(misplaced(data))
        return Found({}, "", 0)
    reports, broken, sample = {}, 0, ""
    try:
        sample = sample_version(data)
    except FormatError as error:
        out(f"BROKEN {error}")
        broken += 1
    others = renamed(data)
    for name, official in OFFICIAL.items():
        out(official)
        if name in found:
            reports[name] = _inspect(found[name], sample)
            broken += len(reports[name].broken)
        absent = f"{quoted(others[name].name)} looks like it: rename it" if name in others else ""
        for line in reports.get(name, Report([("not there", absent)])).lines():
            out(line.rstrip())
        out("")
    verdict = f"{counted(broken, 'thing')} broken" if broken else "nothing broken"
    out(f"{counted(len(found), 'benchmark')} of {len(OFFICIAL)} there, {verdict}.")
    return Found(reports, sample, broken)


def _inspect(benchmark: Benchmark, sample: str) -> Report:
    """Everything that can be said of a benchmark. sample: the version of the embedded sample, "" for other data."""
    report = Report()
    tables = read_all(benchmark, report)
    fine = read_fine(benchmark, report)
    named = {stem: names for stem, table in tables.items() if (names := image_names(table)) is not None}
    everyone = dict.fromkeys(name for names in named.values() for name in names)
    if fine is not None:
        everyone |= dict.fromkeys(fine.table["image_name"])
    sizes = decode(benchmark, list(everyone), report)
    if "list_eval_partition" in tables:
        contents.splits(benchmark.name, tables["list_eval_partition"], report)
        contents.same_photos(benchmark.name, named, report)
    contents.agreement(benchmark.name, tables, report)
    contents.items(tables, report)
    contents.categories(tables, report)
    contents.attributes(tables, report)
    contents.boxes(benchmark, tables, sizes, report)
    contents.points(tables, sizes, report)
    if fine is not None:
        contents.fine(benchmark, fine, set(named.get("list_eval_partition", everyone)), sizes, report)
    compare(benchmark.name, tables, fine, len(everyone), sample, report)
    return report
