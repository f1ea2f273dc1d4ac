"""Exploration: one photo, what a trained system says of it, and what changes when a landmark is moved or hidden."""

from fashionnet.explore.form import Form
from fashionnet.explore.session import Session

__all__ = ["Form", "Session"]
