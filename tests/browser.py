"""A browser for tests: Debian's Chromium or any other that Playwright can drive, without a network.

Nothing is downloaded: where there is no browser, the tests that need one are skipped and say so.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from commands import ENVIRONMENT
from playwright.sync_api import Browser, Page, Request, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)"
)


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A page, and everything that it should not have done."""

    def __init__(self, page: Page, allowed: str) -> None:
        """allowed: how the address of every request has to begin."""
        self.page, self.allowed = page, allowed
        self.faults: list[str] = []
        page.on("console", lambda line: self.faults.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.allowed, "data:")):
            self.faults.append(f"asks for {request.url}")


def serious(page: Page) -> list[str]:
    """What axe-core finds on the page that is serious or critical: rule, how often, and the first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} ({len(rule['nodes'])}): {rule['nodes'][0]['html'][:200]} {rule['nodes'][0]['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


@contextmanager
def jupyter(project: Path, home: Path) -> Iterator[str]:
    """The address of a JupyterLab that serves `project` as `make lab` does; `home` is an empty folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
               "--ServerApp.token=", "--ServerApp.password=", f"--ServerApp.root_dir={project}",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    server = subprocess.Popen(
        command, cwd=project, env={**ENVIRONMENT, "HOME": str(home)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api").close()
                break
            except urllib.error.URLError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=60)


def run_all(page: Page) -> None:
    """Run every cell of the notebook that is opening, by the menu."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=120_000)
    # Asked to run before its kernel is there, JupyterLab asks which one, or does not run at all.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=120_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
