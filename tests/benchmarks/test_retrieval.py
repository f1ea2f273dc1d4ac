"""Retrieval accuracy at the in-shop benchmark's size, beside the matrix product that it cannot do without."""

import numpy as np
import pytest
import torch

from fashionnet.metrics import retrieval_accuracy

pytestmark = pytest.mark.benchmark

QUERIES, GALLERY, ITEMS, FEATURES = 14_218, 12_612, 3_985, 1_024


def test_in_shop_takes_at_most_twice_the_time_of_the_matrix_product(beside):
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((ITEMS, FEATURES), dtype=np.float32)
    query_items, gallery_items = rng.integers(ITEMS, size=QUERIES), rng.integers(ITEMS, size=GALLERY)
    queries, gallery = (
        torch.nn.functional.normalize(torch.from_numpy(0.3 * centres[items] + noise)).numpy()
        for items in (query_items, gallery_items)
        for noise in [rng.standard_normal((len(items), FEATURES), dtype=np.float32)]
    )
    left, right = torch.from_numpy(queries), torch.from_numpy(gallery).T

    def product():
        # In the same blocks, so that it needs no 700 MB for its outcome.
        for block in left.split(512):
            block @ right

    found = {}

    def own():
        found.update(retrieval_accuracy(queries, gallery, query_items, gallery_items, (1, 20)))

    what = f"in-shop retrieval, {QUERIES:,} queries × {GALLERY:,} photos × {FEATURES:,} features"
    beside(own, product, what, "the matrix product alone", least=1 / 2, rounds=3)
    assert 0.2 < found[1] < found[20] < 0.9
