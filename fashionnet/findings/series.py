"""What the controlled series holds, in words."""

from __future__ import annotations

from fashionnet.findings.wording import count, percent, several
from fashionnet.sample.series import FACTORS, NAME, Series, garment_in_sight, landmarks_in_sight

MUCH = 0.9  # of the outline: a factor that leaves less hides the garment


def series(drawn: Series) -> list[str]:
    """How much was drawn, and what the factors leave in sight."""
    prepared = drawn.prepared
    if NAME in prepared.missing:
        return [f"No series was drawn: {prepared.missing[NAME]}. What is measured on it is left out."]
    photos = prepared.photos
    levels = {len(factor.values) - 1 for factor in FACTORS.values()}
    paragraphs = [
        f"{count(len(photos), 'photo')} were drawn: {count(photos['item'].nunique(), 'test garment')} of "
        f"{count(photos['category'].nunique(), 'category', 'categories')}, each once as a plain photo that all factors "
        f"share and then at {several([str(number) for number in sorted(levels)])} levels of each of "
        f"{count(len(FACTORS), 'factor')}. No system is trained on any of them."
    ]
    garment, landmarks = garment_in_sight(drawn), landmarks_in_sight(drawn)
    least, hides = garment.min(axis=1), garment.min(axis=1) < MUCH
    paragraphs.append(
        "How much of the garment's outline at level 0 is still in sight where a factor hides most: "
        + several([f"{name} {percent(share, 0)}" for name, share in least[hides].items()], 9)
        + f". At every level of the other factors ({several(least.index[~hides], 9)}) it is at least "
        f"{percent(least[~hides].min(), 0)}: what gets worse there is how it looks."
    )
    seen = landmarks.min(axis=1)
    paragraphs.append(
        f"{percent(landmarks.iloc[0, 0], 0)} of the landmarks are visible at level 0. {seen.idxmin()} takes most of "
        f"them: down to {percent(seen.min(), 0)}."
    )
    return paragraphs
