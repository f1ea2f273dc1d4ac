"""Train one experiment from the command line, into the places of the pipeline: `python -m fashionnet.training NAME`.

With as many processes as `training.processes` says; or with those that torchrun starts, whose number then counts:

    torchrun --nproc-per-node 8 -m fashionnet.training fashionnet

On several machines the same on each, with torchrun's --nnodes and --rdzv-endpoint; artifacts/ has to be a folder that
all of them share. Exits with 1, and a line that says why, when training cannot go on; run again, it goes on.
"""

from __future__ import annotations

import argparse
import os
import sys

from fashionnet.prepare.tables import load_prepared
from fashionnet.processes import die_with_parent
from fashionnet.project import project_root
from fashionnet.settings import load_settings
from fashionnet.training.launch import launch
from fashionnet.training.loop import train


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fashionnet.training", description=__doc__.split(":")[0])
    parser.add_argument("experiment", metavar="NAME", help="an experiment of params.yaml; NAME-seed2 for another seed")
    parser.add_argument("--steps", type=int, help="no more than so many, into artifacts/scratch/")
    chosen = parser.parse_args(arguments)
    root = project_root()
    name, place = chosen.experiment, "models" if chosen.steps is None else "scratch"
    prepared = root / "artifacts/prepared"
    folder, checkpoints = root / "artifacts" / place / name, root / "artifacts/checkpoints" / place / name
    try:
        settings = load_settings()
        if "RANK" in os.environ:  # torchrun started this process
            die_with_parent()
            train(load_prepared(prepared), settings, name, folder, checkpoints, max_steps=chosen.steps)
        else:
            launch(prepared, settings, name, folder, checkpoints, max_steps=chosen.steps)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"\n{name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
