"""Which one package a pattern stands for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from flakecore.collect.toolchain import run_go
from flakecore.errors import CollectError


@dataclass(frozen=True, slots=True)
class Package:
    """One package, and how to name it to `go test`.

    Attributes:
        import_path: its import path.
        pattern: the argument that stands for it.
        cwd: the folder in which ``pattern`` means it.
    """

    import_path: str
    pattern: str
    cwd: Path


def resolve(go: str, pattern: str, cwd: Path, build_flags: list[str]) -> Package:
    """Return the package that a pattern matches, also if it does not compile.

    A folder outside the module of ``cwd`` is resolved from inside, in its own module.

    Raises:
        CollectError: if the pattern matches no package, or several.
    """
    found, said = _listed(go, pattern, cwd, build_flags)
    if not found and (folder := cwd / pattern).is_dir():
        inside, said_inside = _listed(go, ".", folder, build_flags)
        if len(inside) == 1:
            return Package(inside[0], ".", folder)
        said = said_inside or said
    if not found:
        raise CollectError(
            f"{pattern} is no Go package here ({said})",
            remedy="name one, such as ./pool or its import path",
        )
    if len(found) > 1:
        raise CollectError(
            f"{pattern} matches {len(found):,} packages, and collect takes one at a time",
            remedy=f"name one of them, such as {found[0]}",
        )
    return Package(found[0], pattern, cwd)


def _listed(go: str, pattern: str, cwd: Path, build_flags: list[str]) -> tuple[list[str], str]:
    """Return the import paths that match, and what Go says is wrong, on one line."""
    fields = "-json=ImportPath,Name,InvalidGoFiles,Error"
    listing = run_go(go, ["list", "-e", fields, *build_flags, "--", pattern], cwd)
    found: list[str] = []
    said = [listing.stderr]
    for package in _json_values(listing.stdout):
        # A package without a name has no Go file that could be read: there is nothing to test.
        if package.get("Name") or package.get("InvalidGoFiles"):
            found.append(package["ImportPath"])
        elif "Error" in package:
            said.append(package["Error"]["Err"])
    return found, " ".join(" ".join(said).split()) or "no package matches"


def _json_values(text: str) -> list[dict[str, Any]]:
    """Return the objects that `go list -json` prints one after the other, each indented."""
    return [orjson.loads(f"{value}}}") for value in text.split("\n}")[:-1]]
