"""The Go files of the packages under test, copied into the bundle.

A rule that names a lock, or a pane that shows a line, needs the file that was compiled, and a
bundle is read on another machine, days later. Files of the packages under test come first, then
others of their modules, up to a limit; nothing outside of the modules, no link, and no file but
Go's. Of a go.mod, the version of Go is noted, and nothing else. Of the standard library, only the
packages under test are copied.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from flakecore.collect.command.packages import Package

SOURCES_FOLDER = "sources"
LIMIT = 2 << 20
"""Bytes of all files together. The median Go module of the standard library's size has 300 KB."""
_LARGEST_FILE = 256 << 10
"""Bytes of one file: larger ones are nearly always generated.

In place of one that is left out, for its size or for the limit, stands a comment where others of
its folder are copied: so whoever reads the bundle sees that there is more to the package.
"""
LEFT_OUT = "// This file was left out of the bundle.\n"
"""``flakecore.timeline.sources`` recognises it by this text."""
_SKIPPED = {"vendor", "testdata", "node_modules"}
_LANGUAGE = re.compile(rb"^[ \t]*go[ \t]+(\d{1,3}\.\d{1,3})", re.MULTILINE)
"""The version of the language in a go.mod (https://go.dev/ref/mod#go-mod-file-go)."""


def copy_sources(root: Path, packages: Sequence[Package]) -> list[str]:
    """Copy the Go files of packages and of their modules below ``root``/sources.

    Args:
        root: the bundle in its unpacked layout.
        packages: those under test.

    Returns:
        What is missing, as sentences.
    """
    for module, import_path in _modules(packages).items():
        _note_language(module, import_path, root / SOURCES_FOLDER)
    left, missing, left_out = LIMIT, list[str](), list[Path]()
    copied: set[Path] = set()
    folders: set[Path] = set()
    for path, inside in _files(packages):
        if path in copied:
            continue
        copied.add(path)
        try:
            size = path.stat().st_size
            data = path.read_bytes() if size <= _LARGEST_FILE and not missing else b""
        except OSError:
            continue
        if len(data) > left:
            missing.append(f"Go files of the modules beyond {LIMIT >> 20} MB")
            data = b""
        left -= len(data)
        place = root / SOURCES_FOLDER / inside
        if not data:
            left_out += [place] if size else []
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        folders.add(place.parent)
    for place in left_out:
        if place.parent in folders:
            place.write_text(LEFT_OUT)
    return missing


def _files(packages: Sequence[Package]) -> Iterator[tuple[Path, Path]]:
    """Yield each Go file with its place in the bundle: those under test first."""
    for package in packages:
        if package.folder and Path(package.folder).is_dir():
            yield from _of_folder(Path(package.folder), package.import_path)
    for module, path in _modules(packages).items():
        if (module / "unsafe" / "unsafe.go").is_file():
            continue
        for place, folders, _ in os.walk(module):
            folders[:] = sorted(
                name
                for name in folders
                if name[0] not in "._"
                and name not in _SKIPPED
                and not (Path(place) / name / "go.mod").exists()
            )
            below = Path(place).relative_to(module).as_posix()
            yield from _of_folder(Path(place), path if below == "." else f"{path}/{below}")


def _modules(packages: Sequence[Package]) -> dict[Path, str]:
    """Return the folders of the modules that packages are part of, with their import paths."""
    modules: dict[Path, str] = {}
    for package in packages:
        folder = Path(package.folder) if package.folder else None
        if folder is None or not folder.is_dir():
            continue
        around = (each for each in (folder, *folder.parents) if (each / "go.mod").is_file())
        module = next(around, None)
        if module is not None:
            below = folder.relative_to(module).as_posix()
            path = package.import_path
            modules.setdefault(module, path if below == "." else path.removesuffix(f"/{below}"))
    return modules


def _note_language(module: Path, import_path: str, root: Path) -> None:
    """Write a go.mod with a module's path and its version of Go, by which loops differ."""
    try:
        found = _LANGUAGE.search((module / "go.mod").read_bytes()[:_LARGEST_FILE])
    except OSError:
        return
    if found is not None and not (module / "unsafe" / "unsafe.go").is_file():
        place = root / import_path / "go.mod"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"module {import_path}\n\ngo {found[1].decode()}\n")


def _of_folder(folder: Path, import_path: str) -> Iterator[tuple[Path, Path]]:
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return
    for path in paths:
        if path.suffix == ".go" and path.is_file() and not path.is_symlink():
            yield path, Path(import_path) / path.name
