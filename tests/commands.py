"""DVC as its users run it, for tests."""

import os
import subprocess
import sys
from pathlib import Path

# A user's shell has nothing of the pytest and the make in which this runs: pytest-benchmark measures nothing, for one,
# where pytest-xdist is said to be at work.
OURS = ("PYTEST_", "MAKE", "MFLAGS")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
ENVIRONMENT["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


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
