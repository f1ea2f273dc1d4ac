"""Networks: tensors in, tensors out. Nothing here knows of data or training."""

from fashionnet.networks.fashionnet import FashionNet, Output
from fashionnet.networks.pooling import landmark_pool
from fashionnet.networks.trunk import WeightsError

__all__ = ["FashionNet", "Output", "WeightsError", "landmark_pool"]
