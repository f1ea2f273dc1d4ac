"""Every label file of a benchmark that is there and well-formed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fashionnet import formats
from fashionnet.check.report import Report
from fashionnet.formats import FormatError
from fashionnet.formats.layout import FILES, FINE_CATEGORIES, FINE_FILES, Benchmark
from fashionnet.prepare.fine import has_fine, read_fine_rows
from fashionnet.prepare.reading import read_file
from fashionnet.prepare.rows import Rows


def read_all(benchmark: Benchmark, report: Report) -> dict[str, object]:
    """Every file that is there and well-formed, by its name without the ending."""
    tables: dict[str, object] = {}
    for official in FILES[benchmark.name]:
        stem = Path(official).stem
        if official in benchmark.files:
            try:
                tables[stem] = read_file(stem, benchmark.files[official], benchmark.name, tables)
            except (FormatError, OSError) as error:
                report.broken.append(str(error))
        elif stem == "list_eval_partition" and not has_fine(benchmark):
            report.broken.append(f"{benchmark.folder / official}: found no such file, expected the splits")
        else:
            report.missing.append(official)
    return tables


def read_fine(benchmark: Benchmark, report: Report) -> Rows | None:
    """The fine annotations; None where they are broken or not there, which is not said: older copies have none."""
    if not any(name in benchmark.files for name in FINE_FILES):
        return None
    # Its list of categories is the coarse one again.
    wanted = [name for name in FINE_FILES if name != FINE_CATEGORIES]
    report.missing += [name for name in wanted if name not in benchmark.files]
    if not has_fine(benchmark):
        return None
    try:
        return read_fine_rows(benchmark)
    except (FormatError, OSError) as error:
        report.broken.append(str(error))
        return None


def image_names(table: object) -> list[str] | None:
    """The photos that a file speaks of, each once; None where it speaks of none."""
    table = getattr(table, "table", table)
    if isinstance(table, formats.AttributeLabels):
        return table.image_name
    if not isinstance(table, pd.DataFrame):
        return None
    columns = [name for name in table if name.startswith("image_")]
    return pd.unique(pd.concat([table[name] for name in columns])).tolist() if columns else None
