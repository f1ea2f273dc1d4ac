"""`data/` as a link to another disk: no command that README names changes anything there, and archives are enough."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands import ENVIRONMENT, dvc, ran
from ruamel.yaml import YAML

from fashionnet.quick import make_copy

ROOT = Path(__file__).parent.parent
DATA_DVC = (ROOT / "data.dvc").read_text()
pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path, tiny_sample):
    """Two benchmarks, one extracted and one as an archive."""
    disk = tmp_path / "disk"
    for name in ("Category and Attribute Prediction Benchmark", "Fashion Landmark Detection Benchmark"):
        shutil.copytree(tiny_sample / name, disk / name)
    pack(disk / "Fashion Landmark Detection Benchmark")
    return disk


@pytest.fixture
def project(tmp_path, disk):
    project = tmp_path / "project"
    make_copy(ROOT, project)
    (project / "data").symlink_to(disk)
    return project


def pack(benchmark, keep=False):
    """img/ into img.zip, as the official benchmarks come."""
    images = benchmark / "Img"
    with zipfile.ZipFile(images / "img.zip", "w") as archive:
        for path in sorted((images / "img").rglob("*.jpg")):
            archive.write(path, path.relative_to(images))
    if not keep:
        shutil.rmtree(images / "img")


def state(folder):
    """Everything of a folder that a command could change."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        about = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[path] = about.st_ino, about.st_mode, about.st_mtime_ns, about.st_nlink, content
    return found


def attempt(project, *command):
    """Run a command that may fail, and is not to do harm either way."""
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=project, env=ENVIRONMENT, capture_output=True, text=True
    )


def recorded(project):
    [out] = YAML(typ="safe").load((project / "data.dvc").read_text())["outs"]
    return out


def cached(project):
    """MD5 of every file in DVC's cache, by which it keeps them."""
    files = (project / ".dvc/cache/files/md5").glob("*/*")
    return {path.parent.name + path.name for path in files}


def test_no_command_changes_what_the_link_leads_to(project, disk):
    before = state(disk)
    commands = [
        ("dvc", "checkout"),  # data.dvc is still the sample's
        ("dvc", "checkout", "--force"),
        ("dvc", "status"),
        ("dvc", "repro", "prepare"),
        ("dvc", "status"),
        ("dvc", "checkout", "--force", "--relink"),
        ("dvc", "commit", "--force"),
        ("dvc", "add", "data"),
        ("dvc", "pull"),
        ("dvc", "fetch"),
        ("dvc", "gc", "--workspace", "--force"),
        ("dvc", "repro", "--force", "prepare"),
        ("fashionnet", "check", "data"),
        ("fashionnet", "sample", "data"),
        ("fashionnet", "profile", "photos"),
    ]
    for command in commands:
        done = attempt(project, *command)
        assert state(disk) == before, command
        assert os.readlink(project / "data") == str(disk), command
        if "repro" in command:
            assert done.returncode == 0, done.stdout + done.stderr
    (project / "data.dvc").write_text(DATA_DVC)  # another branch's, say
    for command in (("dvc", "checkout", "--force"), ("dvc", "repro", "prepare")):
        attempt(project, *command)
        assert state(disk) == before, command
    assert recorded(project)["cache"] is False


def test_make_takes_a_link_for_data(project, disk):
    shutil.copyfile(ROOT / "Makefile", project / "Makefile")
    done = subprocess.run(
        ["make", "--dry-run", "--old-file=.venv/installed", "study"], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "fashionnet sample data" not in done.stdout
    assert "dvc repro" in done.stdout


def test_dvc_hashes_the_archives_and_copies_nothing(project, disk):
    """As README says: what is extracted beside an archive is not looked at."""
    one = disk / "Category and Attribute Prediction Benchmark"
    pack(one, keep=True)
    with open(project / ".dvcignore", "a") as ignored:
        ignored.write("/data/*/Img/img\n")
    files = [path for path in disk.rglob("*") if path.is_file() and "Img/img/" not in path.as_posix()]
    assert sum(path.name == "img.zip" for path in files) == 2
    assert "prepare" in ran(dvc(project, "repro", "prepare"))
    assert recorded(project)["nfiles"] == len(files)
    assert recorded(project)["size"] == sum(path.stat().st_size for path in files)
    assert cached(project)  # the stages' outputs, and none of the data
    assert not cached(project) & {hashlib.md5(path.read_bytes()).hexdigest() for path in files}
    assert ran(dvc(project, "repro", "prepare")) == []
    assert "up to date" in dvc(project, "status", "prepare")
    # The photos are the archive's copies: a change of theirs alone is not seen, one of the archive is.
    (one / "Img/img/more.txt").write_text("no photo")
    assert ran(dvc(project, "repro", "prepare")) == []
    with zipfile.ZipFile(one / "Img/img.zip", "a") as archive:
        archive.writestr("img/more.txt", "no photo")
    assert "prepare" in ran(dvc(project, "repro", "prepare"))
    assert recorded(project)["nfiles"] == len(files)
