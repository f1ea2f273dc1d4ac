"""Quality control, as the poster's section 2 names it: duplicates, leaks, fast screening. Pure functions on tables.

`fingerprint` is taken of every photo while it is decoded; everything else reads tables, and opens photos again only to
confirm the few pairs whose hashes are near.
"""

from fashionnet.quality.duplicates import find_duplicates, groups
from fashionnet.quality.fingerprints import Fingerprint, fingerprint, fingerprint_table
from fashionnet.quality.leaks import leaks
from fashionnet.quality.results import Quality, control, load_quality, save_quality
from fashionnet.quality.scoring import as_found, as_planted, score_against
from fashionnet.quality.screening import FLAWS, screen

__all__ = [
    "FLAWS",
    "Fingerprint",
    "Quality",
    "as_found",
    "as_planted",
    "control",
    "find_duplicates",
    "fingerprint",
    "fingerprint_table",
    "groups",
    "leaks",
    "load_quality",
    "save_quality",
    "score_against",
    "screen",
]
