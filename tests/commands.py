"""DVC as its users run it, for tests."""

import os
import subprocess
import sys
from pathlib import Path

ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def dvc(project, *arguments):
    """Run DVC in `project`; its output. A failure shows it."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], cwd=project, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


def ran(output):
    """The stages that a `dvc repro` ran."""
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]
