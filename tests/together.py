"""A training that one process does or several together, and what has to be alike of it."""

from __future__ import annotations

import dataclasses
from unittest import mock

import numpy as np
import pytest
import torch
from factories import make_prepared, make_settings
from safetensors.torch import load_file

from fashionnet.batches import Batch, Batches
from fashionnet.training import processes, train
from fashionnet.training.descent import Descent

# System, parts of a batch. In float64, in which another order of a sum shows in the fifteenth digit.
RUNS = (("fashionnet", 1), ("darn", 1), ("wtbi", 1), ("fashionnet", 2), ("wtbi", 2))
NO_PAIRS = {"landmarks": 20.0, "visibility": 1.0, "category": 0.5, "attributes": 0.5, "pairs": 0.0}
ALL = NO_PAIRS | {"category": 2.0, "pairs": 2.0}
SCHEDULE = [{"name": "pose", "epochs": 1, "weights": NO_PAIRS}, {"name": "recognition", "epochs": 1, "weights": ALL}]


def some_prepared():
    """Landmarks on a part of the photos alone."""
    prepared = make_prepared(32, seed=3)
    photos = prepared.photos
    return dataclasses.replace(
        prepared, photos=photos.assign(landmarked=photos["benchmark"].isin(["landmarks", "in_shop"]))
    )


def batches_of(self, epoch):
    """Three batches, of an odd number of photos: the landmarks are all in the first half of one, the pairs in the first
    half of another, and in the last the halves hold one photo each of every pair."""
    photos, rows = self.prepared.photos, np.random.default_rng(epoch).permutation(self.rows)
    marked, item = photos["landmarked"].to_numpy()[rows], self.item[rows]
    lone, of_item = rows[item < 0], rows[np.argsort(item, kind="stable")][(item < 0).sum() :]
    landmarks = np.concatenate([rows[marked][:8], rows[~marked][:7]])
    pairs = np.concatenate([of_item[:8], lone[:7]])
    apart = np.concatenate([of_item[8:24:2], of_item[9:23:2]])
    return [landmarks, pairs, apart]


def double(self, read, size=None):
    """In float64. The CPU makes the pictures: a GPU rounds the mean of one otherwise where it has fewer beside it."""
    device, self.device = self.device, torch.device("cpu")
    torch.set_default_dtype(torch.float32)
    batch = READY(self, read, size)
    torch.set_default_dtype(torch.float64)
    self.device = device
    batch = batch._replace(images=batch.images.double(), landmarks=batch.landmarks.double())
    return Batch(*(tensor.to(device) for tensor in batch))


READY, GRADIENT = Batches.ready, Descent.gradient


def train_all(folder, device="cpu", batch_norm=False):
    """Trains every one of RUNS into `folder`, with what each step's losses were; by however many processes call it."""
    prepared, seen = some_prepared(), []

    def gradient(self, parts, given):
        seen.append(GRADIENT(self, parts, given))
        return seen[-1]

    torch.set_default_dtype(torch.float64)
    try:
        with (
            mock.patch.object(Batches, "epoch", batches_of),
            mock.patch.object(Batches, "ready", double),
            mock.patch.object(Batches, "__len__", return_value=3),
            mock.patch("fashionnet.training.loop.validate", return_value={}),  # it computes in float32
            mock.patch.object(Descent, "gradient", gradient),
        ):
            for system, parts in RUNS:
                seen.clear()
                network = {"system": system, "batch_norm": batch_norm}
                how = {"device": device, "precision": "float32", "accumulate": parts, "workers": parts - 1}
                settings = make_settings(network=network, schedule=SCHEDULE, **how)
                place = folder / f"{system}-{parts}"
                train(prepared, settings, "fashionnet", place, folder / "checkpoints", lambda _: None)
                if processes.rank() == 0:
                    torch.save([list(sums) for sums in seen], place / "seen.pt")
    finally:
        torch.set_default_dtype(torch.float32)


def check_alike(one, two, system, parts):
    """The losses, lengths of gradients and weights that two calls of `train_all` left behind, to rounding."""
    one, two = (folder / f"{system}-{parts}" for folder in (one, two))
    alone, together = (torch.load(place / "seen.pt") for place in (one, two))
    assert len(alone) == len(together) == 6
    for (totals, counted, length), (their_totals, their_counted, their_length) in zip(alone, together, strict=True):
        assert counted == their_counted
        assert totals == pytest.approx(their_totals, rel=1e-10)
        assert length == pytest.approx(their_length, rel=1e-10)
    assert all(counted["pairs"] > 0 for _, counted, _ in alone[3:])
    ours, theirs = (load_file(place / "weights.safetensors") for place in (one, two))
    for name, value in ours.items():
        assert value.dtype == (torch.int64 if name.endswith("num_batches_tracked") else torch.float64)
        torch.testing.assert_close(theirs[name], value, rtol=1e-7, atol=1e-9, msg=name)
    assert (one / "history.csv").read_text().count("\n") == (two / "history.csv").read_text().count("\n") == 3
