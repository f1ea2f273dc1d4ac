"""The controlled series as it is kept: which factors move, through which levels, and every photo with its level.

The same test garments are drawn again while one factor moves and all else stays. The photos are for measuring: no stage
trains on them. Ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fashionnet.prepare.tables import Prepared, load_prepared

NAME = "series"  # its photos' benchmark
BASE = "base"  # the factor of the photos at level 0, which all factors share
TABLE = "series.parquet"


@dataclass(frozen=True)
class Factor:
    """label, unit: of an axis. moves: what happens from level to level. values: at levels 0, 1, …, ever harder."""

    label: str
    unit: str
    moves: str
    values: tuple[float, ...]


FACTORS: Mapping[str, Factor] = {
    "scale": Factor(
        "Scale",
        "share of the photo's side",
        "the camera steps back, and the garment is smaller in the photo",
        (0.7, 0.5, 0.35, 0.25, 0.18, 0.13, 0.09),
    ),
    "rotation": Factor("Rotation", "degrees", "the camera rolls", (0, 15, 30, 45, 65, 90, 135)),
    "viewpoint": Factor(
        "Viewpoint", "degrees", "the wearer turns, from the front to the back", (0, 20, 40, 65, 90, 130, 180)
    ),
    "zoom": Factor(
        "Zoom-in",
        "garment's side by the photo's",
        "the camera comes closer, and the photo's edge cuts the garment off",
        (0.7, 1.05, 1.2, 1.4, 1.7, 2.3, 3.2),
    ),
    "occlusion": Factor(
        "Occlusion",
        "share of the garment hidden",
        "leaves before the garment hide more and more of it",
        (0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8),
    ),
    "clutter": Factor(
        "Background clutter", "things", "more and more things stand behind the wearer", (0, 2, 5, 10, 20, 40, 80)
    ),
    "light": Factor("Light", "share of the light", "the light falls", (1.0, 0.75, 0.55, 0.4, 0.28, 0.18, 0.1)),
    "blur": Factor("Blur", "pixels (sigma)", "the photo gets out of focus", (0, 1, 1.75, 2.5, 3.5, 5, 7.5)),
    "jpeg": Factor("JPEG", "quality", "the photo is compressed harder", (95, 40, 20, 12, 7, 4, 1)),
}
MAGNIFIED = ("scale", "zoom")  # factors whose value is how large the garment is


@dataclass(frozen=True)
class Series:
    """The photos of the series.

    prepared: as of a benchmark "series": all are queries of the split "test" and have the item of the
        consumer-to-shop benchmark, whose gallery holds other photos of the same garments. image_name is
        series/FACTOR/LEVEL/ITEM.jpg, at level 0 series/base/0/ITEM.jpg. Where nothing could be drawn, it is empty and
        prepared.missing["series"] says why.
    table: a row a photo: factor ("base" at level 0), level, value (of the factor; NaN of base, which has the value at
        level 0 of every factor), item, pixels (of the 160 x 160 photo that show the garment).
    """

    prepared: Prepared
    table: pd.DataFrame

    def rows(self, factor: str, level: int) -> pd.Series:
        """The photos of a factor's level: row of `prepared`, by item."""
        own = self.table[(self.table["factor"] == (factor if level else BASE)) & (self.table["level"] == level)]
        return pd.Series(own.index, index=own["item"].to_numpy())


def load_series(folder: Path) -> Series:
    """Read what the series' stage wrote. Raises FileNotFoundError or ValueError, as load_prepared does."""
    folder = Path(folder)
    return Series(load_prepared(folder), pd.read_parquet(folder / TABLE))


def factor_table() -> pd.DataFrame:
    """A row a factor: what moves, the unit, and the value at each level."""
    rows = {
        factor.label: {"what moves": factor.moves, "unit": factor.unit}
        | {f"level {level}": f"{value:g}" for level, value in enumerate(factor.values)}
        for factor in FACTORS.values()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")


def garment_in_sight(series: Series) -> pd.DataFrame:
    """A row a factor, a column a level: how much of the garment's outline at level 0 is in sight, the garments' mean.

    A smaller or larger picture of it is no less or more of it: pixels are divided by the magnification.
    """
    pixels = series.table["pixels"]

    def share(name: str, level: int) -> float:
        now, base = series.rows(name, level), series.rows(BASE, 0)
        values = FACTORS[name].values
        growth = (values[level] / values[0]) ** 2 if name in MAGNIFIED else 1.0
        return float((pixels[now].to_numpy() / pixels[base[now.index]].to_numpy()).mean() / growth)

    return _by_level(share)


def landmarks_in_sight(series: Series) -> pd.DataFrame:
    """A row a factor, a column a level: the share of the garments' landmarks that are visible."""
    visibility = series.prepared.visibility

    def share(name: str, level: int) -> float:
        codes = visibility[series.rows(name, level)]
        return float((codes == 0).sum() / (codes >= 0).sum())

    return _by_level(share)


def _by_level(share) -> pd.DataFrame:
    rows = {
        factor.label: {f"level {level}": share(name, level) for level in range(len(factor.values))}
        for name, factor in FACTORS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")
