"""Which packages some patterns stand for, and in which module each is to be tested."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from flakecore.collect.command.toolchain import run_go
from flakecore.errors import CollectError

_BELOW = "/..."
_NO_MODULES_IN = {"vendor", "testdata", "node_modules"}


@dataclass(frozen=True, slots=True)
class Package:
    """One package that is to be tested.

    Attributes:
        import_path: its import path.
        folder: the folder that its tests run in, without symbolic links; empty if unknown.
    """

    import_path: str
    folder: str


@dataclass(frozen=True, slots=True)
class Group:
    """Packages that one `go test` can run, because they are of one module or workspace.

    Attributes:
        cwd: the folder to run it in.
        patterns: the arguments that stand for the packages there.
        packages: what they stand for.
    """

    cwd: Path
    patterns: tuple[str, ...]
    packages: tuple[Package, ...]


def resolve(
    go: str, patterns: Sequence[str], cwd: Path, build_flags: Sequence[str]
) -> tuple[Group, ...]:
    """Return the packages that patterns match, also those that do not compile.

    A folder outside the module of ``cwd`` is resolved from inside, in its own module; a pattern
    such as ``./...`` outside any module stands for those of all modules below, and an import path
    is looked for in these too.

    Raises:
        CollectError: if a pattern matches no package.
    """
    groups: dict[Path, Group] = {}
    for pattern in patterns:
        found, errors = _listed(go, pattern, cwd, build_flags)
        here = [Group(cwd, (pattern,), tuple(found))] if found else []
        for module, inside in _elsewhere(pattern, cwd) if not found else ():
            found, errors_inside = _listed(go, inside, module, build_flags)
            errors = errors_inside or errors
            if found:
                here.append(Group(module, (inside,), tuple(found)))
        if not here:
            raise CollectError(
                f"{pattern} is no Go package here ({errors})",
                remedy="name one, such as ./pool or its import path",
            )
        for group in here:
            known = groups.get(group.cwd, Group(group.cwd, (), ()))
            groups[group.cwd] = Group(
                group.cwd,
                (*known.patterns, *group.patterns),
                tuple(dict.fromkeys([*known.packages, *group.packages])),
            )
    return tuple(groups.values())


def _elsewhere(pattern: str, cwd: Path) -> Iterator[tuple[Path, str]]:
    """Yield folders in which a pattern that means nothing here may, and how it is written there."""
    folder = cwd / pattern.removesuffix(_BELOW)
    if not folder.is_dir():
        for module in _modules_below(cwd) if pattern[0] not in "./" else ():
            if f"{pattern}/".startswith(f"{_module_path(module)}/"):
                yield module, pattern
    elif not pattern.endswith(_BELOW):
        yield folder, "."
    elif any((above / "go.mod").exists() for above in (folder, *folder.resolve().parents)):
        yield folder, "./..."
    else:
        yield from ((module, "./...") for module in _modules_below(folder))


def _modules_below(folder: Path) -> Iterator[Path]:
    """Yield a folder and those below that are the roots of modules."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name[0] not in "._" and name not in _NO_MODULES_IN
        )
        if "go.mod" in files:
            yield Path(place)


def _module_path(module: Path) -> str:
    """Return the path that a module's go.mod gives it; one that is no path if it gives none."""
    try:
        text = (module / "go.mod").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "."
    found = re.search(r"^module\s+[\"`]?([^\s\"`]+)", text, re.MULTILINE)
    return found[1] if found else "."


def _listed(
    go: str, pattern: str, cwd: Path, build_flags: Sequence[str]
) -> tuple[list[Package], str]:
    """Return the packages that match, and Go's errors, on one line."""
    fields = "-json=ImportPath,Dir,Name,InvalidGoFiles,Error"
    listing = run_go(go, ["list", "-e", fields, *build_flags, "--", pattern], cwd)
    found: list[Package] = []
    errors = [listing.stderr]
    for package in _json_values(listing.stdout):
        # A package without a name has no Go file that could be read: there is nothing to test.
        if package.get("Name") or package.get("InvalidGoFiles"):
            folder = package.get("Dir", "")
            found.append(Package(package["ImportPath"], os.path.realpath(folder) if folder else ""))
        elif "Error" in package:
            errors.append(package["Error"]["Err"])
    return found, " ".join(" ".join(errors).split()) or "no package matches"


def _json_values(text: str) -> list[dict[str, Any]]:
    """Return the objects that `go list -json` prints one after the other, each indented."""
    return [orjson.loads(f"{value}}}") for value in text.split("\n}")[:-1]]
