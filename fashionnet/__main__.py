"""The console script `fashionnet`, also `python -m fashionnet`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from fashionnet.files import told


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code. An error that the user can mend is one line on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="fashionnet", description="A reproducible study of DeepFashion / FashionNet.")
    commands = parser.add_subparsers(dest="command", required=True)

    sample = commands.add_parser("sample", help="render the embedded sample in DeepFashion's official layout")
    sample.add_argument("folder", type=Path, metavar="DIR", help="a folder that does not exist yet")
    sample.add_argument("--size", choices=("default", "tiny"), default="default", help="tiny: about 300 photos")
    sample.add_argument("--seed", type=int, default=0, help="another seed draws other garments (default: 0)")
    sample.add_argument(
        "--flaws",
        action="store_true",
        help="plant duplicates, leaks, faults and wrong labels, to try quality control on; FLAWS.json says where",
    )

    check = commands.add_parser("check", help="say which benchmarks a data folder holds, and what is broken")
    check.add_argument("folder", type=Path, metavar="DIR")

    profile = commands.add_parser("profile", help="lay a set of parameters from profiles/ over params.yaml")
    profile.add_argument("name", metavar="NAME", help="for example photos; `git checkout params.yaml` goes back")

    estimate = commands.add_parser("estimate", help="say what training with a profile asks of a GPU, as an estimate")
    estimate.add_argument("name", metavar="NAME", help="for example deepfashion")

    reproduce = commands.add_parser(
        "reproduce",
        help="check the data, run the real profile in a copy of the project, set the outcome beside the paper",
    )
    reproduce.add_argument("folder", type=Path, metavar="DIR", help="takes the copy; the same again goes on there")
    reproduce.add_argument("--data", type=Path, metavar="DATA", help="DeepFashion's benchmarks (default: data/)")
    reproduce.add_argument("--incomplete", action="store_true", help="go on with data that is not all of DeepFashion")
    reproduce.add_argument(
        "--sample", action="store_true", help="rehearse on the embedded sample, with params.yaml as it is"
    )

    predict = commands.add_parser("predict", help="say what photos show: category, attributes, landmarks, shop photos")
    predict.add_argument("photos", type=_named, nargs="+", metavar="PHOTO", help="a photo, or a folder of them")
    predict.add_argument("--box", metavar="x1,y1,x2,y2", help="the garment, in pixels (default: the whole photo)")
    predict.add_argument(
        "--experiment", metavar="NAME", default="fashionnet", help="a trained one (default: fashionnet)"
    )
    predict.add_argument("--json", metavar="FILE", help="write all of it as JSON; - for stdout, in place of the table")
    predict.add_argument("--picture", type=Path, metavar="FILE", help="write the photos, annotated, as one PNG")

    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen)
    except BrokenPipeError:  # `| head` has seen enough; nothing may be written to it when this process ends, either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError) as error:
        print(f"fashionnet {chosen.command}: {told(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"fashionnet {chosen.command}: stopped", file=sys.stderr)
        return 130


def _named(text: str) -> Path:
    """A path; an empty one, as of a variable that is not set, would be the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("found an empty name, expected a photo or a folder")
    return Path(text)


def _run(chosen: argparse.Namespace) -> int:
    # Imported where they are used: `fashionnet check` need not wait for what it does not touch.
    if chosen.command == "sample":
        from fashionnet.sample import render

        render(chosen.folder, size=chosen.size, seed=chosen.seed, flaws=chosen.flaws)
        return 0
    if chosen.command == "check":
        from fashionnet.check import check

        return 0 if check(chosen.folder) else 1
    if chosen.command == "predict":
        from fashionnet.recognition.command import predict

        return predict(chosen.photos, chosen.box, chosen.experiment, chosen.json, chosen.picture)
    from fashionnet.profiles import apply_profile, with_profile
    from fashionnet.project import project_root

    root = project_root()
    if chosen.command == "profile":
        apply_profile(root, chosen.name)
    elif chosen.command == "estimate":
        from fashionnet.reproduce.estimate import estimate, told
        from fashionnet.settings import load_settings

        print(told(estimate(load_settings(with_profile(root, chosen.name)).experiment("fashionnet"))))
    else:
        from fashionnet.formats.errors import plain
        from fashionnet.reproduce.kit import PROFILE, reproduce

        profile = None if chosen.sample else PROFILE
        data = chosen.data or root / "data"
        results = reproduce(root, chosen.folder, data, chosen.sample, chosen.incomplete, profile)
        print(f"Everything in one file: {plain(str(results))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
