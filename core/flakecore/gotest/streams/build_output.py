"""Messages of compiler and linker where a test binary cannot be built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flakecore.gotest.streams.line_search import positions_of
from flakecore.text.printable import clean

HEADER = re.compile(r"# (?:\S+(?: \[\S+\])?|\[\S+\]) *\Z")
"""What go prints above the errors of a package: ``# p``, ``# p_test [p.test]``, vet's ``# [p]``."""
ERROR = re.compile(
    r"(?!\S*[Mm]akefile:)\S+:\d+:(?:\d+:)? | {4}|too many errors|vet: |link: |compile: |asm: "
    r"|cgo: |note: |package |imports |import cycle |found packages |pattern |could not |ld: "
    r"|.*/ld: |collect2: |\S*/tool/\w+/(?:link|compile|asm|cgo|vet): "
    r"|(?:open|read|write|mkdir|create|fork/exec) \S*[/$]"
)
"""How the lines below that begin: compiler, vet, linker and the go command itself."""
_REFUSED = re.compile(r"(?:vet: )?\S+\.go:\d+:(?:\d+:)? (?!warning: |note: )", re.ASCII)
"""An error of the compiler or of vet. A C compiler's warnings name Go files as well."""
_FILES = ("$WORK/", "go-build", "ld: ")
"""What the names of the go command's own files hold while it builds, and how a linker begins."""
_NO_ROOM = re.compile(
    r"(?:\$WORK|/go-build\d+)/\S*: (?:no space left on device|cannot allocate memory)\s*\Z"
    r"|\A\S*\bld: .*: No space left on device\s*\Z"
)
_VARIANT = re.compile(r"(\S+) \[(\S+)\.test\]\Z")


def headless_errors(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the errors that stand before a package's verdict without any header above them.

    Below a header they are of the package that it names.
    """
    header = next((at for at, text in enumerate(texts) if HEADER.match(text)), len(texts))
    return tuple(texts[at] for at in range(header) if ERROR.match(texts[at]))


def no_room_for_build(texts: Sequence[str]) -> int:
    """Return where the first line is in which a build finds no room to write; -1 for none."""
    found = (at for at in positions_of(texts, _FILES) if _NO_ROOM.search(texts[at]))
    return next(found, -1)


class BuildOutput:
    """Collects build output by the import path it is about.

    Go 1.24 and later write it as build-output events with an ImportPath such as
    ``example.com/a [example.com/a.test]``. Before that it is plain text on stderr: a line
    ``# example.com/a [example.com/a.test]`` and what follows it.
    """

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._paths: dict[str, list[str]] = {}  # import paths by each package they are about
        self._plain: str | None = None  # the import path that plain text is about

    def add(self, import_path: str, output: str) -> None:
        """Add a build-output event; one without output (build-fail) changes nothing."""
        self._plain = None
        if output:
            self._append(import_path, output)

    def _append(self, import_path: str, text: str) -> None:
        if import_path not in self._texts:
            self._texts[import_path] = []
            for package in _packages_of(import_path):
                self._paths.setdefault(package, []).append(import_path)
        self._texts[import_path].append(text)

    def plain_text(self, line: str) -> None:
        """Add a line of plain text, if it is about a build."""
        if line.startswith("# "):
            self._plain = line[2:].rstrip()
        if self._plain is not None:
            self._append(self._plain, f"{line.rstrip()}\n")

    def end_of_plain_text(self) -> None:
        """Note that an event came: plain text after it is about something else."""
        self._plain = None

    def of(self, package: str, failed_build: str) -> tuple[str, ...]:
        """Return the lines about a package's own build, and about the build that it failed on."""
        paths = self._paths.get(package, [])
        if failed_build in self._texts and failed_build not in paths:
            paths = [failed_build, *paths]
        return tuple(clean(line) for path in paths for line in self._lines(path))

    def _lines(self, path: str) -> list[str]:
        return "".join(self._texts[path]).splitlines()

    def failed_packages(self, named: Iterable[str]) -> tuple[str, ...]:
        """Return the packages that the compiler or vet refused and of which nothing else is known.

        The go command's own word on them is cut off, or was never asked for.

        Args:
            named: packages of which there is a verdict.
        """
        known = set(named)
        refused: dict[str, None] = {}
        for path in self._texts:
            packages = _packages_of(path)
            if not packages & known and any(map(_REFUSED.match, self._lines(path))):
                variant = _VARIANT.match(path)
                refused[variant[2] if variant is not None else min(packages, key=len)] = None
        return tuple(refused)

    def unclaimed(self, claimed: Iterable[str]) -> tuple[str, ...]:
        """Return the lines of events about none of ``claimed`` (packages and failed builds)."""
        known = set(claimed)
        return tuple(
            clean(line)
            for path in self._texts
            if path not in known and not known & _packages_of(path)
            for line in self._lines(path)
        )


def _packages_of(import_path: str) -> set[str]:
    """Return the packages whose tests a build is for: ``p`` of ``p_test [p.test]`` and ``[p]``.

    Go before 1.11 wrote ``p_test`` alone.
    """
    variant = _VARIANT.match(import_path)
    if variant is not None:
        return {variant[1], variant[2]}
    package = import_path.strip("[]").partition(" [")[0]
    return {package, package.removesuffix("_test")}
