"""A compared system by its name, from parameters that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fashionnet.networks.darn import DARN
from fashionnet.networks.fashionnet import FashionNet
from fashionnet.networks.system import System
from fashionnet.networks.wtbi import WTBI

NETWORKS: dict[str, type[System]] = {"fashionnet": FashionNet, "darn": DARN, "wtbi": WTBI}
OF_POOLING = ("window", "bins", "local", "gate")  # FashionNet's alone


def make_network(system: str, categories: int, groups: Sequence[str], **parameters: Any) -> System:
    """categories: how many, 0 for no such head. groups: the group of each attribute, none for no such head.
    parameters: of params.yaml's section `network`; a system takes those that it has a use for."""
    if system == "fashionnet":
        return FashionNet(categories, len(groups), **parameters)
    common = {name: value for name, value in parameters.items() if name not in OF_POOLING}
    if system == "darn":
        return DARN(categories, groups, **common)
    return WTBI(categories, len(groups), **common)


def name_of(network: System) -> str:
    """The name under which NETWORKS holds the network's class."""
    return next(name for name, kind in NETWORKS.items() if type(network) is kind)
