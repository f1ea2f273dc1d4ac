"""The claims on several seeds: `python -m fashionnet.further.claims`, an hour and a half or so on two cores.

Trains every experiment that params.yaml has the pipeline train, and those of the claims' controls that the report
reasons from, with every one of its `seeds`, and the other controls with the first of them; predicts, compares, and
writes reports/claims.json. Run again, it trains what is not there yet. These trainings are apart from the pipeline's
own, which has the seed of params.yaml.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fashionnet.claims.compare import Measured, compare, records
from fashionnet.claims.design import others
from fashionnet.claims.measures import measures
from fashionnet.evaluate.evaluation import interval
from fashionnet.files import write_json
from fashionnet.further.runs import Run, alone, complete
from fashionnet.prepare import load_prepared
from fashionnet.project import project_root
from fashionnet.settings import Settings, load_settings
from fashionnet.training import asked, data_hash


def wanted(settings: Settings) -> list[tuple[str, int]]:
    """(experiment, seed) of every training, those that decide first."""
    rest = {name: often for name, often in others(settings.trained).items() if name in settings.experiments}
    first = [(name, seed) for seed in settings.seeds for name in settings.trained]
    return first + [(name, seed) for name, often in rest.items() for seed in settings.seeds[: None if often else 1]]


def about(settings: Settings, data: str, sample: str) -> dict[str, Any]:
    """What the comparisons were made with, so that a reader can tell whether they still belong to the study."""
    own = asked(settings.experiment("fashionnet"))
    del own["seed"]
    experiments = {name: settings.experiments[name] for name in {name for name, _ in wanted(settings)}}
    return {"data": data, "experiments": experiments, "sample": sample, "seeds": settings.seeds, "settings": own}


def main() -> None:
    root = project_root()
    settings = alone(load_settings())
    folder = root / "artifacts/prepared"
    runs = {
        (name, seed): Run(root / "artifacts/claims" / f"{name}-seed{seed}", settings, f"{name}-seed{seed}", True)
        for name, seed in wanted(settings)
    }
    for _ in complete(folder, list(runs.values())):
        pass
    prepared = load_prepared(folder)
    measured: dict[str, dict[int, Any]] = {}
    for (name, seed), run in runs.items():
        print(f"measuring {run.experiment}", file=sys.stderr, flush=True)
        measured.setdefault(name, {})[seed] = measures(prepared, run.folder / "predictions")
    write(root / "reports/claims.json", measured, about(settings, data_hash(prepared), prepared.sample))


def write(path: Path, measured: Measured, made_with: dict[str, Any]) -> None:
    """The comparisons, and the value of every measure of every training, with its interval over photos."""
    values = {
        name: {str(seed): {m: interval(s.measured()) for m, s in own.items()} for seed, own in seeds.items()}
        for name, seeds in measured.items()
    }
    write_json(path, {"comparisons": records(compare(measured)), "values": values, **made_with})


if __name__ == "__main__":
    main()
