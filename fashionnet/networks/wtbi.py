"""WTBI, Where to Buy It (Kiapour et al., ICCV 2015): a feature of the whole picture, and a network that matches two."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from fashionnet.networks.system import Head, Match, Output, System, dense, full
from fashionnet.networks.trunk import BLOCKS, block, scaled

HIDDEN = 2048  # units of the similarity network's first layer at width 1


class WTBI(System):
    """VGG-16 on the whole picture, and a similarity network on the features of two pictures.

    The similarity network takes the features of a query and of a gallery photo, concatenated, through two fully
    connected layers to a softmax of match and no match; a gallery is ranked by the probability of a match. It is the
    paper's network for all categories together. It has no landmarks.

    Arguments as FashionNet's. Ours: category and attribute heads on the feature, trained with the same labels as
    FashionNet's, so that the poster's table can be filled fairly; VGG-16 instead of AlexNet, since all systems have
    the same trunk; fc6 and fc7 as FashionNet's global branch and fusion have them; the first layer written as
    W[a; b] = Wa a + Wb b, the same function, so that its two halves are computed once for each photo and not for each
    pair; one hidden layer, as a second would have to be computed for each pair.
    """

    conv5s = ("conv5",)
    by_match = True

    def __init__(
        self,
        categories: int,
        attributes: int,
        width: float = 1.0,
        batch_norm: bool = False,
        image_size: int = 224,
        dropout: float = 0.0,
    ) -> None:
        has = {"category": categories, "attributes": attributes}
        own = {"categories": categories, "attributes": attributes, "dropout": dropout}
        super().__init__(has, width, batch_norm, image_size, **own)
        maps, size = scaled(BLOCKS["conv4"][0], width), scaled(1024, width)
        top = scaled(BLOCKS["conv5"][0], width) * self.grid**2
        self.conv5 = block("conv5", maps, width, batch_norm)
        self.fc6 = dense(top, scaled(4096, width), batch_norm, dropout)
        self.fc7 = dense(scaled(4096, width), size, batch_norm, dropout)
        self.category = Head(size, categories) if categories else None
        self.attributes = Head(size, attributes) if attributes else None
        self.query = nn.Linear(size, scaled(HIDDEN, width))
        self.gallery = nn.Linear(size, scaled(HIDDEN, width), bias=False)  # one bias is enough for their sum
        self.match = Head(scaled(HIDDEN, width), 2)
        self.initialise()

    def forward(
        self, images: Tensor, source: Tensor | None = None, annotated: tuple[Tensor, Tensor] | None = None
    ) -> Output:
        """images: as FashionNet's. source, annotated: not looked at."""
        maps = self.pool(self.trunk(images))
        hidden = self.fc7(self.fc6(self.pool5(self.conv5(maps)).flatten(1)))
        return Output(
            F.normalize(full(hidden), dim=1),
            None if self.category is None else self.category(hidden),
            None if self.attributes is None else self.attributes(hidden),
            match=Match(full(self.query(hidden)), full(self.gallery(hidden)), self.match.weight, self.match.bias),
        )
