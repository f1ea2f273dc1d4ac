"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from fashionnet.sample import render

# `make test` gives each of its two processes a file at a time, in this order: the longest first, so that both end
# together.
LONGEST = ("test_pipeline.py", "test_sample_shortcuts.py", "test_interrupted.py", "test_categories_alone.py")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def tiny_sample(tmp_path_factory) -> Path:
    """The tiny sample, rendered once by a single process. Read it only."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    render(folder, size="tiny", processes=1)
    return folder


@pytest.fixture(scope="session")
def tiny_project(tiny_sample, tmp_path_factory) -> Path:
    """A project on the tiny sample with the three systems barely trained. Read it only."""
    from factories import make_project  # with torch, for which tests of text files need not wait

    root = tmp_path_factory.mktemp("tiny") / "project"
    make_project(root, tiny_sample)
    return root
