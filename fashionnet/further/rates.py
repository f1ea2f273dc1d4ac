"""The learning rate of each compared system, chosen on the validation splits: `python -m fashionnet.further.rates`.

A fair race: the same short list for all, the same photos, labels, epochs and seed, and one rule that was fixed before.
Writes reports/rates.csv; that params.yaml has what it says, a test holds.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fashionnet.files import replacing
from fashionnet.further.runs import Run, alone, complete
from fashionnet.networks import NETWORKS
from fashionnet.project import project_root
from fashionnet.settings import Settings, load_settings

# Of Muon and of AdamW, moved together. Ours, around what was found for FashionNet on a sample of another seed.
RATES = ((0.00625, 0.00075), (0.0125, 0.0015), (0.025, 0.003), (0.05, 0.006))
# The rule: the best mean of what validation measures of all three systems. In-shop has no validation split, and only
# one of the systems has landmarks.
MEASURES = ("val_category_top1", "val_attribute_top3", "val_retrieval_top1")
COLUMNS = ("system", "muon_rate", "learning_rate", *MEASURES, "mean", "chosen")


def at_rates(settings: Settings, muon: float, adam: float) -> Settings:
    """The settings with these rates for every experiment."""
    training = settings.training.model_copy(update={"muon_rate": muon, "learning_rate": adam})
    experiments = {name: {"network": {"system": name}} for name in NETWORKS}
    return settings.model_copy(update={"training": training, "experiments": experiments, "trained": list(NETWORKS)})


def table(found: dict[tuple[str, float, float], Path]) -> pd.DataFrame:
    """{(system, muon rate, learning rate): folder of the trained model} → COLUMNS, the chosen row of each system
    marked; a rate that was tried earlier in the list wins a tie."""
    rows = []
    for (system, muon, adam), model in found.items():
        last = pd.read_csv(model / "history.csv").iloc[-1]
        values = {name: float(last[name]) for name in MEASURES}
        rows.append({"system": system, "muon_rate": muon, "learning_rate": adam, **values})
    rates = pd.DataFrame(rows)
    rates["mean"] = rates[list(MEASURES)].mean(axis=1)
    rates["chosen"] = rates.index.isin(rates.groupby("system")["mean"].idxmax())
    return rates[list(COLUMNS)]


def main() -> None:
    root = project_root()
    settings, found, runs = alone(load_settings()), {}, []
    for system in NETWORKS:
        for muon, adam in RATES:
            folder = root / "artifacts/rates" / f"{system}-{muon}-{adam}"
            found[system, muon, adam] = folder / "model"
            runs.append(Run(folder, at_rates(settings, muon, adam), system, predict=False))
    for _ in complete(root / "artifacts/prepared", runs):
        pass
    chosen = table(found)
    with replacing(root / "reports/rates.csv") as temporary:
        chosen.to_csv(temporary, index=False, lineterminator="\n", float_format="%.6g")
    print(chosen.to_string(index=False))


if __name__ == "__main__":
    main()
