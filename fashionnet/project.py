"""Where the project's files are, from whichever of its folders a notebook or a command was started in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def project_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: the current one) that holds dvc.yaml and params.yaml.

    papermill runs in the root and JupyterLab in notebooks/: both find the same folder, and so does a copy of the
    project. Raises FileNotFoundError outside any.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "dvc.yaml").is_file() and (folder / "params.yaml").is_file():
            return folder
    raise FileNotFoundError(f"found no dvc.yaml with params.yaml at or above {start}, expected to be in the project")


def unchanged(stage: str) -> bool:
    """Whether DVC knows the outputs of a stage as those of its inputs as they are now: then they need not be made anew.

    Not while DVC runs the stage, which it empties before, or runs another.
    """
    asked = [sys.executable, "-m", "dvc", "status", "--json", stage]
    told = subprocess.run(asked, cwd=project_root(), capture_output=True, text=True)
    return told.returncode == 0 and json.loads(told.stdout) == {}
