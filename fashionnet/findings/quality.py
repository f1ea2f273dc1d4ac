"""What quality control found, in words: how many of what, where the leaks are, what it means."""

from __future__ import annotations

import pandas as pd

from fashionnet.describe import TITLES
from fashionnet.findings.wording import count, percent, several
from fashionnet.prepare.tables import LEAKED
from fashionnet.quality.counts import leak_counts, tested_counts
from fashionnet.quality.duplicates import groups
from fashionnet.quality.results import Quality

# What is said of a flagged photo, by flaw: one, many.
WORDS = {
    "blank": ("blank photo", "blank photos"),
    "tiny": ("tiny photo", "tiny photos"),
    "extreme_aspect": ("photo of extreme proportions", "photos of extreme proportions"),
    "box_tiny": ("box of almost nothing", "boxes of almost nothing"),
    "box_whole": ("box of the whole photo", "boxes of the whole photo"),
    "landmarks_outside": ("photo with landmarks outside its box", "photos with landmarks outside their boxes"),
    "type_mismatch": ("clothes type that is not its category's", "clothes types that are not their categories'"),
    "single_photo_item": ("item with one photo only", "items with one photo only"),
}


def quality(photos: pd.DataFrame, found: Quality) -> list[str]:
    """Paragraphs on duplicates, leaks and screening."""
    return [_duplicates(photos, found), *_leaks(photos, found), _screened(photos, found)]


def _duplicates(photos: pd.DataFrame, found: Quality) -> str:
    pairs = found.duplicates
    if not len(pairs):
        return f"None of the {len(photos):,} photos stands in the data twice, neither exactly nor nearly."
    connected = groups(pairs)
    exact, mirrored = int((pairs["kind"] == "exact").sum()), int((pairs["kind"] == "mirrored").sum())
    own = connected["group"].nunique()
    parts = [f"{count(exact, 'pair')} of the same pixels", f"{len(pairs) - exact - mirrored:,} of changed copies"]
    parts += [f"{mirrored:,} of mirrored ones"] if mirrored else []
    across = int((pairs["place"] == "across benchmarks").sum())
    return (
        f"{count(len(connected), 'photo')} of {len(photos):,} show what another one shows: {several(parts)}, in "
        f"{count(own, 'group')}. {percent(1 - (len(photos) - len(connected) + own) / len(photos))} of all photos could "
        f"go without loss. {across:,} of the pairs lie across benchmarks."
    )


def _leaks(photos: pd.DataFrame, found: Quality) -> list[str]:
    training = int(photos["split"].isin(["train", LEAKED]).sum())
    leaking = found.leaks["train"].nunique()
    if not leaking:
        return [f"None of the {count(training, 'training photo')} stands in any test split."]
    cells = leak_counts(photos, found.leaks).stack()
    (trained, tested), most = cells.idxmax(), int(cells.max())
    tests = tested_counts(photos, found.leaks)
    worst = tests["share"].idxmax()
    within = int((found.leaks["train_benchmark"] == found.leaks["test_benchmark"]).sum())
    where = "the same" if trained == tested else _inside(tested)
    left_out = (photos["split"] == LEAKED).any()
    what = "they are left out of training" if left_out else "they are trained on all the same"
    return [
        f"{count(leaking, 'training photo')} of {training:,} ({percent(leaking / training)}) "
        f"{'stands' if leaking == 1 else 'stand'} in a test split; {what}. "
        f"Most, {most:,}, are trained on in {_inside(trained)} and tested in {where}; {within:,} of "
        f"{count(len(found.leaks), 'leak')} lie within one benchmark.",
        f"What that means: of the test photos of {_inside(worst)}, {percent(tests['share'].max())} could be known by "
        "heart rather than recognised, and a score on them would count memory as skill.",
    ]


def _screened(photos: pd.DataFrame, found: Quality) -> str:
    flaws = found.screened["flaw"].value_counts()
    if not len(flaws):
        return f"Fast screening flags none of the {len(photos):,} photos."
    named = [count(int(flaws[flaw]), *WORDS[flaw]) for flaw in WORDS if flaw in flaws]
    return (
        f"Fast screening flags {count(found.screened['row'].nunique(), 'photo')}: {several(named, most=len(WORDS))}. "
        "They stay in the data: a person has to look whether photo or label is at fault."
    )


def _inside(title: str) -> str:
    """A benchmark's title in the middle of a sentence."""
    return title[0].lower() + title[1:] if title in TITLES.values() else title


def merged(photos: pd.DataFrame, found: Quality, different: pd.DataFrame) -> int:
    """How many of the pairs `different` (columns of `sample.truth.PAIR`) were called one photo."""
    names = (photos["benchmark"] + "/" + photos["image_name"]).to_numpy()
    called = {frozenset(names[[a, b]]) for a, b in zip(found.duplicates["first"], found.duplicates["second"])}
    ends = [different[f"{of}benchmark"] + "/" + different[f"{of}image_name"] for of in ("", "of_")]
    return sum(frozenset(pair) in called for pair in zip(*ends))


def against_truth(scores: pd.DataFrame, different: int, merged: int) -> list[str]:
    """How much of what was planted was found. scores: as `quality.score_against` gives them. different: pairs of
    different garments that look alike, merged: how many of these were called one photo."""
    planted, seen = scores["planted"].sum(), scores["found"].sum()
    said = [
        f"Of {planted:,} planted flaws {percent(scores['right'].sum() / planted)} were found, and "
        f"{percent(scores['right'].sum() / max(seen, 1))} of what was found was planted."
    ]
    for name, words in (("recall", "Not all were found of"), ("precision", "Found where nothing was planted, of")):
        short = scores[scores[name] < 1]
        parts = [f"{kind.replace('_', ' ')} ({name} {percent(row[name])})" for kind, row in short.iterrows()]
        said += [f"{words}: {several(parts, 9)}."] if parts else []
    said.append(
        f"Of {count(different, 'pair')} of different garments that differ in one attribute alone, {merged} "
        f"{'was' if merged == 1 else 'were'} called one photo."
    )
    return said
