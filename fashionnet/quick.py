"""The same pipeline on the tiny sample, in a copy of the project: `make quick` and the end-to-end tests."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from fashionnet.files import write_text
from fashionnet.profiles import apply_profile
from fashionnet.project import project_root
from fashionnet.sample import render

FOLDERS = ("fashionnet", "notebooks", "profiles")
FILES = (
    ".dvcignore",
    ".dvc/config",
    "data.dvc",
    "dvc.yaml",
    "params.yaml",
    "reports/claims.json",
    "reports/rates.csv",
    "requirements.lock",
)
LOCAL, NO_SCM = ".dvc/config.local", "[core]\n    no_scm = true\n"  # no git repository of its own: DVC is told so


def make_copy(root: Path, folder: Path, profile: str | None = "quick") -> None:
    """Bring the project in `folder` up to date with `root`'s code; what was computed there stays.

    `data/` is left to the caller.
    """
    write_text(folder / LOCAL, NO_SCM)  # first, so that an interrupted copy is known as one
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, folder / name)
    if profile:
        apply_profile(folder, profile)


def is_copy(folder: Path) -> bool:
    """Whether `make_copy` made what is in `folder`."""
    return (folder / LOCAL).is_file() and (folder / LOCAL).read_text(encoding="utf-8") == NO_SCM


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fashionnet.quick", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    make_copy(project_root(), folder)
    if not (folder / "data").exists():
        render(folder / "data", size="tiny")


if __name__ == "__main__":
    main()
