"""The source lines that a stack frame names, where the file can be found.

A frame carries the path of the machine that compiled the test. The file is looked for in the
bundle, at that very path, in the working tree (the module that ``go.mod`` names, whatever folder
it lies in), and, for Go's own packages, in a GOROOT of the same release. A file that has too few
lines, or a release that is another, is not the one that was compiled, and shows nothing.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from flakecore.bundle import Bundle
from flakecore.frames import HasFunction
from flakecore.gotrace import Frame

_LARGEST = 4 << 20
"""Bytes of a source file that is still read."""
_BUNDLED = 64 << 20
"""Bytes of a bundle's source files that are kept, together."""
_PACKAGE_FILES = 300
"""Files of a package that are read at most; the standard library's largest has 160 (runtime)."""
_SUFFIXES = (".go", ".s", ".c", ".h")
_OF_MODULE = "go.mod"
"""The name of a file that states which module a folder is, and which version of Go it is in."""
_PACKAGE = re.compile(rb"^package[ \t]", re.MULTILINE)
"""What every Go file has; without one it stands for a file that was left out of the bundle."""
LEFT_OUT = b"// This file was left out of the bundle.\n"
"""The text that ``collect`` puts in place of a file that it left out (``collect/provenance``)."""
_MODULE = re.compile(rb"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_LANGUAGE = re.compile(rb"^go[ \t]+(\d{1,3})\.(\d{1,3})", re.MULTILINE)
_WITHOUT_LANGUAGE = (1, 16)
"""The language of a module whose go.mod names none (https://go.dev/ref/mod#go-mod-file-go)."""


@dataclass(frozen=True, slots=True)
class SourceExcerpt:
    """Some lines of a source file around the one that a frame names.

    Attributes:
        path: the file that they were read from.
        first: number of the first line, from 1.
        lines: the lines without their newlines.
        line: number of the line that was asked for.
        origin: where the file was found: "bundle", "this machine", "working tree", "GOROOT".
        modified_ns: when the file was last changed, since 1970; 0 for one of the bundle.
    """

    path: str
    first: int
    lines: tuple[str, ...]
    line: int
    origin: str
    modified_ns: int


def bundled_sources(bundle: Bundle) -> dict[str, bytes]:
    """Return the Go files of a bundle, and what it has of go.mod, by their path inside it."""
    found: dict[str, bytes] = {}
    left = _BUNDLED
    for artefact in bundle.artefacts:
        if artefact.name.endswith((*_SUFFIXES, _OF_MODULE)) and artefact.size <= min(
            _LARGEST, left
        ):
            found[artefact.name] = bytes(bundle.read(artefact))
            left -= artefact.size
    return found


class _File(NamedTuple):
    path: str
    origin: str
    lines: tuple[str, ...]
    modified_ns: int


class Sources:
    """Looks source files up for one case."""

    def __init__(
        self,
        *,
        go_version: str = "",
        package: str = "",
        bundled: Mapping[str, bytes] | None = None,
        working: Path | None = None,
    ) -> None:
        """Look for the sources of a case.

        Args:
            go_version: the release that compiled it, ``go1.27.3``; "" if unknown.
            package: import path of the package under test.
            bundled: contents of the bundle's Go files by their path inside it.
            working: where to look for the module's ``go.mod``, and in the folders above.
        """
        self._go_version = go_version
        self._package = package.removesuffix("_test")
        self._bundled = dict(bundled or {})
        self._working = working
        self._module: tuple[str, Path] | bool | None = False
        self._goroot: Path | bool | None = False
        self.excerpt = lru_cache(maxsize=256)(self._excerpt)
        self._found = lru_cache(maxsize=256)(self._find)

    def _excerpt(self, frame: Frame, around: int = 2) -> SourceExcerpt | None:
        """Return the lines around a frame's, or None where its file is not at hand."""
        if frame.line <= 0 or not frame.file:
            return None
        found = self._found(frame.file, frame.function)
        if found is None:
            return None
        if frame.line > len(found.lines):
            return None
        first = max(1, frame.line - around)
        lines = found.lines[first - 1 : frame.line + around]
        return SourceExcerpt(found.path, first, lines, frame.line, found.origin, found.modified_ns)

    def whole(self, frame: HasFunction) -> str | None:
        """Return the text of the file that a frame names, or None where it is not at hand."""
        found = self._found(frame.file, frame.function) if frame.file else None
        return "\n".join(found.lines) if found is not None else None

    def package_files(self, frame: HasFunction) -> dict[str, str]:
        """Return the Go files beside the one that a frame names, by name; empty if not at hand.

        The text of a file that is there but was left out of the bundle, or is too large, is "".
        """
        found = self._found(frame.file, frame.function) if frame.file else None
        if found is None:
            return {}
        folder = PurePosixPath(found.path).parent
        if found.origin == "bundle":
            inside = {PurePosixPath(path): data for path, data in self._bundled.items()}
            return {
                path.name: "" if data == LEFT_OUT else data.decode("utf-8", "replace")
                for path, data in inside.items()
                if path.parent == folder and path.suffix == ".go"
            }
        beside = sorted(Path(folder).glob("*.go"))
        read = {path.name: _read(path) for path in beside[:_PACKAGE_FILES]}
        read.update((path.name, None) for path in beside[_PACKAGE_FILES:])
        return {name: (data or b"").decode("utf-8", "replace") for name, data in read.items()}

    def file_of_package(self) -> str:
        """Return the path of some Go file of the package under test; "" where none is at hand."""
        inside = (path for path in self._bundled if PurePosixPath(path).suffix == ".go")
        found = next((e for e in inside if str(PurePosixPath(e).parent) == self._package), "")
        folder = self._in_working_tree(self._package, "x.go") if self._package else None
        if found or folder is None:
            return found
        beside = sorted(folder.parent.glob("*.go"))
        return f"{self._package}/{beside[0].name}" if beside else ""

    def language(self, frame: HasFunction) -> tuple[int, int] | None:
        """Return the version of the language that a frame's file is in, as its go.mod has it.

        A file that asks for another one in a build constraint is not distinguished. None where no
        go.mod is found around the file, nor around the working tree.
        """
        tail, name = _package_path(frame.function), PurePosixPath(frame.file).name
        text = self._bundled_module(tail.removesuffix("_test"))
        above = Path(frame.file).parents if Path(frame.file).is_absolute() else ()
        if text is None:
            texts = (_read(folder / "go.mod") for folder in above)
            text = next((each for each in texts if each is not None), None)
        if text is None and self._in_working_tree(tail, name) is not None:
            assert isinstance(self._module, tuple)
            text = _read(self._module[1] / "go.mod")
        if text is None:
            return None
        found = _LANGUAGE.search(text)
        return (int(found[1]), int(found[2])) if found else _WITHOUT_LANGUAGE

    def _bundled_module(self, package: str) -> bytes | None:
        """Return the go.mod that the bundle has for a package; None for none."""
        path = PurePosixPath(package)
        for folder in (path, *path.parents)[:-1]:
            for inside, data in self._bundled.items():
                if f"/{inside}".endswith(f"/{folder}/{_OF_MODULE}"):
                    return data
        return None

    def _find(self, file: str, function: str) -> _File | None:
        tail = _package_path(function)
        name = PurePosixPath(file).name
        if not name.endswith(_SUFFIXES):
            return None  # a damaged or made-up trace shows no other file of this machine
        for inside, data in self._bundled.items():
            if data != LEFT_OUT and (
                inside == file.lstrip("/") or (tail and f"/{inside}".endswith(f"/{tail}/{name}"))
            ):
                return _File(inside, "bundle", _lines(data), 0)
        if self._is_library(tail):
            places = [(self._in_goroot(file, tail, name), "GOROOT")]
        else:
            at_home = Path(file) if Path(file).is_absolute() else None
            tree = self._in_working_tree(tail, name)
            places = [(at_home, "this machine"), (tree, "working tree")]
        for path, origin in places:
            text = _read(path)
            if path is not None and text is not None:
                return _File(str(path), origin, _lines(text), path.stat().st_mtime_ns)
        return None

    def _is_library(self, tail: str) -> bool:
        """Return whether a package is of the standard library, by its path alone."""
        if tail == "main" or tail.removesuffix("_test") == self._package:
            return False
        return "." not in tail.partition("/")[0]

    def _in_working_tree(self, tail: str, name: str) -> Path | None:
        if self._module is False:
            self._module = _module_at(self._working)
        if not isinstance(self._module, tuple):
            return None
        module, root = self._module
        if tail == "main":
            tail = self._package
        tail = tail.removesuffix("_test")
        if tail != module and not tail.startswith(f"{module}/"):
            return None
        return root / tail[len(module) :].strip("/") / name

    def _in_goroot(self, file: str, tail: str, name: str) -> Path | None:
        if self._goroot is False:
            self._goroot = _goroot_of(self._go_version)
        if not isinstance(self._goroot, Path):
            return None
        # "/usr/local/go/src/sync/mutex.go", or trimmed to "sync/mutex.go".
        inside = file.rpartition("/src/")[2] if "/src/" in file else file
        return self._goroot / "src" / (inside if "/" in inside else f"{tail}/{name}")


def _package_path(function: str) -> str:
    """Return the import path in a function's full name."""
    path, slash, last = function.rpartition("/")
    return path + slash + last.partition(".")[0].replace("%2e", ".")


def _lines(data: bytes) -> tuple[str, ...]:
    return tuple(data.decode("utf-8", "replace").split("\n"))


def _read(path: Path | None) -> bytes | None:
    try:
        if path is None or not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_bytes()
    except (OSError, ValueError):  # ValueError: a NUL in a damaged name
        return None


def _module_at(folder: Path | None) -> tuple[str, Path] | None:
    """Return the path and the folder of the module that a folder lies in."""
    if folder is None:
        return None
    for each in (folder, *folder.parents):
        data = _read(each / "go.mod")
        if data is not None and (named := _MODULE.search(data)):
            return named[1].decode("utf-8", "replace"), each
    return None


def _goroot_of(version: str) -> Path | None:
    """Return a GOROOT of exactly this release, if this machine has one."""
    places = [Path(os.environ["GOROOT"])] if os.environ.get("GOROOT") else []
    if (go := shutil.which("go")) is not None:
        places.append(Path(go).resolve().parent.parent)
    places += [Path("/usr/local/go"), Path("/usr/lib/go"), Path.home() / "sdk" / version]
    for place in places:
        data = _read(place / "VERSION")
        if data is not None and version and data.split(b"\n")[0].decode().strip() == version:
            return place
    return None
