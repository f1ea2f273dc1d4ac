"""Flaws planted in the sample as real collections have them, with a record of where: quality control's test. Ours."""

from fashionnet.sample.flaws.plant import plant

__all__ = ["plant"]
