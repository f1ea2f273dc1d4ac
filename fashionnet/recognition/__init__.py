"""A trained experiment on photos of one's own: category, attributes, landmarks and the nearest shop photos."""

from fashionnet.recognition.photo import Asked, parse_box, read_asked
from fashionnet.recognition.recogniser import Recogniser, load_recogniser, trained_experiments
from fashionnet.recognition.result import Landmark, Near, Recognised, Scored

__all__ = [
    "Asked",
    "Landmark",
    "Near",
    "Recognised",
    "Recogniser",
    "Scored",
    "load_recogniser",
    "parse_box",
    "read_asked",
    "trained_experiments",
]
