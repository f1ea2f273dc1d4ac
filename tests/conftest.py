"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from fashionnet.sample import render


@pytest.fixture(scope="session")
def tiny_sample(tmp_path_factory) -> Path:
    """The tiny sample, rendered once by a single process. Read it only."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    render(folder, size="tiny", processes=1)
    return folder
