"""DARN, the dual attribute-aware ranking network (Huang et al., ICCV 2015): a sub-network for each domain."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fashionnet.formats.codes import CONSUMER
from fashionnet.networks.system import Head, Output, System, dense, full, picked
from fashionnet.networks.trunk import BLOCKS, block, scaled


class Tower(nn.Module):
    """One domain's sub-network: conv5, a fully connected layer, and on it a tree of branches, one for the category and
    one for each group of attributes, each a fully connected layer and a head."""

    def __init__(
        self, categories: int, groups: Sequence[str], width: float, batch_norm: bool, grid: int, dropout: float
    ) -> None:
        super().__init__()
        maps, first, branch = scaled(BLOCKS["conv4"][0], width), scaled(4096, width), scaled(1024, width)
        top = scaled(BLOCKS["conv5"][0], width) * grid**2

        def grown(outputs: int) -> nn.Sequential:
            return nn.Sequential(dense(first, branch, batch_norm, dropout), Head(branch, outputs))

        self.conv5 = block("conv5", maps, width, batch_norm)
        self.fc1 = dense(top, first, batch_norm, dropout)
        self.category = grown(categories) if categories else None
        names = list(dict.fromkeys(groups))
        self.groups = nn.ModuleList(grown(list(groups).count(name)) for name in names)
        # The branches' outputs side by side, back in the order of the attributes.
        columns = [place for name in names for place, group in enumerate(groups) if group == name]
        self.register_buffer("order", torch.tensor(columns, dtype=torch.long).argsort(), persistent=False)

    def forward(self, maps: Tensor, pool5: nn.Module) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """pool4's maps → feature (N, D), category (N, C) and attributes (N, A) logits."""
        pooled = pool5(self.conv5(maps)).flatten(1)
        first = self.fc1(pooled)
        both = [F.normalize(full(part), dim=1) for part in (first, pooled)]
        feature = F.normalize(torch.cat(both, 1), dim=1)
        branches = [branch(first) for branch in self.groups]
        attributes = torch.cat(branches, 1)[:, self.order] if branches else None
        return feature, None if self.category is None else self.category(first), attributes


class DARN(System):
    """Two sub-networks of the same shape, for consumers' (street) and for shops' photos.

    Each has a branch for every group of attributes; their features, the first fully connected layer beside the pooled
    convolutional maps, are ranked across the two by the triplet loss. It has no landmarks.

    categories, groups: number of categories (0: no such branch), and the group of each attribute. Other arguments as
    FashionNet's. Ours: the shop sub-network takes in-shop photos and photos without a source, and one stream judges a
    photo; in training, a photo without a source teaches the attributes and categories of both sub-networks, since it
    may come from either and the street would else see few; conv1 to conv4 are shared, so that all systems have the
    same trunk and nearly the same cost; both sub-networks see the whole batch, which batch norm needs where a batch
    holds few consumers' photos; the two start with the same weights, as two that start from ImageNet's do, or their
    features would have nothing in common; a category branch beside the attributes'; fc1 and the maps weigh the same in
    the feature, which has length one.
    """

    conv5s = ("shop.conv5", "street.conv5")
    by_source = True

    def __init__(
        self,
        categories: int,
        groups: Sequence[str],
        width: float = 1.0,
        batch_norm: bool = False,
        image_size: int = 224,
        dropout: float = 0.0,
    ) -> None:
        has = {"category": categories, "attributes": len(groups)}
        own = {"categories": categories, "groups": list(groups), "dropout": dropout}
        super().__init__(has, width, batch_norm, image_size, **own)
        self.shop = Tower(categories, groups, width, batch_norm, self.grid, dropout)
        self.street = Tower(categories, groups, width, batch_norm, self.grid, dropout)
        self.initialise()
        self.street.load_state_dict(self.shop.state_dict())

    def judged(self, source: Tensor) -> Tensor:
        """Every photo once, then those without a source again."""
        return torch.cat([torch.arange(len(source), device=source.device), (source == 0).nonzero()[:, 0]])

    def forward(
        self, images: Tensor, source: Tensor | None = None, annotated: tuple[Tensor, Tensor] | None = None
    ) -> Output:
        """images: as FashionNet's. source: (N,) 1 shop, 2 consumer, 0 unknown or no pairs across domains; by default
        unknown. annotated: not looked at."""
        if source is None:
            source = torch.zeros(len(images), dtype=torch.long, device=images.device)
        maps = self.pool(self.trunk(images))
        shop, street = self.shop(maps, self.pool5), self.street(maps, self.pool5)
        feature, category, attributes = (picked(source == CONSUMER, b, a) for a, b in zip(shop, street, strict=True))
        rows = None
        if self.training:
            rows = self.judged(source)
            unknown = rows[len(images) :]
            category, attributes = (
                None if own is None else torch.cat([own, other[unknown]])
                for own, other in zip((category, attributes), street[1:], strict=True)
            )
        return Output(feature, category, attributes, rows=rows)
