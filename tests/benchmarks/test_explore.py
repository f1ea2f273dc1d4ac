"""An answer to a moved landmark at the paper's and the data set's size, beside one for which all is computed anew."""

import numpy as np

from fashionnet.explore.pooling import judged, look
from fashionnet.inference import predict
from fashionnet.metrics import nearest
from fashionnet.networks import FashionNet
from fashionnet.recognition.gallery import Gallery

SHOPS = 12_612 + 22_669  # in-shop's gallery, and about consumer-to-shop's
LEAST, MOST = 3, 0.5  # times as fast; seconds


def test_a_moved_landmark_costs_the_pooling_and_what_follows(beside, one_thread, benchmark):
    network = FashionNet(50, 1000, image_size=224).eval()
    rng = np.random.default_rng(0)
    crop = rng.integers(0, 256, (224, 224, 3)).astype(np.uint8)
    gallery = Gallery(np.arange(SHOPS), {"feature": rng.random((SHOPS, 1024), dtype=np.float32)})
    seen = look(network, crop)
    places = seen.places.copy()

    def move():
        places[0] += 0.01
        gallery.nearest(judged(network, seen, places, seen.gates), 5)

    def anew():
        nearest(predict(network, crop[None])["feature"], gallery.arrays["feature"], 5)

    what = "a landmark moved: FashionNet at 224 pixels, 35,281 shop photos, one thread"
    beside(move, anew, what, "predicted and ranked anew", LEAST)
    assert benchmark.stats.stats.min < MOST
