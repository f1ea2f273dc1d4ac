"""One garment of the controlled series through all levels of every factor."""

from __future__ import annotations

from fashionnet.figures.photos import Tile, tiles
from fashionnet.sample.series import FACTORS, Series


def series_rows(series: Series, item: str, overlays: bool = False) -> list[tuple[str, list[Tile]]]:
    """A row a factor, a photo a level, its value below. overlays: with box and landmarks."""
    found = []
    for name, factor in FACTORS.items():
        rows = [int(series.rows(name, level)[item]) for level in range(len(factor.values))]
        captions = [f"{value:g}" for value in factor.values]
        alts = [f"{factor.label}, level {level}: {caption} {factor.unit}" for level, caption in enumerate(captions)]
        shown = tiles(series.prepared, rows, captions, alts=alts, box=overlays, landmarks=overlays)
        found.append((f"{factor.label} ({factor.unit})", shown))
    return found


def garment_of_type(series: Series, clothes_type: int, place: int = 0) -> str:
    """The item at `place` among the series' garments of a clothes type. Raises IndexError where there are fewer."""
    photos = series.prepared.photos
    return photos.loc[photos["clothes_type"] == clothes_type, "item"].drop_duplicates().iloc[place]
