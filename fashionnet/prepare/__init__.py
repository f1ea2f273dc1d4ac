"""Raw benchmarks → checked tables and packed crops. Knows nothing of networks."""

from fashionnet.prepare.assemble import Summary, prepare, sample_version
from fashionnet.prepare.tables import BENCHMARKS, Prepared, crop_to_photo, load_prepared, photo_to_crop

__all__ = [
    "BENCHMARKS",
    "Prepared",
    "Summary",
    "crop_to_photo",
    "load_prepared",
    "photo_to_crop",
    "prepare",
    "sample_version",
]
