"""`fashionnet reproduce DIR`: check the data, run the real profile in a copy of the project, write what came out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fashionnet.check import Found, inspect
from fashionnet.files import write_json
from fashionnet.formats import OFFICIAL
from fashionnet.formats.errors import plain
from fashionnet.formats.misplaced import misplaced
from fashionnet.networks.trunk import read_weights
from fashionnet.quick import is_copy, make_copy
from fashionnet.reproduce import estimate, results
from fashionnet.settings import Settings, load_settings

PROFILE = "deepfashion"
RESULTS = "reproduction.json"
SYSTEM = "fashionnet"  # whose training the estimate is of; the others take about as much
# In a process of its own that ends with this one, and takes the stage that it runs along.
REPRO = (
    "import sys; from dvc.cli import main; from fashionnet.processes import die_with_parent; "
    "die_with_parent(); sys.exit(main(['repro']))"
)


class ReproductionError(ValueError):
    """What keeps a reproduction from starting or from ending, and what to do."""


def reproduce(
    root: Path,
    folder: Path,
    data: Path,
    sample: bool = False,
    incomplete: bool = False,
    profile: str | None = PROFILE,
    out: Callable[[str], None] = print,
) -> Path:
    """Reproduce the study in `folder`, a copy of the project in `root`; the path of its one file of results.

    Nothing outside `folder` changes: it links to `data`, and has parameters, weights and reports of its own. Run again,
    it goes on where it was ended. sample, incomplete: whether `data` may be the embedded sample, or not all of
    DeepFashion. profile: laid over the project's params.yaml; None takes that as it is.

    Raises ReproductionError, for data that is something else, a folder that holds other things, weights that cannot be
    had or a pipeline that stopped; SettingsError for parameters that are not valid.
    """
    _free(root, folder)
    found = inspect(data, out)
    _accepted(found, data, sample, incomplete)
    make_copy(root, folder, profile)
    _link(folder / "data", data)
    settings = load_settings((folder / "params.yaml").read_text(encoding="utf-8"))
    _weights(settings, folder)
    if not found.sample and SYSTEM in settings.trained:
        out(estimate.told(estimate.estimate(settings.experiment(SYSTEM))))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run([sys.executable, "-c", REPRO], cwd=folder, env={**os.environ, "PATH": path})
    if done.returncode:
        raise ReproductionError(
            f"dvc repro stopped in {plain(str(folder))}; the lines above say why. Run the same command again to go on"
        )
    outcome = results.collect(folder, root, found)
    write_json(folder / RESULTS, outcome)
    out(results.told(outcome))
    return folder / RESULTS


def _free(root: Path, folder: Path) -> None:
    """The copy overwrites code and parameters: only in a folder that is new, or a copy already."""
    used = folder.is_dir() and any(folder.iterdir())
    if (
        folder.resolve() == root.resolve()
        or (used and not is_copy(folder))
        or (folder.exists() and not folder.is_dir())
    ):
        raise ReproductionError(
            f"{plain(str(folder))}: found something that no reproduction wrote, expected a new folder"
        )


def _accepted(found: Found, data: Path, sample: bool, incomplete: bool) -> None:
    place = plain(str(data))
    if not found.reports:
        raise ReproductionError(misplaced(data))
    if bool(found.sample) != sample:
        raise ReproductionError(
            f"{place}: found the embedded sample, expected DeepFashion; --sample rehearses on it"
            if found.sample
            else f"{place}: found no embedded sample, which --sample asks for; `fashionnet sample DIR` renders it"
        )
    if sample or incomplete:
        return
    lacking = [
        official for name, official in OFFICIAL.items() if name not in found.reports or not found.reports[name].complete
    ]
    if lacking:
        raise ReproductionError(
            f"{place}: found no complete {', '.join(lacking)}, expected all of DeepFashion; the lines above say what "
            "differs. Get what is missing, or go on with what there is: --incomplete"
        )


def _link(place: Path, data: Path) -> None:
    if not place.is_symlink() and not place.exists():
        place.symlink_to(data.resolve(), target_is_directory=True)
    if place.resolve() != data.resolve():
        raise ReproductionError(
            f"{plain(str(place))}: found {plain(str(place.resolve()))} of an earlier run, expected "
            f"{plain(str(data.resolve()))}; take another folder for other data"
        )


def _weights(settings: Settings, folder: Path) -> None:
    """Have the weights that training starts from before hours go into preparing photos."""
    for name in settings.trained:
        network = settings.experiment(name).network
        if network.weights is None:
            continue
        source = network.weights if network.weights == "imagenet" else folder / network.weights
        try:
            read_weights(source, network.batch_norm)
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a download with another hash
            raise ReproductionError(
                f"network.weights: found none: {plain(str(error))}. Without a network, put torchvision's VGG-16 file "
                "beside the data and their full path into the profile"
            ) from error
