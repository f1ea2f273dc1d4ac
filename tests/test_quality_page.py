"""The quality notebook's tables, sheets, figure and sentences, on findings made by hand; and the tables on disk."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared
from test_quality_index import photo, saved

from fashionnet import examples, figures
from fashionnet.describe import TITLES
from fashionnet.findings import quality as findings
from fashionnet.prepare import crop_to_photo
from fashionnet.prepare.tables import LEAKED
from fashionnet.quality import (
    FLAWS,
    Quality,
    control,
    counts,
    find_duplicates,
    fingerprint,
    fingerprint_table,
    leaks,
    load_quality,
    save_quality,
    screen,
)


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=16)


@pytest.fixture(scope="module")
def table_and_pictures(prepared):
    """A few photos of the random table show what others show: half of these exactly, half nearly."""
    rng = np.random.default_rng(0)
    pictures = [photo(seed, (90, 120)) for seed in range(len(prepared.photos))]
    pairs = rng.permutation(len(pictures))[:24].reshape(-1, 2)
    for number, (one, other) in enumerate(pairs):
        pictures[other] = pictures[one] if number % 2 else saved(pictures[one], "JPEG", quality=80)
    return prepared.photos.join(fingerprint_table(map(fingerprint, pictures))), pictures


@pytest.fixture(scope="module")
def found(prepared, table_and_pictures):
    table, pictures = table_and_pictures
    landmarks = crop_to_photo(prepared.landmarks, prepared.photos)
    quality, leaking = control(
        table, landmarks, prepared.visibility, prepared.categories, lambda row: pictures[row].copy()
    )
    assert len(quality.duplicates) == 12
    assert leaking.sum() == quality.leaks["train"].nunique() > 0
    return quality


def test_control_is_its_parts(prepared, table_and_pictures, found):
    table, pictures = table_and_pictures
    pairs = find_duplicates(table, lambda row: pictures[row].copy())
    pd.testing.assert_frame_equal(found.duplicates, pairs)
    pd.testing.assert_frame_equal(found.leaks, leaks(table, pairs)[1])
    landmarks = crop_to_photo(prepared.landmarks, prepared.photos)
    own = screen(table, landmarks, prepared.visibility, prepared.categories)
    pd.testing.assert_frame_equal(found.screened, own)


def test_the_tables_come_back_from_the_disk(found, tmp_path):
    save_quality(found, tmp_path)
    read = load_quality(tmp_path)
    for name in ("duplicates", "leaks", "screened"):
        pd.testing.assert_frame_equal(getattr(read, name), getattr(found, name))
    (tmp_path / "leaks.parquet").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"leaks\.parquet: found no such file, expected what `dvc repro prepare`"
    ):
        load_quality(tmp_path)


def test_empty_tables_come_back_with_their_columns(prepared, tmp_path):
    nothing = empty(prepared)
    save_quality(nothing, tmp_path)
    pd.testing.assert_frame_equal(load_quality(tmp_path).screened, nothing.screened)


def empty(prepared):
    pictures = [photo(seed, (90, 120)) for seed in range(3)]
    table = prepared.photos.iloc[:3].join(fingerprint_table(map(fingerprint, pictures)))
    pairs = find_duplicates(table, lambda row: pictures[row])
    return Quality(
        pairs, leaks(table, pairs)[1], screen(table, np.zeros((3, 8, 2)), np.full((3, 8), -1), prepared.categories)
    )


def test_counts_against_plain_loops(prepared, found):
    pairs = counts.duplicate_counts(found.duplicates)
    by = Counter(zip(found.duplicates["kind"], found.duplicates["place"]))
    for (kind, place), number in by.items():
        assert pairs.loc[kind, place] == number
    assert pairs.loc["all", "all"] == len(found.duplicates)
    assert pairs.loc["mirrored", "all"] == 0
    matrix = counts.leak_counts(prepared.photos, found.leaks)
    by = Counter(zip(found.leaks["train_benchmark"], found.leaks["test_benchmark"]))
    assert matrix.to_numpy().sum() == len(found.leaks)
    assert all(matrix.loc[TITLES[trained], TITLES[tested]] == number for (trained, tested), number in by.items())
    tested = counts.tested_counts(prepared.photos, found.leaks)
    for name, title in TITLES.items():
        photos = ((prepared.photos["benchmark"] == name) & (prepared.photos["split"] == "test")).sum()
        seen = len(set(found.leaks["test"][found.leaks["test_benchmark"] == name]))
        assert tested.loc[title].tolist() == [photos, seen, seen / photos]
    flaws = counts.screening_counts(prepared.photos, found.screened)
    assert flaws["all"].sum() == len(found.screened)


def test_sheets_show_what_was_found(prepared, found):
    rows = examples.duplicate_rows(prepared, found.duplicates, 3)
    assert [label.split(",")[0] for label, _ in rows] == ["exact"] * 3 + ["near"] * 3
    pairs = {frozenset(pair) for pair in found.duplicates[["first", "second"]].itertuples(index=False, name=None)}
    for _, shown in rows:
        own = {
            row for row in range(len(prepared.photos)) for tile in shown if (prepared.crops[row] == tile.pixels).all()
        }
        assert frozenset(own) in pairs
    leaking = examples.leak_rows(prepared, found.leaks, 4)
    assert len(leaking) == min(4, len(found.leaks))
    for _, (trained, tested) in leaking:
        assert (trained.caption.endswith(", train"), tested.caption.endswith(", test")) == (True, True)
        assert (trained.frame, tested.frame) == ("", "query")
    flagged = pd.DataFrame({"row": [3, 5, 5], "flaw": ["tiny", "blank", "tiny"], "found": ["a", "b", "<c>"]})
    rows = examples.screened_rows(prepared, flagged, FLAWS, 5)
    assert [(label, [tile.caption for tile in row]) for label, row in rows] == [
        ("blank (1)", ["b"]),
        ("tiny (2)", ["a", "<c>"]),
    ]
    assert "<c>" not in figures.sheet("Flagged", rows)


def test_the_matrix_shows_every_number(prepared, found):
    matrix = counts.leak_counts(prepared.photos, found.leaks)
    [axes] = figures.leak_matrix(matrix).axes
    shown = {tuple(map(int, text.xy)): text.get_text() for text in axes.texts}
    assert shown == {(c, r): f"{matrix.iloc[r, c]:,}" for r in range(len(matrix)) for c in range(len(matrix))}
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(matrix.index)


def test_the_sentences_hold_the_numbers(prepared, found):
    duplicates, leaked, meaning, screened = findings.quality(prepared.photos, found)
    assert duplicates.startswith(
        f"24 photos of {len(prepared.photos)} show what another one shows: 6 pairs of the same"
    )
    assert "6 of changed copies, in 12 groups" in duplicates
    assert f"{12 / len(prepared.photos):.1%}".replace("%", " %") in duplicates
    training = (prepared.photos["split"] == "train").sum()
    assert leaked.startswith(f"{found.leaks['train'].nunique()} training photos of {training}")
    assert "they are trained on all the same" in leaked
    out = prepared.photos.assign(
        split=prepared.photos["split"].mask(prepared.photos.index.isin(found.leaks["train"]), LEAKED)
    )
    assert findings.quality(out, found)[1] == leaked.replace("trained on all the same", "left out of training")
    most = counts.tested_counts(prepared.photos, found.leaks)["share"].max()
    assert f"{100 * most:.1f} % could be known by heart" in meaning
    assert screened.startswith(f"Fast screening flags {found.screened['row'].nunique()} photo")


def test_where_nothing_was_found_the_sentences_say_so(prepared):
    said = findings.quality(prepared.photos, empty(prepared))
    assert said[0].endswith("stands in the data twice, neither exactly nor nearly.")
    assert said[1].endswith("stands in any test split.")
    assert said[2].startswith("Fast screening flags none")


def test_one_is_said_as_one(prepared):
    leaked = pd.DataFrame(
        {"train": [0], "test": [9], "train_benchmark": ["in_shop"], "test_benchmark": ["landmarks"], "kind": ["exact"]}
    )
    pairs = pd.DataFrame({"first": [0], "second": [9], "kind": ["mirrored"], "place": ["across benchmarks"]})
    flagged = pd.DataFrame({"row": [4], "flaw": ["box_tiny"]})
    said = " ".join(findings.quality(prepared.photos, Quality(pairs, leaked, flagged)))
    assert "1 training photo of" in said
    assert "stands in a test split" in said
    assert "1 of mirrored ones, in 1 group" in said
    assert "flags 1 photo: 1 box of almost nothing" in said
