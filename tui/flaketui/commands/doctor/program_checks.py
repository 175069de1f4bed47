"""The program itself: Python, what it needs, its compiled loops, its extras."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import flakecore
from flaketui import __version__
from flaketui.commands.doctor.check import Check, Health

_FOR_DEVELOPERS = ("test", "fuzz")
"""Extras that a person who only uses the program has no need of."""
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)[^;]*(?:;\s*(.*))?\Z")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")


def program_checks() -> Iterator[Check]:
    """Yield what is found on the installed program."""
    where = Path(flakecore.__file__).parent.parent
    version = f"{__version__} in {where}, Python {platform.python_version()}"
    yield Check("flaketui", Health.OK, version)
    needed, extras = _requirements()
    missing = [name for name in needed if not _version_of(name)]
    if missing:
        yield Check(
            "dependencies",
            Health.BROKEN,
            f"not installed: {', '.join(missing)}",
            f"{_pip()} {' '.join(missing)}",
        )
    else:
        known = ", ".join(f"{name} {_version_of(name)}" for name in needed)
        yield Check("dependencies", Health.OK, known or "they are not recorded")
    yield _compiled_loops()
    for extra, names in extras.items():
        missing = [name for name in names if not _version_of(name)]
        if missing:
            yield Check(
                f"extra {extra}",
                Health.LIMITED,
                f"not installed: {', '.join(missing)}",
                f"{_pip()} {' '.join(missing)}",
            )
        else:
            yield Check(f"extra {extra}", Health.OK, ", ".join(names))


def _pip() -> str:
    return f"{sys.executable} -m pip install"


def _requirements() -> tuple[list[str], dict[str, list[str]]]:
    """Return what the distribution needs, and what each extra for people who use it does."""
    try:
        required = importlib.metadata.requires("flaketui") or []
    except importlib.metadata.PackageNotFoundError:
        required = []
    needed: list[str] = []
    extras: dict[str, list[str]] = {}
    for text in required:
        parts = _REQUIREMENT.match(text)
        if parts is None:
            continue
        extra = _EXTRA.search(parts[2] or "")
        if extra is None:
            needed.append(parts[1])
        elif extra[1] not in _FOR_DEVELOPERS:
            extras.setdefault(extra[1], []).append(parts[1])
    return needed, extras


def _version_of(name: str) -> str:
    """Return the version of an installed distribution; "" if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _compiled_loops() -> Check:
    core = Path(flakecore.__file__).parent
    build = runpy.run_path(str(core / "native_build.py"))
    folders = [core / folder for folder in build["FOLDERS"]]
    name = "compiled loops"
    again = "install flaketui again"
    try:
        for folder in folders:
            build["load_library"](folder)
    except FileNotFoundError:
        return Check(
            name,
            Health.LIMITED,
            "not compiled: large traces take three times as long to read",
            f"install a C compiler, then {again}",
        )
    except OSError as error:
        why = error.strerror or str(error)
        return Check(name, Health.BROKEN, f"they cannot be loaded ({why})", again)
    return Check(name, Health.OK, ", ".join(map(build["library_name"], folders)))
