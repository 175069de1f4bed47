"""Compiles the loops of ``flakecore.gotrace.native`` when the program is installed.

A build hook of hatchling. Where there is no C compiler, or it fails, the program is installed
without them: everything works, and large traces take longer to read.
"""

from __future__ import annotations

import os
import platform
import runpy
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

_NATIVE = Path("flakecore", "gotrace", "native")


class NativeHook(BuildHookInterface[BuilderConfig]):
    """Adds the compiled library to a wheel, or to the checkout that is installed in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the library; ``version`` is "editable" for a checkout installed in place."""
        if self.target_name != "wheel":
            return  # a source distribution is for every machine
        folder = Path(self.root, "core", _NATIVE)
        build = runpy.run_path(str(folder / "build.py"))
        self._made = TemporaryDirectory()  # gone with this hook
        into = folder if version == "editable" else Path(self._made.name)
        library = build["make_library"](folder, into, build["compilers"]())
        if library is None:
            self.app.display_warning("no C compiler: large traces will take longer to read")
        elif version != "editable":
            build_data["force_include"][str(library)] = str(_NATIVE / library.name)
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"


def _platform() -> str:
    """Return the tag of the platform that the library is for, without a claim on any other.

    On macOS that is every system from the one on that the compiler was told to build for.
    """
    target = os.environ.get("MACOSX_DEPLOYMENT_TARGET", "")
    if sys.platform == "darwin" and target:
        major, _, minor = target.partition(".")
        return f"macosx_{major}_{minor or 0}_{platform.machine()}"
    platforms = (tag.platform for tag in sys_tags())
    return next(each for each in platforms if not each.startswith(("manylinux", "musllinux")))
