"""What an experiment may learn from: the prepared data with the labels taken out that it is to do without.

Photos stay; labels become unknown, and every loss is a mean over the labels that are known, so that its weight does not
change with their number.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from fashionnet.formats.codes import JOINT_NAMES
from fashionnet.prepare.tables import ABSENT, Prepared
from fashionnet.settings import Settings

# The joints that take the landmarks' places for FashionNet with joints: eight, and left beside right, so that the
# network has the same size and mirrors alike. Shoulder for collar, wrist for sleeve, hip for waistline, knee for hem:
# the nearest that a body has (ours, the paper does not list its joints).
IN_PLACE = (
    "left shoulder",
    "right shoulder",
    "left wrist",
    "right wrist",
    "left hip",
    "right hip",
    "left knee",
    "right knee",
)


def supervised(prepared: Prepared, settings: Settings) -> Prepared:
    """The labels that this experiment trains and validates with.

    `training.attributes` of all attributes, by their rank among the training photos' positive labels or drawn at
    random; landmarks only of photos that have joints too (`training.landmarks: jointed`), so that they are annotated as
    often as these; joints in the landmarks' places (`network.local: joints`).
    """
    view = replace(prepared, attributes=_some_attributes(prepared, settings))
    if settings.network.local == "joints":
        chosen = [JOINT_NAMES.index(name) for name in IN_PLACE]
        return replace(
            view,
            photos=view.photos.assign(landmarked=view.photos["jointed"]),
            landmarks=np.ascontiguousarray(prepared.joints[:, chosen]),
            visibility=np.ascontiguousarray(prepared.joint_visibility[:, chosen]),
        )
    if settings.training.landmarks == "jointed":
        without = ~prepared.photos["jointed"].to_numpy()
        landmarks, visibility = prepared.landmarks.copy(), prepared.visibility.copy()
        landmarks[without], visibility[without] = np.nan, ABSENT
        landmarked = prepared.photos["landmarked"] & prepared.photos["jointed"]
        return replace(
            view, photos=view.photos.assign(landmarked=landmarked), landmarks=landmarks, visibility=visibility
        )
    return view


def kept_attributes(prepared: Prepared, share: float, by: str, seed: int) -> np.ndarray:
    """(A,) bool, the share of the attributes that is trained, rounded up to whole ones. by: "frequency", the commonest
    among the training photos (equally common ones in the files' order), or "random"."""
    total = prepared.attributes.shape[1]
    wanted = math.ceil(share * total)
    if by == "frequency":
        train = (prepared.photos["split"] == "train").to_numpy()
        order = np.argsort(-(prepared.attributes[train] == 1).sum(0), kind="stable")
    else:
        order = np.random.default_rng([seed, total]).permutation(total)
    kept = np.zeros(total, bool)
    kept[order[:wanted]] = True
    return kept


def _some_attributes(prepared: Prepared, settings: Settings) -> np.ndarray:
    share, by = settings.training.attributes, settings.training.attributes_by
    if share == 1:
        return prepared.attributes
    kept = kept_attributes(prepared, share, by, settings.seed)
    return np.where(kept, prepared.attributes, 0).astype(np.int8)
