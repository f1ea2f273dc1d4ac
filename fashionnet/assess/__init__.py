"""Annotation assessment: a person judges a random sample of attribute labels, blind; how many labels are right."""

from fashionnet.assess.answers import ANSWERS, answered, read_answers, record
from fashionnet.assess.draw import draw, draw_questions
from fashionnet.assess.estimate import assess_with_truth, estimate, true_attributes

__all__ = [
    "ANSWERS",
    "answered",
    "assess_with_truth",
    "draw",
    "draw_questions",
    "estimate",
    "read_answers",
    "record",
    "true_attributes",
]
