"""Systems' predictions and the labels of a benchmark's test photos → metrics, and tables that figures draw."""

from fashionnet.evaluate.agreement import agreement, kinds_of
from fashionnet.evaluate.evaluation import Evaluation, write
from fashionnet.evaluate.groups import by_group, groupings
from fashionnet.evaluate.headline import HEADLINES, write_headline
from fashionnet.evaluate.landmarks import landmarks
from fashionnet.evaluate.recognition import category_attribute
from fashionnet.evaluate.retrieval import consumer_to_shop, in_shop
from fashionnet.evaluate.series import controlled
from fashionnet.evaluate.variation import read as read_variation
from fashionnet.evaluate.variation import write as write_variation

__all__ = [
    "HEADLINES",
    "Evaluation",
    "agreement",
    "by_group",
    "category_attribute",
    "consumer_to_shop",
    "controlled",
    "groupings",
    "in_shop",
    "kinds_of",
    "landmarks",
    "read_variation",
    "write",
    "write_headline",
    "write_variation",
]
