"""Points on photos: list_landmarks.txt, list_landmarks_{inshop,consumer2shop}.txt and list_joints.txt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.formats.codes import (
    ABSENT,
    CLOTHES_TYPES,
    JOINT_NAMES,
    JOINT_VISIBILITY,
    LANDMARK_NAMES,
    SLOTS_OF,
    VISIBILITY,
)
from fashionnet.formats.rows import Header, Rows, columns, padded, write_rows, written

_FURTHEST = 999_999  # pixels from the photo's corner; a point that was cut off may lie outside the photo
_TYPES = ("image_name", "clothes_type", "variation_type")


@dataclass(frozen=True)
class Landmarks:
    """The points of N photos, in P canonical slots: 8 landmarks (LANDMARK_NAMES) or 14 joints (JOINT_NAMES).

    table: image_name, clothes_type, variation_type (0 where the file has no such column).
    points: (N, P, 2) float32, x and y in pixels of the photo; NaN in a slot that the clothes type lacks.
    visibility: (N, P) int8, codes of VISIBILITY or JOINT_VISIBILITY; -1 in such a slot.
    """

    table: pd.DataFrame
    points: np.ndarray
    visibility: np.ndarray


@dataclass(frozen=True)
class _Form:
    """What differs between the four files."""

    kind: str  # landmark or joint: how the file calls its points
    most_variation: int
    always_variation: bool  # False: the file may lack the column that its README promises
    slots: dict[int, tuple[int, ...]]
    points: int
    visibility: dict[int, str]

    def triples(self, count: int) -> list[str]:
        names = (f"{self.kind}_visibility_{{}}", f"{self.kind}_location_x_{{}}", f"{self.kind}_location_y_{{}}")
        return [name.format(k + 1) for k in range(count) for name in names]


_EVERY_JOINT = {clothes_type: tuple(range(len(JOINT_NAMES))) for clothes_type in CLOTHES_TYPES}


def _landmarks(most_variation: int, always_variation: bool) -> _Form:
    return _Form("landmark", most_variation, always_variation, SLOTS_OF, len(LANDMARK_NAMES), VISIBILITY)


_FORMS = {
    "category_attribute": _landmarks(5, always_variation=False),
    "landmarks": _landmarks(5, always_variation=True),
    "retrieval": _landmarks(6, always_variation=True),  # 6, no person, occurs in these two
    "joints": _Form("joint", 5, True, _EVERY_JOINT, len(JOINT_NAMES), JOINT_VISIBILITY),
}


def read_list_landmarks(path: Path, benchmark: str = "category_attribute") -> Landmarks:
    """The landmarks of "category_attribute" or "landmarks", which has a variation_type in every row.

    The README of the first promises variation_type, its loaders read none. Decided once for the file, by how many rows
    fit each form and, where that is a draw, by the column names. Raises FormatError.
    """
    return _read(path, _FORMS[benchmark])


def read_list_landmarks_inshop(path: Path) -> Landmarks:
    """The landmarks of the in-shop benchmark; variation_type is 1 to 6. Raises FormatError."""
    return _read(path, _FORMS["retrieval"])


def read_list_landmarks_consumer2shop(path: Path) -> Landmarks:
    """The landmarks of the consumer-to-shop benchmark; variation_type is 1 to 6. Raises FormatError."""
    return _read(path, _FORMS["retrieval"])


def read_list_joints(path: Path) -> Landmarks:
    """The fourteen human joints of the landmark benchmark's photos; visibility 0 or 1. Raises FormatError."""
    return _read(path, _FORMS["joints"])


def write_list_landmarks(path: Path, landmarks: Landmarks, benchmark: str = "category_attribute") -> None:
    """Write what `read_list_landmarks` reads; without the column if all variation types are 0.

    Raises ValueError for a point between pixels: the files hold whole ones.
    """
    _write(path, landmarks, _FORMS[benchmark], lambda new: read_list_landmarks(new, benchmark))


def write_list_landmarks_inshop(path: Path, landmarks: Landmarks) -> None:
    """Write what `read_list_landmarks_inshop` reads; otherwise as `write_list_landmarks`."""
    _write(path, landmarks, _FORMS["retrieval"], read_list_landmarks_inshop)


