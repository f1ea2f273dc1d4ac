"""Networks: tensors in, tensors out. Nothing here knows of data or training."""

from fashionnet.networks.build import NETWORKS, make_network, name_of
from fashionnet.networks.darn import DARN
from fashionnet.networks.fashionnet import FashionNet
from fashionnet.networks.pooling import landmark_pool
from fashionnet.networks.system import Head, Output, System
from fashionnet.networks.trunk import WeightsError
from fashionnet.networks.wtbi import WTBI

__all__ = [
    "DARN",
    "NETWORKS",
    "WTBI",
    "FashionNet",
    "Head",
    "Output",
    "System",
    "WeightsError",
    "landmark_pool",
    "make_network",
    "name_of",
]
