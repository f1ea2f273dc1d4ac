"""A reproducible study of DeepFashion and FashionNet (Liu et al., CVPR 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fashionnet.networks import FashionNet, landmark_pool

__all__ = ["FashionNet", "landmark_pool"]


def __getattr__(name: str) -> Any:
    """The public names, imported on first use: reading annotation files does not wait for torch."""
    if name in __all__:
        import fashionnet.networks

        return getattr(fashionnet.networks, name)
    raise AttributeError(f"module 'fashionnet' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
