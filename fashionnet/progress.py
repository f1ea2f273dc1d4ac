"""Lines that tell a person at the terminal how far a stage is, by a way that leaves no trace in a notebook."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

PIPE = "FASHIONNET_PROGRESS"  # environment variable: a FIFO that takes the lines while a notebook runs in the pipeline


def progress(text: str) -> None:
    """Show one line of progress; one that ends with a newline stays when the next comes.

    It goes to the FIFO that the environment variable FASHIONNET_PROGRESS names, if there is one, and is dropped
    without an error when nobody reads there; otherwise to stderr, over the line before.
    """
    pipe = os.environ.get(PIPE)
    if pipe is None:
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()
        return
    try:
        handle = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        os.write(handle, text.rstrip().encode() + b"\n")
    except OSError:
        pass  # a full pipe or a reader that went away: the next line tells the same
    finally:
        os.close(handle)


@contextmanager
def pipe(show: Callable[[str], None]) -> Iterator[str]:
    """The path of a FIFO for FASHIONNET_PROGRESS, whose lines go to `show`, in a thread, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="fashionnet-") as folder:
        path = Path(folder) / "progress"
        os.mkfifo(path)
        # Read and write: the pipe then stays open while nobody writes, and opening it does not wait for a writer.
        handle = os.open(path, os.O_RDWR)

        def copy() -> None:
            with os.fdopen(handle, encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    if line == "\0\n":
                        return
                    show(line.rstrip())

        reader = threading.Thread(target=copy, daemon=True)
        reader.start()
        try:
            yield str(path)
        finally:
            os.write(handle, b"\0\n")
            reader.join()


class Counter:
    """Counts steps of known number and shows the line that `describe` makes, with the time left."""

    def __init__(self, total: int, show: Callable[[str], None] = progress, done: int = 0, seconds: float = 1.0) -> None:
        """done: steps that an earlier run has made. seconds: no line sooner than this after the last."""
        self.total, self.show, self.done, self.seconds = total, show, done, seconds
        self.first, self.started = done, time.monotonic()
        self.shown = -float("inf")

    def step(self, describe: Callable[[], str]) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self.shown < self.seconds and self.done < self.total:
            return
        self.shown = now
        left = (now - self.started) / (self.done - self.first) * (self.total - self.done)
        self.show(f"{describe()}, {clock(left)} left" if self.done < self.total else f"{describe()}, done")


class Bar:
    """Counts steps of known number and shows a bar with the rate and the time left."""

    def __init__(
        self, what: str, unit: str, total: int, show: Callable[[str], None] = progress, seconds: float = 1.0
    ) -> None:
        """seconds: no line sooner than this after the last."""
        self.what, self.unit, self.total, self.show, self.seconds = what, unit, total, show, seconds
        self.done = self.uncounted = 0
        self.started: float | None = None
        self.shown = -float("inf")

    def step(self, steps: int, before: bool = False) -> None:
        """before: an earlier run has made these steps, so that they say nothing of the rate."""
        now = time.monotonic()
        if self.started is None:  # nor do the first ones, which took the time that processes take to start
            self.started, before = now, True
        self.done += steps
        self.uncounted += steps * before
        if now - self.shown < self.seconds and self.done < self.total:
            return
        self.shown = now
        # Only the text of tqdm's: it would write it to stderr, and so into an executed notebook.
        line = {"prefix": self.what, "unit": f" {self.unit}", "initial": self.uncounted, "ncols": 80, "ascii": True}
        self.show(tqdm.format_meter(self.done, self.total, now - self.started, **line))


def clock(seconds: float) -> str:
    """1:05 for 65 seconds, 2:00:00 for two hours."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
