"""Compiles the loops of ``flakecore.gotrace.kernel`` when the program is installed.

A build hook of hatchling. Where there is no C compiler, or it fails, the program is installed
without them: everything works, and large traces take some three times as long to read.
"""

from __future__ import annotations

import os
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

_KERNEL = Path("flakecore", "gotrace", "kernel")
_FLAGS = ("-std=c11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")


class KernelHook(BuildHookInterface):
    """Adds the compiled library to a wheel, or to the checkout that is installed in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the library; ``version`` is "editable" for a checkout installed in place."""
        folder = Path(self.root, "core", _KERNEL)
        into = folder if version == "editable" else Path(mkdtemp())
        library = _compile(folder, into)
        if library is None:
            self.app.display_warning("no C compiler: large traces will be slower to read")
            return
        if version != "editable":
            build_data["force_include"][str(library)] = str(_KERNEL / library.name)
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"


def _compile(folder: Path, into: Path) -> Path | None:
    names = runpy.run_path(str(folder / "sources.py"))
    library: Path = into / names["library_name"](folder)
    for old in into.glob("kernel-*.so"):
        old.unlink()
    loops = [str(path) for path in names["sources"](folder) if path.suffix == ".c"]
    for compiler in (os.environ.get("CC"), "cc", "gcc", "clang"):
        command = shlex.split(compiler or "")
        if command and shutil.which(command[0]):
            made = subprocess.run(
                [*command, *_FLAGS, *loops, "-o", str(library)],
                check=False,
                stdin=subprocess.DEVNULL,
            )
            if made.returncode == 0:
                return library
    return None


def _platform() -> str:
    """Return the tag of this machine's own platform, without a claim on any other."""
    platforms = (tag.platform for tag in sys_tags())
    return next(each for each in platforms if not each.startswith(("manylinux", "musllinux")))
