"""The data set's codes and names: what the numbers in its files mean, and how its folders are called.

From the README files of the four benchmarks, unless a line says otherwise.
"""

from __future__ import annotations

CLOTHES_TYPES = {1: "upper-body", 2: "lower-body", 3: "full-body"}

LANDMARK_NAMES = (
    "left collar",
    "right collar",
    "left sleeve",
    "right sleeve",
    "left waistline",
    "right waistline",
    "left hem",
    "right hem",
)

# Which of the eight landmarks a clothes type has, in the order of its file's triples.
SLOTS_OF = {1: (0, 1, 2, 3, 6, 7), 2: (4, 5, 6, 7), 3: (0, 1, 2, 3, 4, 5, 6, 7)}

# The README promises fourteen human joints and does not name them. These are the fourteen that pose estimation of its
# time agrees on (Leeds Sports Pose), in that order: ours.
JOINT_NAMES = (
    "right ankle",
    "right knee",
    "right hip",
    "left hip",
    "left knee",
    "left ankle",
    "right wrist",
    "right elbow",
    "right shoulder",
    "left shoulder",
    "left elbow",
    "left wrist",
    "neck",
    "head top",
)

VISIBILITY = {0: "visible", 1: "occluded", 2: "truncated"}
JOINT_VISIBILITY = {0: "visible", 1: "invisible"}
ABSENT = -1  # in arrays only: a landmark that the clothes type does not have

POSE_TYPES = {1: "frontal", 2: "side", 3: "back", 4: "zoom-out", 5: "zoom-in", 6: "stand-alone"}
SHOP, CONSUMER = 1, 2
SOURCE_TYPES = {SHOP: "shop", CONSUMER: "consumer"}
# The README files end with 5; 6 occurs in the two retrieval benchmarks.
VARIATION_TYPES = {
    1: "normal pose",
    2: "medium pose",
    3: "large pose",
    4: "medium zoom-in",
    5: "large zoom-in",
    6: "no person",
}
ATTRIBUTE_TYPES = {1: "texture", 2: "fabric", 3: "shape", 4: "part", 5: "style"}
# The six of Anno_fine, whose file has their numbers alone. The names are ours, after what its attributes say; none is
# one of the five above, since the groups hold other attributes and their numbers cannot be set beside each other.
FINE_ATTRIBUTE_TYPES = {1: "pattern", 2: "sleeve", 3: "length", 4: "neckline", 5: "material", 6: "fit"}
# A prepared attribute's group is one of these: of the five or of the six.
ATTRIBUTE_GROUPS = (*ATTRIBUTE_TYPES.values(), *FINE_ATTRIBUTE_TYPES.values())

# The folders as they are called after the download, by the names this project gives the benchmarks.
OFFICIAL = {
    "category_attribute": "Category and Attribute Prediction Benchmark",
    "landmarks": "Fashion Landmark Detection Benchmark",
    "in_shop": "In-shop Clothes Retrieval Benchmark",
    "consumer_to_shop": "Consumer-to-shop Clothes Retrieval Benchmark",
}

SPLITS_OF = {
    "category_attribute": ("train", "val", "test"),
    "landmarks": ("train", "val", "test"),
    "in_shop": ("train", "query", "gallery"),
    "consumer_to_shop": ("train", "val", "test"),
}

_UPPER = (
    "Anorak Blazer Blouse Bomber Button-Down Cardigan Flannel Halter Henley Hoodie Jacket Jersey Parka Peacoat Poncho "
    "Sweater Tank Tee Top Turtleneck"
)
_LOWER = (
    "Capris Chinos Culottes Cutoffs Gauchos Jeans Jeggings Jodhpurs Joggers Leggings Sarong Shorts Skirt Sweatpants "
    "Sweatshorts Trunks"
)
_FULL = "Caftan Cape Coat Coverup Dress Jumpsuit Kaftan Kimono Nightdress Onesie Robe Romper Shirtdress Sundress"

# (category_name, category_type), the fifty rows of list_category_cloth.txt in their order. Cape, Nightdress, Shirtdress
# and Sundress are listed and label no photo: they were merged into Dress.
CATEGORIES = tuple(
    (name, clothes_type) for clothes_type, names in enumerate((_UPPER, _LOWER, _FULL), 1) for name in names.split()
)
