"""Figures, sheets of photos and tables for the notebooks. They draw what they are given and compute nothing."""

from fashionnet.figures.architecture import architecture
from fashionnet.figures.benchmarks import confusion, distance_curves, dots, top_k_curves
from fashionnet.figures.claims import by_share, feature_maps, forest
from fashionnet.figures.data import (
    attribute_bars,
    attribute_tail,
    category_bars,
    visibility_bars,
)
from fashionnet.figures.photos import Tile, sheet, tiles
from fashionnet.figures.picture import picture
from fashionnet.figures.pooling import landmark_pooling
from fashionnet.figures.quality import leak_matrix
from fashionnet.figures.retrieval import comparison
from fashionnet.figures.statistics import item_bars, landmark_maps, lift_map, pair_bars
from fashionnet.figures.tables import Column, benchmark_table, measured
from fashionnet.figures.training import loss_curves, validation_curves
from fashionnet.figures.variation import group_dots, level_curves

__all__ = [
    "Column",
    "Tile",
    "architecture",
    "attribute_bars",
    "attribute_tail",
    "benchmark_table",
    "by_share",
    "category_bars",
    "comparison",
    "confusion",
    "distance_curves",
    "dots",
    "feature_maps",
    "forest",
    "group_dots",
    "item_bars",
    "landmark_maps",
    "landmark_pooling",
    "leak_matrix",
    "level_curves",
    "lift_map",
    "loss_curves",
    "measured",
    "pair_bars",
    "picture",
    "sheet",
    "tiles",
    "top_k_curves",
    "validation_curves",
    "visibility_bars",
]
