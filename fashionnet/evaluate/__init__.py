"""Systems' predictions and the labels of a benchmark's test photos → metrics, and tables that figures draw."""

from fashionnet.evaluate.evaluation import Evaluation, write
from fashionnet.evaluate.landmarks import landmarks
from fashionnet.evaluate.recognition import category_attribute
from fashionnet.evaluate.retrieval import consumer_to_shop, in_shop

__all__ = ["Evaluation", "category_attribute", "consumer_to_shop", "in_shop", "landmarks", "write"]
