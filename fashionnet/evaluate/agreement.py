"""Which systems find a query's item at first place, and which do not: successes and failures by a rule."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from fashionnet.systems import look

EVERYBODY, AHEAD, BEHIND, NOBODY = "everybody", "ahead", "behind", "nobody"  # each query is of one kind


def agreement(queries: pd.DataFrame, systems: Sequence[str]) -> pd.Series:
    """Query (row of `Prepared.photos`) → its kind, by whose first photo is of the right item: every one of `systems`
    has it, the first of them has it and another has not, the first has not and another has, or none has.

    queries: of an evaluation of retrieval. A rank counts what is level with the right photo against the system.
    """
    own = queries[queries["system"].isin(systems)]
    first = own.set_index(["row", "system"])["rank"].unstack("system") == 1  # noqa: PD010 - a row for each pair
    kinds = pd.Series(BEHIND, index=first.index, name="kind")
    kinds[first[systems[0]]] = AHEAD
    kinds[first.all(axis=1)] = EVERYBODY
    kinds[~first.any(axis=1)] = NOBODY
    return kinds


def kinds_of(kinds: pd.Series, systems: Sequence[str]) -> pd.DataFrame:
    """A row a kind that can occur among `systems`: the kind of query in words, how many queries, their share of all."""
    own = look(systems[0]).label
    labels = {EVERYBODY: "every system's first photo is right"}
    if len(systems) > 1:
        labels |= {
            AHEAD: f"{own}'s first photo is right, another system's is not",
            BEHIND: f"{own}'s first photo is wrong, another system's is right",
        }
    labels[NOBODY] = "no system's first photo is right"
    counts = kinds.value_counts().reindex([*labels], fill_value=0)
    table = pd.DataFrame({"kind of query": labels.values(), "queries": counts, "share": counts / max(len(kinds), 1)})
    return table.rename_axis("kind")
