"""What was found in one benchmark, and the words that say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from fashionnet.formats.errors import plain, some


@dataclass
class Report:
    """What was found in one benchmark. facts: a label and what is said of it. official: whether every count is
    DeepFashion's."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    official: bool = False

    @property
    def complete(self) -> bool:
        """Whether it is DeepFashion's benchmark, every file there and sound."""
        return self.official and not self.missing and not self.broken

    def say(self, label: str, text: str) -> None:
        self.facts.append((label, text))

    def break_if(self, names: Collection[str], what: str) -> None:
        if names:
            self.broken.append(f"{some(names)}: {what}")

    def note_if(self, names: Collection[str], what: str) -> None:
        if names:
            self.notes.append(f"{some(names)}: {what}")

    def lines(self) -> list[str]:
        marked = [("missing", text) for text in self.missing]
        marked += [("note", text) for text in self.notes]
        marked += [("BROKEN", text) for text in self.broken]
        return [f"  {label:<12} {plain(text)}" for label, text in self.facts + marked]


def without(names: Iterable[str], known: Collection[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in known]


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
