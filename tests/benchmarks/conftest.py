"""Each benchmark stands beside its peer, measured in the same run: the ratio counts, not the machine's speed."""

import json
import os
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from scale import GPU

from fashionnet.about import machine
from fashionnet.device import reproducible
from fashionnet.sample import render

WHOLE = "WHOLE" in os.environ
ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / f"reports/benchmarks{'_gpu' if GPU else ''}.json"
ROWS = []


def pytest_sessionfinish(session, exitstatus):
    """Write RECORD at official size: the rows of each file of which every benchmark was measured, whether or not it was
    fast enough, and of the others what stood there before, if this is the same machine."""
    if not WHOLE or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or _chosen(session):
        return
    own = machine(ROOT)[""]["processor"]
    own = f"{GPU}, {own}, PyTorch {torch.__version__}" if GPU else own
    before = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {"machine": own, "rows": []}
    measured, date = {row["file"] for row in ROWS}, datetime.now(UTC).date().isoformat()
    rows = [row for row in before["rows"] if row["file"] not in measured] if before["machine"] == own else []
    rows = sorted([*rows, *({**row, "date": date} for row in ROWS)], key=lambda row: row["file"])
    record = {"machine": own, "rows": rows}
    RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _chosen(session):
    """Whether some of a file's benchmarks were left out."""
    return session.config.option.keyword or any("::" in argument for argument in session.config.args)


def _note(request, capsys, enough, own, **row):
    """own: seconds."""
    row |= {"own": duration(own)}
    ROWS.append({"file": Path(request.node.fspath).name, "enough": bool(enough), **row})
    missed = "" if enough else ": missed"
    with capsys.disabled():
        print(f"\n{row['what']}: {row['own']}; {row['peer']}; {row['found']}, wanted {row['wanted']}{missed}")
    return enough


def duration(seconds):
    return f"{seconds / 60:.1f} min" if seconds >= 100 else f"{seconds:.3g} s" if seconds >= 1 else f"{seconds:.3f} s"


@pytest.fixture
def beside(benchmark, request, capsys):
    """beside(own, peer, …): pytest-benchmark times `own`; the best time of `peer` by that of `own` is at least `least`.

    The two take turns, so that a machine that is busy for a while is busy for both. what: is measured; against: the
    peer; both for people.
    """

    def measure(own, peer, what, against, least, rounds=5, photos=1.0):
        """Returns that ratio. photos: the share of the work that `peer` does, where the whole would take minutes."""
        peer_times = []

        def peers_turn():
            start = time.perf_counter()
            peer()
            peer_times.append((time.perf_counter() - start) / photos)

        own()
        peers_turn()  # both have now been warmed up
        peer_times.clear()
        benchmark.pedantic(own, setup=peers_turn, rounds=rounds)
        own_time, peer_time = benchmark.stats.stats.min, min(peer_times)
        ratio = peer_time / own_time
        benchmark.extra_info.update(peer_seconds=peer_time, ratio=ratio)
        peer_says = f"{against}: {duration(peer_time)}{' (extrapolated)' if photos < 1 else ''}"
        found, wanted = f"{ratio:.3g} times as fast", f"at least {least:g}"
        _note(request, capsys, ratio >= least, what=what, own=own_time, peer=peer_says, found=found,
              wanted=wanted)  # fmt: skip
        assert ratio >= least
        return ratio

    return measure


@pytest.fixture
def within(request, capsys):
    """within(what, seconds, gigabytes, …): a whole that is held to limits, of memory and, if given, of time."""

    def hold(what, seconds, gigabytes, most_gigabytes, most_seconds=float("inf")):
        time_limit = "" if most_seconds == float("inf") else f"{duration(most_seconds)} and "
        _note(
            request, capsys, seconds <= most_seconds and gigabytes <= most_gigabytes, what=what, own=seconds,
            peer="–", found=f"{gigabytes:.2g} GB", wanted=f"within {time_limit}{most_gigabytes:g} GB",
        )  # fmt: skip
        assert seconds <= most_seconds
        assert gigabytes <= most_gigabytes

    return hold


@pytest.fixture
def part_of(request, capsys):
    """part_of(what, own, whole, …): seconds that a part takes of a whole, at most the share `most`."""

    def hold(what, own, whole, against, most):
        _note(
            request, capsys, own / whole <= most, what=what, own=own, peer=f"{against}: {duration(whole)}",
            found=f"{own / whole:.1%} of it", wanted=f"at most {most:.0%}",
        )  # fmt: skip
        assert own / whole <= most

    return hold


@pytest.fixture
def noted(request, capsys):
    """noted(enough, what=…, own=…, …): what has no peer to be timed; returns whether it is enough."""
    return partial(_note, request, capsys)


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """256 JPEG files out of data/, always the same; of the rendered sample where there is no data/."""
    folder = ROOT / "data"
    if not folder.exists():
        folder = tmp_path_factory.mktemp("sample") / "data"
        render(folder, size="tiny")
    found = sorted(folder.glob("*/**/*.jpg"))
    return [found[place] for place in np.random.default_rng(0).permutation(len(found))[:256]]


@pytest.fixture
def one_thread():
    """Of torch and OpenCV each, in this process alone; torch as a training on the CPU has it."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    with reproducible(torch.device("cpu"), 1):
        yield
    cv2.setNumThreads(before)
