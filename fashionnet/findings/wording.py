"""Numbers as words: lists, counts, shares, values with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]  # {"value", "low", "high"} and more, as in `evaluate.Evaluation.metrics`


def several(words: Sequence[str], most: int = 6) -> str:
    """ "a", "a and b", "a, b and c", and "a, b and 5 others" for more than `most`."""
    words = list(words)
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} others"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def capital(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]


def count(number: int, one: str, many: str | None = None) -> str:
    """ "1 photo", "1,234 photos"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def shown(entry: Entry, is_percent: bool = True) -> str:
    """ "61.2 % (58.9 to 63.4)": the value and its 95 % interval."""
    scale, digits = (100, 1) if is_percent else (1, 3)
    value = f"{scale * entry['value']:.{digits}f}" + (" %" if is_percent else "")
    if entry.get("low") is None or entry["low"] == entry["high"]:
        return value
    return f"{value} ({scale * entry['low']:.{digits}f} to {scale * entry['high']:.{digits}f})"
