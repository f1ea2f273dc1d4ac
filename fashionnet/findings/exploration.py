"""What moving or hiding landmarks changed for the photo that is explored, in words."""

from __future__ import annotations

from typing import Protocol

from fashionnet.findings.wording import count, percent, several
from fashionnet.formats.codes import LANDMARK_NAMES


class Scored(Protocol):
    name: str
    score: float


class Near(Protocol):
    row: int


class Recognised(Protocol):
    photo: str
    category: list[Scored]
    nearest: list[Near]


class Answer(Protocol):
    own: Recognised
    given: Recognised
    changed: frozenset[int]


def exploration(answer: Answer | None) -> list[str]:
    """answer: of `explore.Form`, None where no photo is shown."""
    if answer is None:
        return ["No photo is shown."]
    own, given = answer.own, answer.given
    said = [f"{own.photo}: by itself the system says {_most(own)}." if own.category else f"{own.photo}."]
    if not answer.changed:
        return [*said, "No landmark was moved or hidden."]
    put = several([f"the {LANDMARK_NAMES[slot]}" for slot in sorted(answer.changed)])
    if own.category:
        stays = own.category[0].name == given.category[0].name
        said.append(f"With {put} moved or hidden it {'still says' if stays else 'says'} {_most(given)}.")
    if own.nearest:
        kept = len({near.row for near in own.nearest} & {near.row for near in given.nearest})
        of = count(len(own.nearest), "nearest shop photo")
        said.append(f"Of the {of}, {kept} {'is' if kept == 1 else 'are'} still among them.")
    return said


def _most(found: Recognised) -> str:
    best = found.category[0]
    return f"{best.name} with a probability of {percent(best.score)}"
