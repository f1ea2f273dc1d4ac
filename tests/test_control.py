"""Quality control inside prepare: copies of test photos leave training, and what is found lies beside the tables."""

import pandas as pd
import pytest
from PIL import Image

from fashionnet.formats import OFFICIAL, read_list_eval_partition
from fashionnet.prepare import load_prepared, prepare
from fashionnet.prepare.tables import LEAKED
from fashionnet.quality import load_quality
from fashionnet.sample import render
from fashionnet.sample.truth import read_flaws
from fashionnet.settings import load_settings

SETTINGS = load_settings().prepare


@pytest.fixture(scope="module")
def flawed(tmp_path_factory):
    """The tiny sample with planted flaws, prepared: (raw folder, prepared folder)."""
    folder = tmp_path_factory.mktemp("flawed")
    render(folder / "data", size="tiny", seed=5, processes=1, flaws=True)
    prepare(folder / "data", folder / "prepared", SETTINGS)
    return folder / "data", folder / "prepared"


def keys(table, benchmark="benchmark", name="image_name"):
    return set(zip(table[benchmark], table[name]))


def test_planted_leaks_are_in_no_split_that_is_trained_on(flawed):
    truth, prepared = read_flaws(flawed[0]), load_prepared(flawed[1])
    planted = truth.duplicates[truth.duplicates["leak"]]
    assert len(planted)
    left_out = prepared.photos[prepared.photos["split"] == LEAKED]
    assert keys(left_out) == keys(planted)
    found = load_quality(flawed[1].with_name("quality")).leaks
    assert keys(found, "train_benchmark", "train_image") == keys(planted)
    # Each is set beside the very photo of the test split that it was copied from.
    pairs = set(zip(found["train_image"], found["test_image"]))
    assert set(zip(planted["image_name"], planted["of_image_name"])) <= pairs


def test_no_photos_of_different_items_are_called_one(flawed):
    truth, prepared = read_flaws(flawed[0]), load_prepared(flawed[1])
    assert len(truth.different)
    found = load_quality(flawed[1].with_name("quality")).duplicates
    names = (prepared.photos["benchmark"] + "/" + prepared.photos["image_name"]).to_numpy()
    pairs = {frozenset((names[a], names[b])) for a, b in zip(found["first"], found["second"])}
    for row in truth.different.itertuples():
        apart = frozenset((f"{row.benchmark}/{row.image_name}", f"{row.of_benchmark}/{row.of_image_name}"))
        assert apart not in pairs


def test_screening_lists_what_was_planted(flawed):
    truth, found = read_flaws(flawed[0]).screening, load_quality(flawed[1].with_name("quality")).screened
    for kind, planted in truth.groupby("kind"):
        assert keys(planted) <= keys(found[found["flaw"] == kind]), kind


def test_leaks_are_kept_if_asked_for(flawed, tmp_path):
    kept = SETTINGS.model_copy(update={"leaks": "kept"})
    prepared = prepare(flawed[0], tmp_path / "prepared", kept).prepared
    other = load_prepared(flawed[1])
    leaked = (other.photos["split"] == LEAKED).to_numpy()
    assert (prepared.photos["split"][leaked] == "train").all()
    pd.testing.assert_frame_equal(prepared.photos[~leaked], other.photos[~leaked])
    assert len(load_quality(tmp_path / "quality").leaks) == len(load_quality(flawed[1].with_name("quality")).leaks)


def test_the_plain_sample_has_no_copies(tmp_path):
    render(tmp_path / "data", size="tiny", seed=5, processes=1)
    prepare(tmp_path / "data", tmp_path / "prepared", SETTINGS)
    found = load_quality(tmp_path / "quality")
    assert len(found.duplicates) == len(found.leaks) == 0


def test_the_same_photo_under_two_names_leaks_across_benchmarks(flawed, tmp_path):
    """By hand, without what plants flaws: a test photo of one benchmark, mirrored, among another's training photos."""
    render(tmp_path / "data", size="tiny", seed=6, processes=1)
    folders = {name: tmp_path / "data" / folder for name, folder in OFFICIAL.items()}
    partition = {
        name: read_list_eval_partition(folders[name] / "Eval/list_eval_partition.txt", benchmark=name)
        for name in ("landmarks", "category_attribute")
    }
    train, test = (
        own["image_name"][own["evaluation_status"] == split].iloc[0]
        for own, split in ((partition["landmarks"], "train"), (partition["category_attribute"], "test"))
    )
    source = Image.open(folders["category_attribute"] / "Img" / test)
    target = folders["landmarks"] / "Img" / train
    size = Image.open(target).size
    source.resize(size).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(target, quality=90)
    prepare(tmp_path / "data", tmp_path / "prepared", SETTINGS)
    [leak] = load_quality(tmp_path / "quality").leaks.to_dict(orient="records")
    assert (leak["train_image"], leak["test_image"], leak["kind"]) == (train, test, "mirrored")
