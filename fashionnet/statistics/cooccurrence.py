"""Which attributes are found together, and in which categories: counts beside what chance would give.

Lift is how many times as often as chance two things are found together: photos with both, times all photos, over the
product of the photos with each. A label that is unknown counts as none; where labels are missing at random, that
lowers all the counts and leaves lift as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from fashionnet.formats.codes import CLOTHES_TYPES
from fashionnet.prepare.tables import Prepared

# Photos in which two attributes are, or by chance would be, found together: in fewer, lift is mostly luck. Ours.
LEAST_PHOTOS = 20
# Photos to be expected by chance in a cell of a table, the usual demand on counts.
LEAST_EXPECTED = 5
_AT_ONCE = 16_384  # photos


def positives(prepared: Prepared, keep: np.ndarray) -> csr_array:
    """(K, A), 1 where one of the `keep` photos ((N,) bool) has an attribute: sparse, since few of them do."""
    rows = np.flatnonzero(keep)
    blocks = [
        csr_array(prepared.attributes[rows[start : start + _AT_ONCE]] == 1, dtype=np.int32)
        for start in range(0, len(rows), _AT_ONCE)
    ]
    return vstack(blocks) if blocks else csr_array((0, prepared.attributes.shape[1]), dtype=np.int32)


def attribute_pairs(prepared: Prepared) -> pd.DataFrame:
    """Every two attributes that are, or by chance would be, together in LEAST_PHOTOS: the highest lift first.

    → attribute, other (the commoner one first), together (photos with both), expected (by chance), lift.
    """
    present = positives(prepared, prepared.photos["attributed"].to_numpy())
    together = (present.T @ present).toarray()
    each = together.diagonal()
    expected = np.outer(each, each) / max(present.shape[0], 1)
    order = np.argsort(-each, kind="stable")
    one, other = (order[places] for places in np.triu_indices(len(order), k=1))
    enough = np.maximum(together, expected)[one, other] >= LEAST_PHOTOS
    one, other = one[enough], other[enough]
    names = prepared.attribute_names["attribute_name"].to_numpy()
    table = pd.DataFrame(
        {
            "attribute": names[one],
            "other": names[other],
            "together": together[one, other],
            "expected": expected[one, other],
        }
    )
    table["lift"] = table["together"] / table["expected"]
    # Of those never together the ones first that chance would bring together least: the last row is the most striking.
    return table.sort_values(["lift", "expected"], ascending=[False, True], kind="stable", ignore_index=True)


@dataclass(frozen=True)
class CategoryLift:
    """Of each category (rows) and attribute (columns), by name: lift, NaN where chance gives under LEAST_EXPECTED.

    types: the clothes type of each row.
    """

    lift: pd.DataFrame
    types: list[str]


def category_lift(prepared: Prepared, categories: int = 16, attributes: int = 24) -> CategoryLift:
    """The commonest categories, by clothes type, and attributes, by the category that they are typical of.

    Empty where no photo has both labels.
    """
    category = prepared.photos["category"].to_numpy()
    keep = prepared.photos["attributed"].to_numpy() & (category >= 0)
    present = positives(prepared, keep)
    shape = (present.shape[0], len(prepared.categories))
    belongs = csr_array((np.ones(shape[0], np.int32), (np.arange(shape[0]), category[keep])), shape=shape)
    together = (belongs.T @ present).toarray()
    of_category, of_attribute = belongs.sum(axis=0), present.sum(axis=0)
    expected = np.outer(of_category, of_attribute) / max(shape[0], 1)
    lift = np.divide(together, expected, out=np.full(expected.shape, np.nan), where=expected >= LEAST_EXPECTED)

    kinds = prepared.categories["category_type"].to_numpy()
    rows = np.argsort(-of_category, kind="stable")[:categories]
    rows = rows[of_category[rows] > 0]
    rows = rows[np.argsort(kinds[rows], kind="stable")]
    columns = np.argsort(-of_attribute, kind="stable")[:attributes]
    columns = columns[(of_attribute[columns] > 0) & ~np.isnan(lift[np.ix_(rows, columns)]).all(axis=0)]
    typical = np.nan_to_num(lift[np.ix_(rows, columns)], nan=-1).argmax(axis=0) if len(rows) else columns
    columns = columns[np.argsort(typical, kind="stable")]
    table = pd.DataFrame(
        lift[np.ix_(rows, columns)],
        index=prepared.categories["category_name"].to_numpy()[rows],
        columns=prepared.attribute_names["attribute_name"].to_numpy()[columns],
    )
    return CategoryLift(table, [CLOTHES_TYPES.get(int(kind), "") for kind in kinds[rows]])
