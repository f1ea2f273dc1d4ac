"""Profiles: named sets of parameters that are laid over params.yaml, its comments kept."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from fashionnet.files import write_text
from fashionnet.settings import SettingsError, load_settings, sections


def apply_profile(root: Path, name: str) -> None:
    """Lay `profiles/NAME.yaml` over `params.yaml` in `root`; unchanged where the outcome would not be valid.

    Raises as `with_profile` does.
    """
    write_text(root / "params.yaml", with_profile(root, name))


def with_profile(root: Path, name: str) -> str:
    """The text of `params.yaml` in `root` with `profiles/NAME.yaml` laid over it.

    Raises SettingsError for a name that profiles/ does not hold or values that the study does not know.
    """
    known = sorted(path.stem for path in (root / "profiles").glob("*.yaml"))
    if name not in known:
        raise SettingsError(f"profiles/: found no {name}.yaml, expected one of {', '.join(known)}")
    yaml = YAML()
    yaml.width = 120
    parameters = sections((root / "params.yaml").read_text(encoding="utf-8"), yaml)
    _lay_over(parameters, yaml.load((root / "profiles" / f"{name}.yaml").read_text(encoding="utf-8")))
    text = io.StringIO()
    yaml.dump(parameters, text)
    load_settings(text.getvalue())
    return text.getvalue()


def _lay_over(values: Any, changes: Any) -> None:
    """In place, so that the comments, which hang on the loaded mapping, stay."""
    for key, change in changes.items():
        if isinstance(change, dict) and isinstance(values.get(key), dict):
            _lay_over(values[key], change)
        else:
            values[key] = change
