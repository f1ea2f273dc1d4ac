"""The crops are cut in parts: interrupted at any moment and started again, the same bytes, and nothing done twice."""

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories import write_unlabelled
from PIL import Image

from fashionnet import formats
from fashionnet.files import BusyError, only_writer
from fashionnet.formats import OFFICIAL
from fashionnet.prepare import parts, prepare
from fashionnet.processes import spread
from fashionnet.progress import Bar
from fashionnet.settings import Prepare

COUNT, PART = 40, 4
SETTINGS = Prepare(image_size=32, margin=0.1, max_unreadable=0.5)
NAMES = [f"img/Tee_{k % 3}/img_{k:08d}.jpg" for k in range(COUNT)]


@pytest.fixture
def data(tmp_path):
    """Large photos, so that a process takes some time for a part."""
    root = tmp_path / "data"
    write_unlabelled(root, NAMES, side=900)
    return root


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Small photos, and their parts cut in this process."""
    monkeypatch.setattr(parts, "PART", PART)
    monkeypatch.setattr(parts, "cores", lambda: 1)
    root = tmp_path / "data"
    write_unlabelled(root, NAMES, side=40)
    return root


def photo(root, number):
    return root / OFFICIAL["category_attribute"] / "Img" / NAMES[number]


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def read(monkeypatch):
    """The photos that are decoded from now on: counted."""
    counted, real = [], parts.read_photo
    monkeypatch.setattr(parts, "read_photo", lambda file: counted.append(file) or real(file))
    return counted


@pytest.fixture
def broken_off(small, tmp_path, monkeypatch, read):
    """A run that ended in an error after three parts and a half."""
    real = parts.crop_photo

    def crop(*arguments):
        if len(read) == 3 * PART + 2:
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(parts, "crop_photo", crop)
        with pytest.raises(KeyboardInterrupt):
            prepare(small, tmp_path / "out", SETTINGS)
    read.clear()
    return small


def test_an_interrupted_run_goes_on_where_it_was(broken_off, tmp_path, read):
    assert len(list((tmp_path / "out.unfinished").glob("*.json"))) == 3
    prepare(broken_off, tmp_path / "out", SETTINGS)
    assert len(read) == COUNT - 3 * PART
    assert not (tmp_path / "out.unfinished").exists()
    prepare(broken_off, tmp_path / "whole", SETTINGS)
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    assert len(read) == COUNT - 3 * PART + COUNT


def test_parts_lie_where_they_are_told_to(broken_off, tmp_path, read):
    prepare(broken_off, tmp_path / "other", SETTINGS, unfinished=tmp_path / "out.unfinished")
    assert len(read) == COUNT - 3 * PART
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "other", "out", "quality"]


@pytest.mark.parametrize("change", [{"image_size": 33}, {"margin": 0.2}])
def test_parts_of_other_settings_are_not_used(broken_off, tmp_path, read, change):
    prepare(broken_off, tmp_path / "out", SETTINGS.model_copy(update=change))
    assert len(read) == COUNT


def test_what_may_be_unreadable_decides_no_crop(broken_off, tmp_path, read):
    prepare(broken_off, tmp_path / "out", SETTINGS.model_copy(update={"max_unreadable": 0.2}))
    assert len(read) == COUNT - 3 * PART


def test_a_changed_photo_is_cut_anew_with_its_part(broken_off, tmp_path, read):
    Image.new("RGB", (40, 40), (9, 90, 200)).save(photo(broken_off, PART + 1))
    prepared = prepare(broken_off, tmp_path / "out", SETTINGS).prepared
    assert len(read) == COUNT - 2 * PART
    assert np.abs(prepared.crops[PART + 1].astype(int) - (9, 90, 200)).max() < 5


def test_a_changed_box_is_cut_anew(broken_off, tmp_path, read):
    anno = broken_off / OFFICIAL["category_attribute"] / "Anno_coarse"
    box = pd.DataFrame({"image_name": NAMES[:1], "x_1": [1], "y_1": [2], "x_2": [20], "y_2": [30]})
    formats.write_list_bbox(anno / "list_bbox.txt", box)
    prepare(broken_off, tmp_path / "out", SETTINGS)
    assert len(read) == COUNT - 2 * PART


@pytest.mark.parametrize("ending", ["json", "bin"])
@pytest.mark.parametrize("left", [0, 0.5])
def test_a_part_that_is_not_whole_is_cut_anew(broken_off, tmp_path, read, ending, left):
    path = sorted((tmp_path / "out.unfinished").glob(f"*.{ending}"))[0]
    path.write_bytes(path.read_bytes()[: int(left * path.stat().st_size)])
    prepare(broken_off, tmp_path / "out", SETTINGS)
    assert len(read) in (COUNT - 2 * PART, COUNT - 3 * PART)  # a part without its notes was not finished anyway
    prepare(broken_off, tmp_path / "whole", SETTINGS)
    assert files(tmp_path / "out") == files(tmp_path / "whole")


def test_an_archive_gives_the_bytes_of_its_photos(small, tmp_path):
    prepare(small, tmp_path / "extracted", SETTINGS)
    images = small / OFFICIAL["category_attribute"] / "Img"
    with zipfile.ZipFile(images / "img.zip", "w") as archive:
        for name in NAMES:
            archive.write(images / name, f"Img/{name}")
            (images / name).unlink()
    prepare(small, tmp_path / "packed", SETTINGS)
    assert files(tmp_path / "packed") == files(tmp_path / "extracted")


def test_an_archive_that_cannot_be_read_stops_the_run_at_once(small, tmp_path, read):
    images = small / OFFICIAL["category_attribute"] / "Img"
    shutil.rmtree(images / "img")
    (images / "img.zip").write_bytes(b"PK")
    with pytest.raises(formats.FormatError, match="damaged or incomplete archive"):
        prepare(small, tmp_path / "out", SETTINGS)
    assert not read


def test_photos_as_they_come_are_cut_or_listed(small, tmp_path):
    for number, mode in enumerate(("CMYK", "L", "P", "RGBA", "1")):
        Image.new("RGB", (30, 50), (200, 200, 200)).convert(mode).save(
            photo(small, number), format="tiff" if mode == "CMYK" else "png"
        )
    for number in range(5, 9):
        photo(small, number).unlink()
    os.mkfifo(photo(small, 5))
    photo(small, 6).mkdir()
    photo(small, 7).write_bytes(b"")
    summary = prepare(small, tmp_path / "out", SETTINGS)
    assert dict(zip(summary.unreadable["image_name"], summary.unreadable["reason"])) == {
        NAMES[5]: "found a folder or a device, expected a file",
        NAMES[6]: "found a folder or a device, expected a file",
        NAMES[7]: "found bytes of no known kind, expected a picture",
        NAMES[8]: "found no such file",
    }
    assert (summary.prepared.photos["width"][:5] == 30).all()
    for crop in summary.prepared.crops[:5]:
        assert np.abs(crop[16, 16].astype(int) - 200).max() <= 60  # one bit dithers it


def test_another_run_into_the_same_folder_is_refused(small, tmp_path, monkeypatch):
    now = itertools.count(step=5)
    monkeypatch.setattr("fashionnet.files.time", SimpleNamespace(monotonic=lambda: next(now), sleep=lambda _: None))
    with only_writer(tmp_path / "out"), pytest.raises(BusyError):
        prepare(small, tmp_path / "out", SETTINGS)


PREPARE = f"""
import sys
from pathlib import Path
from fashionnet.prepare import parts, prepare
from fashionnet.settings import Prepare
parts.PART, parts.cores = {PART}, lambda: 2
root = Path(sys.argv[1])
prepare(root / "data", root / "out", Prepare(image_size=32, margin=0.1, max_unreadable=0.5))
"""


def start(folder):
    return subprocess.Popen([sys.executable, "-c", PREPARE, str(folder)], stderr=subprocess.PIPE)


def finish(process):
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()


@pytest.mark.parametrize(
    ("seed", "kills"), [(0, 1), *(pytest.param(seed, 3, marks=pytest.mark.slow) for seed in range(1, 5))]
)
def test_killed_at_any_moment_it_ends_in_the_same_bytes(data, tmp_path, seed, kills):
    moments = random.Random(seed)
    prepare(data, tmp_path / "whole", SETTINGS)
    unfinished = tmp_path / "out.unfinished"
    for done in sorted(moments.sample(range(1, COUNT // PART), kills)):
        process = start(tmp_path)
        while len(list(unfinished.glob("*.json"))) < done and process.poll() is None:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (tmp_path / "out/prepared.json").exists()
        for path in unfinished.glob("*.json"):
            assert path.with_suffix(".bin").stat().st_size == PART * 32 * 32 * 3
    time.sleep(1)  # a process whose parent is gone writes its part to the end, or not
    finished = [path.name for path in unfinished.glob("*.json")]
    assert finished
    spoil_finished(data, unfinished)
    finish(start(tmp_path))
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    assert not unfinished.exists()


def spoil_finished(data, unfinished):
    """Make the photos of finished parts undecodable behind their sizes and times: they are not to be read again."""
    table = [parts.Photo(f"category_attribute/{name}", photo(data, k), None) for k, name in enumerate(NAMES)]
    spoilt = 0
    for first in range(0, COUNT, PART):
        some = tuple(table[first : first + PART])
        if any(path.name.endswith(f"{parts._key(some)}.json") for path in unfinished.iterdir()):
            for of_part in some:
                about = of_part.place.stat()
                of_part.place.write_bytes(bytes(about.st_size))
                os.utime(of_part.place, ns=(about.st_atime_ns, about.st_mtime_ns))
                spoilt += 1
    assert spoilt == PART * len(list(unfinished.glob("*.json")))


def test_tasks_are_drawn_as_they_are_needed_and_answered_in_order():
    drawn = []

    def tasks():
        for number in range(-30, 0):
            drawn.append(number)
            yield number

    results = spread(abs, tasks(), 2)
    assert next(results) == 30
    assert len(drawn) < 10
    assert list(results) == list(range(29, 0, -1))


def test_a_killed_process_is_an_error_and_not_waited_for():
    with pytest.raises(BrokenProcessPool):
        list(spread(os._exit, [1] * 20, 2))


def test_a_bar_tells_the_rate_and_the_time_left(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("fashionnet.progress.time.monotonic", lambda: now[0])
    lines = []
    bar = Bar("cropping", "photos", 1000, lines.append)
    for _ in range(3):
        bar.step(100, before=True)
        now[0] += 0.1
    for _ in range(7):
        now[0] += 2
        bar.step(100)
    assert "?" in lines[0]
    # 14.3 seconds for 700 photos, 300 of them by an earlier run
    assert "1000/1000" in lines[-1]
    assert "photos/s" in lines[-1]
    rate = float(lines[-1].rpartition(", ")[2].split()[0])
    assert rate == pytest.approx(700 / 14.3, abs=0.01)
    left = lines[-2].partition("<")[2].partition(",")[0]
    assert left == "00:02"  # 100 photos at 600 in 12.3 seconds
    assert all(len(line) <= 80 for line in lines)
