"""Photos chosen for the pages by a stated rule, as rows of tiles that a sheet shows. No rule looks for good ones."""

from fashionnet.examples.copies import copy_rows, flaw_rows
from fashionnet.examples.labels import (
    attribute_rows,
    category_rows,
    code_rows,
    item_rows,
    joint_rows,
    landmark_rows,
    pair_rows,
)
from fashionnet.examples.outcomes import attributes, categories, landmarks, retrieved

__all__ = [
    "attribute_rows",
    "attributes",
    "categories",
    "category_rows",
    "code_rows",
    "copy_rows",
    "flaw_rows",
    "item_rows",
    "joint_rows",
    "landmark_rows",
    "landmarks",
    "pair_rows",
    "retrieved",
]