def write_list_landmarks_consumer2shop(path: Path, landmarks: Landmarks) -> None:
    """Write what `read_list_landmarks_consumer2shop` reads; otherwise as `write_list_landmarks`."""
    _write(path, landmarks, _FORMS["retrieval"], read_list_landmarks_consumer2shop)


def write_list_joints(path: Path, joints: Landmarks) -> None:
    """Write what `read_list_joints` reads; otherwise as `write_list_landmarks`."""
    _write(path, joints, _FORMS["joints"], read_list_joints)


def _header(form: _Form) -> Header:
    """The columns up to the first visibility: what the triples are called was not found for all four files."""
    leads = [_TYPES] if form.always_variation else [_TYPES, _TYPES[:2]]

    def matches(names: list[str]) -> bool:
        first = next((place for place, name in enumerate(names) if "visibility" in name), None)
        return first is not None and tuple(names[:first]) in leads

    return matches, f"{' '.join(_TYPES)} {form.triples(1)[0]} …"


def _read(path: Path, form: _Form) -> Landmarks:
    rows = Rows(path, _header(form))
    rows.require_columns(_TYPES[:2], more=True)
    names = rows.image_names()
    kinds = rows.integers(1, "clothes_type", min(CLOTHES_TYPES), max(CLOTHES_TYPES))
    sizes = np.array([0] + [3 * len(form.slots[kind]) for kind in sorted(CLOTHES_TYPES)])[kinds]

    varied = form.always_variation or _varied(rows, sizes)
    lead = 3 if varied else 2

    def expected(row: int) -> str:
        points = f"{sizes[row] // 3} {form.kind}s for clothes_type {kinds[row]}"
        return f"{columns(lead + int(sizes[row]))}: {' '.join(_TYPES[:lead])} and {points}"

    rows.require(rows.widths == lead + sizes, lambda row: columns(int(rows.widths[row])), expected)
    variation = np.zeros(len(rows), np.int64)
    if varied:
        variation = rows.integers(2, "variation_type", 1, form.most_variation)

    points = np.full((len(rows), form.points, 2), np.nan, np.float32)
    visibility = np.full((len(rows), form.points), ABSENT, np.int8)
    for kind, slots in form.slots.items():
        chosen = np.flatnonzero(kinds == kind)
        low = np.tile([min(form.visibility), -_FURTHEST, -_FURTHEST], len(slots))
        high = np.tile([max(form.visibility), _FURTHEST, _FURTHEST], len(slots))
        values = rows.block(chosen, lead, form.triples(len(slots)), low, high).reshape(-1, len(slots), 3)
        visibility[np.ix_(chosen, slots)] = values[:, :, 0]
        points[np.ix_(chosen, slots)] = values[:, :, 1:]
    table = pd.DataFrame(dict(zip(_TYPES, (names, kinds, variation))))
    return Landmarks(table, points, visibility)


def _varied(rows: Rows, sizes: np.ndarray) -> bool:
    """Whether the file has a variation_type. No row fits both forms: they differ by one column."""
    with_it, without = (int((rows.widths == lead + sizes).sum()) for lead in (3, 2))
    return "variation_type" in rows.header if with_it == without else with_it > without


def _write(path: Path, landmarks: Landmarks, form: _Form, read: Callable[[Path], Landmarks]) -> None:
    table = landmarks.table
    varied = form.always_variation or bool(table["variation_type"].any())
    lead = _TYPES if varied else _TYPES[:2]
    slots = np.zeros((len(table), form.points), dtype=bool)
    for kind, present in form.slots.items():
        slots[np.ix_(table["clothes_type"].to_numpy() == kind, present)] = True
    triples = np.concatenate((landmarks.visibility[..., None], landmarks.points), axis=2)[slots]
    texts = iter(zip(map(str, triples[:, 0].astype(int).tolist()), *(padded(triples[:, k], form.kind) for k in (1, 2))))
    rows = [
        [*lead_texts, *chain.from_iterable(islice(texts, count))]
        for *lead_texts, count in zip(*written(table, lead), slots.sum(axis=1).tolist())
    ]
    write_rows(path, "  ".join((*lead, *form.triples(form.points))), rows, read)
