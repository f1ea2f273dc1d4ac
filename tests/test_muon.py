"""Muon against singular value decompositions and a naive loop."""

import pytest
import torch
from torch import nn

from fashionnet.training.muon import Muon, orthogonalised


@pytest.mark.parametrize("shape", [(8, 27), (64, 576), (40, 12), (16, 16)])
def test_orthogonalised_keeps_singular_vectors_and_levels_singular_values(shape):
    torch.manual_seed(0)
    u, _, v = torch.linalg.svd(torch.randn(3, *shape), full_matrices=False)
    values = torch.linspace(1, 5, min(shape)) * torch.tensor([1.0, 1e-3, 1e3])[:, None]
    [found] = orthogonalised(u * values[:, None] @ v)
    # In the basis of the singular vectors it is diagonal, and about the same all along.
    inner = u.mT @ found @ v.mT
    diagonal = torch.diagonal(inner, dim1=1, dim2=2)
    torch.testing.assert_close(inner, torch.diag_embed(diagonal), atol=1e-3, rtol=0)
    assert ((diagonal > 0.6) & (diagonal < 1.3)).all()


def test_nothing_stays_nothing():
    [found] = orthogonalised(torch.zeros(2, 4, 9))
    assert found.equal(torch.zeros(2, 4, 9))


def test_matrices_beside_others_become_what_they_become_alone():
    torch.manual_seed(0)
    shapes = (2, 8, 27), (1, 8, 40), (3, 16, 8), (1, 5, 9)
    batches = [torch.randn(shape) for shape in shapes]
    together = orthogonalised(*batches)
    for batch, found in zip(batches, together, strict=True):
        [alone] = orthogonalised(batch)
        torch.testing.assert_close(found, alone)


def test_a_step_is_the_naive_loops():
    torch.manual_seed(1)
    layers = [nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.Conv2d(8, 8, 3), nn.Conv2d(2, 40, 1)]
    weights = [layer.weight for layer in layers]
    for weight in weights[1:3]:
        weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    expected = [weight.detach().clone() for weight in weights]
    moving = [torch.zeros_like(weight) for weight in weights]
    optimiser = Muon(weights, lr=0.1, momentum=0.9, weight_decay=0.5)
    for _ in range(3):
        for i, weight in enumerate(weights):
            weight.grad = torch.randn_like(weight)
            moving[i] = 0.9 * moving[i] + 0.1 * weight.grad
            ahead = (0.1 * weight.grad + 0.9 * moving[i]).reshape(len(weight), -1)
            [[update]] = orthogonalised(ahead[None])
            scale = max(1.0, update.shape[0] / update.shape[1]) ** 0.5
            expected[i] = expected[i] * (1 - 0.1 * 0.5) - 0.1 * scale * update.reshape(weight.shape)
        optimiser.step()
    for weight, found in zip(expected, weights):
        torch.testing.assert_close(weight, found.detach())


def test_a_weight_without_gradient_stays():
    layer = nn.Conv2d(3, 4, 3)
    before = layer.weight.detach().clone()
    Muon([layer.weight], lr=0.1, weight_decay=0.5).step()
    assert layer.weight.equal(before)
