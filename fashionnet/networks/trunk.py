"""The VGG-16 convolutions that FashionNet shares and branches from, and torchvision's weights for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

# Channels and number of 3 x 3 convolutions of each block of VGG-16 (Simonyan and Zisserman 2015, configuration D).
BLOCKS = {"conv1": (64, 2), "conv2": (128, 2), "conv3": (256, 3), "conv4": (512, 3), "conv5": (512, 3)}


class WeightsError(ValueError):
    """A file of weights does not hold what the network needs."""


def scaled(size: int, width: float) -> int:
    """A layer's size at a width factor: at least 8, so that a tiny network still has something to learn with."""
    return max(8, round(size * width))


def block(name: str, channels_in: int, width: float, batch_norm: bool) -> nn.Sequential:
    """One block of VGG-16 without its pooling: 3 x 3 convolutions, each followed by (batch norm and) ReLU.

    (N, channels_in, H, W) to (N, scaled(BLOCKS[name]), H, W). Convolutions keep their bias under batch norm, as
    torchvision's vgg16_bn does, so that its weights fit.
    """
    size, convolutions = BLOCKS[name]
    channels = scaled(size, width)
    layers: list[nn.Module] = []
    for _ in range(convolutions):
        layers.append(nn.Conv2d(channels_in, channels, 3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(channels))
        layers.append(nn.ReLU(inplace=True))
        channels_in = channels
    return nn.Sequential(*layers)


class Trunk(nn.Sequential):
    """conv1 to conv4, shared by all branches: (N, 3, S, S) to the maps of conv4_3, (N, C, S // 8, S // 8)."""

    def __init__(self, width: float, batch_norm: bool) -> None:
        super().__init__()
        channels = 3
        for number, name in enumerate(("conv1", "conv2", "conv3", "conv4")):
            if number:
                self.add_module(f"pool{number}", nn.MaxPool2d(2))
            self.add_module(name, block(name, channels, width, batch_norm))
            channels = scaled(BLOCKS[name][0], width)


def read_weights(source: str | Path, batch_norm: bool) -> Mapping[str, Tensor]:
    """torchvision's VGG-16 weights: "imagenet" (downloaded by torchvision, or from its cache) or a file.

    A file is safetensors (by its suffix) or what torch.save wrote of a state dict; nothing in it is executed. Raises
    WeightsError for a file that is neither, FileNotFoundError for none.
    """
    if str(source) == "imagenet":
        from torchvision.models import get_model

        name = "vgg16_bn" if batch_norm else "vgg16"
        return get_model(name, weights="IMAGENET1K_V1").state_dict()
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: found no file, expected torchvision's VGG-16 weights")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            state = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise WeightsError(f"{path}: expected safetensors or a state dict, found: {error}") from error
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise WeightsError(f"{path}: found {type(state).__name__}, expected names with tensors (a state dict)")
    return state


def load_vgg(chains: Sequence[Sequence[nn.Module]], state: Mapping[str, Tensor], source: str) -> None:
    """Copy torchvision's VGG-16 features into chains of layers that each are conv1 to conv5 or the beginning of it.

    chains: each a list of layers in VGG's order; those with parameters are matched one by one. state: keys
    `features.INDEX.NAME` of torchvision's vgg16 or vgg16_bn. Raises WeightsError where layers are missing, of another
    kind (batch norm in one and not in the other) or of another shape; then nothing has been copied.
    """
    given: dict[int, dict[str, Tensor]] = {}
    for key, value in state.items():
        if match := re.fullmatch(r"features\.(\d+)\.(\w+)", key):
            given.setdefault(int(match[1]), {})[match[2]] = value
    if not given:
        some = ", ".join(list(state)[:3]) or "nothing"
        raise WeightsError(f"{source}: found {some}, expected features.0.weight and so on of torchvision's VGG-16")
    copies: list[tuple[Tensor, Tensor]] = []
    for chain in chains:
        layers = [layer for layer in chain if list(layer.parameters(recurse=False))]
        for layer, index in zip(layers, sorted(given)):
            own, found = layer.state_dict(), given[index]
            if _shapes(own) != _shapes(found):
                raise WeightsError(
                    f"{source}: features.{index}: found {_shapes(found)}, expected {_shapes(own)} of "
                    f"{type(layer).__name__}; vgg16 fits batch_norm: false and vgg16_bn true, both width: 1"
                )
            copies += [(own[name], found[name]) for name in _shapes(own)]
        if len(layers) > len(given):
            raise WeightsError(f"{source}: found {len(given)} layers with weights, expected at least {len(layers)}")
    with torch.no_grad():
        for target, found in copies:
            target.copy_(found)


def _shapes(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Without batch norm's counter of batches, which older files lack and nothing here reads."""
    return {name: tuple(value.shape) for name, value in state.items() if name != "num_batches_tracked"}
