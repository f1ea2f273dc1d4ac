"""The official text files of DeepFashion, read with every row checked, and written in the same form."""

from __future__ import annotations

from fashionnet.formats.codes import (
    ABSENT,
    ATTRIBUTE_TYPES,
    CATEGORIES,
    CLOTHES_TYPES,
    JOINT_NAMES,
    JOINT_VISIBILITY,
    LANDMARK_NAMES,
    OFFICIAL,
    POSE_TYPES,
    SLOTS_OF,
    SOURCE_TYPES,
    SPLITS_OF,
    VARIATION_TYPES,
    VISIBILITY,
)
from fashionnet.formats.errors import FormatError

__all__ = [
    "ABSENT",
    "ATTRIBUTE_TYPES",
    "CATEGORIES",
    "CLOTHES_TYPES",
    "JOINT_NAMES",
    "JOINT_VISIBILITY",
    "LANDMARK_NAMES",
    "OFFICIAL",
    "POSE_TYPES",
    "SLOTS_OF",
    "SOURCE_TYPES",
    "SPLITS_OF",
    "VARIATION_TYPES",
    "VISIBILITY",
    "FormatError",
]
