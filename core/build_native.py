"""Compiles the loops over traces and profiles when the program is installed.

A build hook of hatchling. Where there is no C compiler, or it fails, the program is installed
without them: everything works, and large files take longer to read.
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

_CORE = Path("flakecore")


class NativeHook(BuildHookInterface[BuilderConfig]):
    """Adds the compiled libraries to a wheel, or to the checkout that is installed in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the libraries; ``version`` is "editable" for a checkout installed in place."""
        if self.target_name != "wheel":
            return  # a source distribution is for every machine
        core = Path(self.root, "core", _CORE)
        build = runpy.run_path(str(core / "native_build.py"))
        self._made = TemporaryDirectory()  # gone with this hook
        for folder in map(Path, build["FOLDERS"]):
            into = core / folder if version == "editable" else Path(self._made.name, folder)
            into.mkdir(parents=True, exist_ok=True)
            library = build["make_library"](core / folder, into, build["compilers"]())
            if library is None:
                self.app.display_warning("no C compiler: large files will take longer to read")
                return
            if version != "editable":
                build_data["force_include"][str(library)] = str(_CORE / folder / library.name)
                build_data["pure_python"] = False
                build_data["tag"] = f"py3-none-{_platform()}"


def _platform() -> str:
    """Return the tag of the platform that the library is for, without a claim on any other.

    On macOS that is every system from the deployment target of the compiler on.
    """
    target = os.environ.get("MACOSX_DEPLOYMENT_TARGET", "")
    if sys.platform == "darwin" and target:
        major, _, minor = target.partition(".")
        return f"macosx_{major}_{minor or 0}_{platform.machine()}"
    platforms = (tag.platform for tag in sys_tags())
    return next(each for each in platforms if not each.startswith(("manylinux", "musllinux")))
