"""What a run was made with: code, machine, versions, and how long each notebook took."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

import pandas as pd

PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "pandas",
    "scikit-learn",
    "scikit-image",
    "opencv-python-headless",
    "pillow",
    "matplotlib",
    "seaborn",
    "dvc",
    "papermill",
    "nbconvert",
)


def versions() -> pd.DataFrame:
    """A row a package: version, "not installed" where it is not."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return pd.DataFrame({"version": found}).rename_axis("package")


def machine(root: Path) -> pd.DataFrame:
    """Commit, system, processor, memory and the device that computes."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    found = {
        "commit": commit(root),
        "system": f"{platform.system()} {platform.release()}",
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "device": device,
    }
    return pd.DataFrame({"": found})


def commit(root: Path) -> str:
    """The commit that is checked out in `root`, and whether tracked files differ from it."""
    try:
        hash_ = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ":!dvc.lock", ":!reports")
    except (OSError, subprocess.CalledProcessError):
        return "not in a git repository"
    return f"{hash_}{', with changes that are not committed' if changed else ''}"


def times(root: Path, executed: Path) -> pd.DataFrame:
    """A row a notebook in `executed`: seconds, memory (MB); NaN where its outcome came from DVC's cache."""
    rows = {}
    for notebook in sorted(executed.glob("*.ipynb")):
        record = root / "artifacts/times" / f"{notebook.stem}.json"
        taken = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
        # A record of other bytes is of an earlier run, whose outcome is no longer there.
        own = taken.get("executed_md5") == hashlib.md5(notebook.read_bytes()).hexdigest()
        rows[notebook.stem] = {
            "seconds": taken["seconds"] if own else None,
            "peak memory (MB)": taken["peak_memory_mb"] if own else None,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["seconds", "peak memory (MB)"], dtype=float)
    return table.rename_axis("notebook")


def total(times: pd.DataFrame) -> str:
    """How long all of `times` took together, in words."""
    known = times["seconds"].dropna()
    cached = len(times) - len(known)
    minutes, seconds = divmod(round(known.sum()), 60)
    text = f"{len(known)} notebooks took {minutes} min {seconds} s together"
    if cached:
        text += f"; {cached} came from DVC's cache"
    return f"{text}."


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (ValueError, OSError):
        return "unknown"
