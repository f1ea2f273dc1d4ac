"""The lists of packages agree with each other, and the lock holds what each platform needs."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
PLATFORMS = {
    "Linux on x86-64": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    "Linux on arm64": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    "macOS": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def wanted():
    return [Requirement(line) for line in project()["dependencies"] + project()["optional-dependencies"]["dev"]]


def locked(platform, python="3.11"):
    """Canonical name → version of every line of the lock file that holds on a platform."""
    environment = {**PLATFORMS[platform], "python_version": python, "python_full_version": f"{python}.9",
                   "os_name": "posix", "implementation_name": "cpython", "platform_python_implementation": "CPython",
                   "extra": ""}  # fmt: skip
    versions = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pin, _, marker = line.partition(" ; ")
        name, version = pin.split("==")
        if not marker or Marker(marker).evaluate(environment):
            name = canonicalize_name(re.sub(r"\[.*\]", "", name))
            assert name not in versions, f"{name} twice on {platform}"
            versions[name] = Version(version)
    return versions


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_holds_every_dependency_within_its_range_on_every_platform(platform, python):
    versions = locked(platform, python)
    for requirement in wanted():
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is not locked for {platform}"
        assert requirement.specifier.contains(versions[name]), f"{name} {versions[name]} is not {requirement.specifier}"


def test_the_lock_keeps_cuda_to_linux():
    assert any(name.startswith("nvidia-") for name in locked("Linux on x86-64"))
    assert not any(name.startswith("nvidia-") for name in locked("macOS"))


def test_every_line_of_the_lock_is_exact():
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if line and line[0] != "#"]
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ;]+( ; .+)?", line), line


def test_torch_is_the_version_that_the_readme_promises():
    assert locked("macOS")["torch"] == Version("2.14.1")
    assert locked("macOS")["torchvision"] == Version("0.29.1")


def test_conda_takes_its_packages_from_the_lock():
    environment = YAML(typ="safe").load((ROOT / "environment.yml").read_text())
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    assert {Requirement(entry).name for entry in plain} == {"python", "pip", "make"}
    assert f"python{project()['requires-python']}" in plain
    [of_pip] = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert of_pip == ["-r requirements.lock", "-e ."]


def test_dvc_neither_reports_nor_looks_for_updates():
    config = (ROOT / ".dvc/config").read_text()
    assert "analytics = false" in config
    assert "check_update = false" in config
