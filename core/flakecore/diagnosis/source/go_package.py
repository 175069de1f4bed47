"""One package's files: its types, its objects, and what of it leads to an operation on one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from flakecore.diagnosis.source.calls.call_graph import CallGraph
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, parse, text_of
from flakecore.diagnosis.source.objects.lock_helpers import LockHelper, helpers_of, with_helpers
from flakecore.diagnosis.source.objects.object_uses import PackageUses
from flakecore.diagnosis.source.objects.operations import Operation
from flakecore.diagnosis.source.shared_state.analyses import Analyses
from flakecore.diagnosis.source.shared_state.variable_writes import VariableWrites
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.diagnosis.source.values.value_origins import ValueOrigins
from flakecore.frames import HasFunction, is_standard
from flakecore.python_gc import python_gc_paused

_LITERALS = re.compile(r"(?:\[\.\.\.\])?(?:\.(?:func)?\d+)*")
"""What a frame's name has behind the declared function's: its literals (``cmd/compile``, closures
are named ``outer.func1``, those within them ``outer.func1.2``)."""


class GoPackage:
    """The parsed files of one folder.

    Attributes:
        folder: its path as the stacks have it.
        files: its files by name.
        types: its types.
        is_whole: whether all its files are there, so that what none of them does is done nowhere.
    """

    def __init__(self, folder: str, roots: Mapping[str, Node], *, is_whole: bool) -> None:
        """Take the roots of the files that could be parsed, by name."""
        self.folder = folder
        self.is_whole = is_whole
        self.types = PackageTypes(roots)
        self.files = {name: GoFile(root, self.types) for name, root in roots.items()}

    @staticmethod
    def parsed(folder: str, texts: Mapping[str, str]) -> GoPackage | None:
        """Return a package by the texts of its files; None where none can be parsed here.

        A text is empty where a file of that name is known and not at hand.
        """
        parsed = {name: parse(text.encode()) for name, text in texts.items() if text}
        roots = {name: root for name, root in parsed.items() if root is not None}
        is_whole = len(roots) == len(texts)
        return GoPackage(folder, roots, is_whole=is_whole) if roots else None

    @cached_property
    def uses(self) -> PackageUses:
        """What is done with the package's objects."""
        with python_gc_paused():
            return PackageUses(self.files, self.types, self.calls, is_whole=self.is_whole)

    @cached_property
    def calls(self) -> CallGraph:
        """Which functions may call which."""
        with python_gc_paused():
            return CallGraph(self.files, self.types)

    @cached_property
    def origins(self) -> ValueOrigins:
        """Where its values come from."""
        return ValueOrigins(self.types, self.calls)

    @cached_property
    def writes(self) -> VariableWrites:
        """Where its variables are changed, and which tests change them."""
        return VariableWrites(Analyses(self.files, self.types, self.calls, self.origins))

    @cached_property
    def lock_operations(self) -> dict[str, tuple[Operation, ...]]:
        """The operations of each file, with calls of functions that lock or unlock for others."""
        return with_helpers(self.files, self.types, self.lock_helpers)

    @cached_property
    def lock_helpers(self) -> dict[tuple[str, str], LockHelper]:
        """The methods that lock or unlock for their callers."""
        return helpers_of(self.files)

    @property
    def is_importable(self) -> bool:
        """Whether other packages may import it: it has files that are no tests."""
        return not all(name.endswith("_test.go") for name in self.files)

    def is_within(self, package: str) -> bool:
        """Return whether its files import nothing but themselves and the standard library.

        Nobody else is part of a test of it then, who could use what it exports.

        Args:
            package: its import path.
        """
        paths = {path for file in self.files.values() for path in file.imports.values()}
        return self.is_whole and all(each == package or is_standard(each) for each in paths)

    def has(self, frame: HasFunction) -> bool:
        """Return whether a frame stands in one of the files, if at a line of another revision."""
        return frame.file.rpartition("/")[0] == self.folder

    def function_of(self, frame: HasFunction) -> tuple[str, Node] | None:
        """Return the file and the function that a frame stands in; None for none.

        A line in a function of another name is of another revision of the file. Of literals within
        each other that share a line it is the one of the depth that the frame's name has, or else
        the innermost.
        """
        name = frame.file.rpartition("/")[2]
        if name not in self.files or frame.file != f"{self.folder}/{name}":
            return None
        function = self.files[name].function_at(getattr(frame, "line", 0))
        declared = declared_around(function) if function is not None else None
        if function is None or declared is None:
            return None
        own_name = text_of(declared.child_by_field_name("name"))
        if own_name not in frame.function:
            return None
        return name, _of_depth(function, frame.function.rpartition(own_name)[2]) or function


def _of_depth(innermost: Node, literals: str) -> Node | None:
    """Return the function around a line whose literals are nested as in a name: ``.func1.2``.

    None where the name has other parts, as that of a loop over a function's values has.
    """
    if not _LITERALS.fullmatch(literals):
        return None
    chain: list[Node] = []
    function: Node | None = innermost
    while function is not None:
        chain.append(function)
        function = enclosing(function, *FUNCTIONS)
    depth = literals.count(".")
    return chain[-1 - depth] if depth < len(chain) else None
