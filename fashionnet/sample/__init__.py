"""The embedded sample: garments rendered into DeepFashion's official layout, the same bytes on every run."""

from fashionnet.sample.rendering import SAMPLE_VERSION, render
from fashionnet.sample.shooting import shoot

__all__ = ["SAMPLE_VERSION", "render", "shoot"]
