"""Photos chosen for the pages by a stated rule, as rows of tiles that a sheet shows. No rule looks for good ones."""

from fashionnet.examples.labels import (
    attribute_rows,
    category_rows,
    code_rows,
    item_rows,
    joint_rows,
    landmark_rows,
    pair_rows,
)
from fashionnet.examples.outcomes import attributes, categories, hidden, landmarks
from fashionnet.examples.quality import duplicate_rows, leak_rows, screened_rows
from fashionnet.examples.retrieval import compared

__all__ = [
    "attribute_rows",
    "attributes",
    "categories",
    "category_rows",
    "code_rows",
    "compared",
    "duplicate_rows",
    "hidden",
    "item_rows",
    "joint_rows",
    "landmark_rows",
    "landmarks",
    "leak_rows",
    "pair_rows",
    "screened_rows",
]
