"""Attribute labels that are wrong: some that a photo has are missing, others stand where they should not. Ours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fashionnet.sample.attributes import NAMES
from fashionnet.sample.benchmarks import Pairs
from fashionnet.sample.plan import stream

# Of the labels in the file, in hundredths of a percent: what of the positive and of the negative ones is wrong. Around
# what the poster measured (3.0 and 0.6 %); drawn, so that who guesses the poster's numbers is wrong.
WRONG_POSITIVES = (200, 401)
WRONG_NEGATIVES = (40, 81)


def mislabel(pairs: Pairs, key: tuple[int, ...]) -> tuple[Pairs, dict]:
    """The pairs of category and attribute prediction with wrong labels, and which those are.

    → positives, negatives: how many the file has (labels) and how many of them are wrong; photos: image name → names of
    attributes that are on and should be off, and that are off and should be on. Labels that are not known stay so.
    Which of the true labels are lost is chance; which false ones come is too, but an attribute gets them as often as it
    occurs, or rare ones would drown in them.
    """
    rng = stream(*key)
    places = [place for place, (shot, _) in enumerate(pairs) if shot.benchmark == "category_attribute"]
    true = np.stack([pairs[place][1].attributes for place in places])
    on, off = _wrong_counts(rng, int((true == 1).sum()), int((true == -1).sum()))
    values = true.copy()
    positives = np.argwhere(true == 1)
    lost = positives[rng.permutation(len(positives))[:off]]
    values[tuple(lost.T)] = -1
    while on:
        column = positives[int(rng.integers(0, len(positives))), 1]
        row = int(rng.integers(0, len(true)))
        if true[row, column] == -1 and values[row, column] == -1:
            values[row, column] = 1
            on -= 1
    changed = list(pairs)
    photos = {}
    for place, before, after in zip(places, true, values):
        shot, labels = pairs[place]
        changed[place] = shot, replace(labels, attributes=after)
        if (before != after).any():
            photos[shot.image_name] = {
                "on": [NAMES[k] for k in np.flatnonzero((before == -1) & (after == 1))],
                "off": [NAMES[k] for k in np.flatnonzero((before == 1) & (after == -1))],
            }
    counts = {
        name: {"labels": int((values == sign).sum()), "wrong": int(((values == sign) & (true == -sign)).sum())}
        for name, sign in (("positives", 1), ("negatives", -1))
    }
    return changed, {"benchmark": "category_attribute", "photos": photos, **counts}


def _wrong_counts(rng: np.random.Generator, positives: int, negatives: int) -> tuple[int, int]:
    """How many labels to turn on and off, for the shares p and n of the labels in the file to be wrong.

    After it there are `positives` - off + on positive labels, of which on are wrong, and `negatives` - on + off
    negative ones, of which off are: on = p (positives - off + on) and off = n (negatives - on + off), solved for both.
    """
    p, n = (int(rng.integers(*share)) / 10_000 for share in (WRONG_POSITIVES, WRONG_NEGATIVES))
    odds_p, odds_n = p / (1 - p), n / (1 - n)
    on = odds_p * (positives - odds_n * negatives) / (1 - odds_p * odds_n)
    return round(on), round(odds_n * (negatives - on))
