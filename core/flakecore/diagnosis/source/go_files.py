"""The Go files of a case's stacks, each package parsed once and only when a rule asks for it."""

from __future__ import annotations

from functools import lru_cache

from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.source.go_file import GoFile, short_name
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.objects.held_locks import held_locks
from flakecore.diagnosis.source.objects.lock_helpers import PAIRS
from flakecore.diagnosis.source.objects.operations import ObjectName, Operation, OperationKind
from flakecore.diagnosis.source.syntax import is_deferred, parameters
from flakecore.diagnosis.source.values.raced_variables import (
    RacedLine,
    RacedVariable,
    raced_variable,
)
from flakecore.frames import HasFunction, is_own, package_of
from flakecore.timeline import Frame
from flakecore.timeline.sources import Sources

_KINDS = tuple(OperationKind)
_LARGEST_PACKAGE = 2 << 20
"""Bytes of a package that is parsed at most: it takes 2 s. Larger ones are generated."""
_LOCK_TYPES = ("sync.Mutex", "sync.RWMutex")
_PARSED = 1
"""Cases whose parsed files are kept: those of a package of 1 MB take some 300 MB."""


class GoFiles:
    """Looks up and parses the packages that frames name; without sources it has none."""

    def __init__(self, sources: Sources | None, package: str = "") -> None:
        """Take where sources may be found, and the import path of the package under test."""
        self._sources = sources
        self._package = package
        self._packages: dict[str, GoPackage | None] = {}
        self._of_function: dict[tuple[str, str], GoPackage | None] = {}
        self._held: dict[tuple[str, str, int, str], list[Operation]] = {}
        self._raced: dict[tuple[RacedLine, RacedLine], RacedVariable | None] = {}

    def file_of(self, frame: HasFunction) -> GoFile | None:
        """Return the parsed file of a frame; None where it is not at hand or has no parser.

        None, too, where the frame's function does not stand in its line: it is another revision.
        """
        package = self.package_of(frame)
        if package is None or package.function_of(frame) is None:
            return None
        return package.files.get(frame.file.rpartition("/")[2])

    def package_of(self, frame: HasFunction) -> GoPackage | None:
        """Return the package that a frame's file is part of; None where it is not at hand.

        Packages of the standard library, of assertion and of log libraries are not looked at.
        """
        key = frame.file, frame.function
        if key not in self._of_function:  # Ten thousand goroutines may stand in one.
            self._of_function[key] = self._find_package(frame)
        return self._of_function[key]

    def _find_package(self, frame: HasFunction) -> GoPackage | None:
        if self._sources is None or not frame.file.endswith(".go"):
            return None
        if not is_own(frame, self._package):
            return None
        folder = frame.file.rpartition("/")[0]
        if folder not in self._packages:
            texts = self._sources.package_files(frame)
            small = sum(map(len, texts.values())) <= _LARGEST_PACKAGE
            self._packages[folder] = GoPackage.parsed(folder, texts) if small else None
        return self._packages[folder]

    def modified_ns(self, frame: Frame) -> int:
        """Return when a frame's file was last changed, in Unix nanoseconds; 0 if unknown."""
        excerpt = self._sources.excerpt(frame, 0) if self._sources is not None else None
        return excerpt.modified_ns if excerpt is not None else 0

    def under_test(self) -> GoPackage | None:
        """Return the package under test, where no frame names one of its files; None if not there.

        Its folder is its import path.
        """
        path = self._sources.file_of_package() if self._sources is not None else ""
        if not path:
            return None
        return self.package_of(StackFrame(f"{self._package.removesuffix('_test')}.f", path, 1))

    def language(self, frame: HasFunction) -> tuple[int, int] | None:
        """Return the version of the language that a frame's file is in; None if unknown."""
        return self._sources.language(frame) if self._sources is not None else None

    def may_be_used_elsewhere(self, package: GoPackage, frame: HasFunction) -> bool:
        """Return whether other packages may use what a package exports, while its tests run.

        Args:
            package: the package.
            frame: a frame that stands in it.
        """
        home = package_of(frame.function).removesuffix("_test")
        if not package.is_importable:
            return False
        return home != self._package.removesuffix("_test") or not package.is_within(home)

    def held_at(
        self, frame: HasFunction, line: int, inner: HasFunction | None = None
    ) -> list[Operation]:
        """Return the locks that a frame's function holds at a line, as far as its text shows.

        Args:
            frame: whose file is looked at.
            line: of the file; 0 for anywhere in the function, where any that it takes may be held.
            inner: the frame that is called there, where it is known: a line that does not name it
                is of another revision of the file, which shows nothing.
        """
        key = (frame.file, frame.function, line, inner.function if inner is not None else "")
        if key not in self._held:
            self._held[key] = self._held_at(frame, line, inner)
        return self._held[key]

    def _held_at(self, frame: HasFunction, line: int, inner: HasFunction | None) -> list[Operation]:
        package, file = self.package_of(frame), self.file_of(frame)
        if package is None or file is None:
            return []
        name = frame.file.rpartition("/")[2]
        if line <= 0:
            found = package.function_of(frame)
            return [
                each
                for each in package.lock_operations[name]
                if found is not None and each.function == found[1] and each.kind in PAIRS
            ]
        if not file.calls(line, inner.function if inner is not None else ""):
            return []
        stands = package.function_of(frame) if line == getattr(frame, "line", 0) else None
        function = stands[1] if stands is not None else None
        return held_locks(file, package.lock_operations[name], line, function)

    def raced_variable(self, one: RacedLine, other: RacedLine) -> RacedVariable | None:
        """Return the only variable that both accesses of a race may touch; None where it is open.

        Hundreds of parallel tests may fail by the same reports.
        """
        if (one, other) not in self._raced:
            package = self.package_of(one.frame)
            found = raced_variable(package, one, other) if package is not None else None
            self._raced[one, other] = found
        return self._raced[one, other]

    def operations_at(
        self, frame: HasFunction, line: int, *kinds: OperationKind
    ) -> list[Operation]:
        """Return the operations of some kinds, or of any, in a line of a frame's file."""
        file = self.file_of(frame)
        return file.at(line, *(kinds or _KINDS)) if file is not None else []

    def deferred_to(self, frame: StackFrame, *kinds: OperationKind) -> list[Operation]:
        """Return the deferred operations of some kinds that run where a frame is leaving."""
        file = self.file_of(frame)
        return file.deferred_to(frame.line, *kinds) if file is not None else []

    def hands_over(self, frame: HasFunction, lock: Operation) -> bool:
        """Return whether a literal within the function that locks may unlock at another time."""
        package = self.package_of(frame)
        operations = package.lock_operations if package is not None else {}
        return any(
            each.kind is PAIRS[lock.kind]
            and each.object.is_same(lock.object)
            and each.object.text == lock.object.text
            and each.function != lock.function
            and lock.function.start_byte < each.node.start_byte < lock.function.end_byte
            and not is_deferred(each.function)
            for each in operations.get(frame.file.rpartition("/")[2], ())
        )

    def is_of_copy(self, frame: HasFunction, lock: ObjectName) -> bool:
        """Return whether a lock is part of a parameter that a frame's function takes by value."""
        package = self.package_of(frame)
        stands = package.function_of(frame) if package is not None else None
        if package is None or stands is None:
            return False
        given, root = parameters(stands[1]), lock.text.partition(".")[0]
        kinds = [kind.partition("[")[0] for name, kind in given if name == root]
        types, field = package.types, lock.path[1:]
        for kind in kinds:  # What is embedded by value is copied with it.
            kinds += [each for each in types.embedded.get(kind, ()) if each not in kinds]
        for kind in kinds:
            of_field = types.fields.get(kind, {}).get(field, "")
            embedded = types.embedded.get(kind, ())
            is_value = of_field in _LOCK_TYPES and f"*{of_field}" not in embedded
            if lock.scope == f"type {kind}" and (kind in _LOCK_TYPES or is_value):
                return True
        return False

    def receiver_of(self, frame: HasFunction) -> str:
        """Return the name of the receiver of the method that a frame is in; "" for none."""
        package = self.package_of(frame)
        stands = package.function_of(frame) if package is not None else None
        function = stands[1] if stands is not None else None
        if function is None or function.child_by_field_name("receiver") is None:
            return ""
        return parameters(function)[0][0]

    def locks_for_caller(self, frame: HasFunction) -> bool:
        """Return whether a frame's function is a method that locks, and leaves it to its callers.

        False where the source is not at hand.
        """
        package = self.package_of(frame)
        stands = package.function_of(frame) if package is not None else None
        if package is None or stands is None or stands[1].type != "method_declaration":
            return False
        receiver = parameters(stands[1])[0][1].lstrip("*").partition("[")[0]
        name = text_of(stands[1].child_by_field_name("name"))
        helper = package.lock_helpers.get((receiver, name))
        return helper is not None and helper.kind in PAIRS

    def may_unlock(self, state: GoroutineState) -> bool:
        """Return whether a goroutine stands in a function that unlocks something, or may do."""
        for frame in state.frames:
            if not is_own(frame, self._package):
                continue
            package = self.package_of(frame)
            stands = package.function_of(frame) if package is not None else None
            if package is None or stands is None:
                return True
            file, function = stands
            if any(
                each.kind in PAIRS.values()
                and function.start_byte <= each.node.start_byte < function.end_byte
                for each in package.lock_operations[file]
            ):
                return True
        return False

    def receiver_at(self, frame: HasFunction, inner: HasFunction) -> str:
        """Return the receiver by which a frame calls a method in its line; "" if unknown."""
        file, name = self.file_of(frame), short_name(inner.function)
        found = set()
        for call in file.calls_of if file is not None and name else ():
            called = call.child_by_field_name("function")
            is_there = line_of(call) == getattr(frame, "line", 0)
            if not is_there or called.type != "selector_expression":
                continue
            if text_of(called.child_by_field_name("field")) == name:
                found.add(text_of(called.child_by_field_name("operand")))
        return found.pop() if len(found) == 1 else ""


@lru_cache(_PARSED)
def files_of(sources: Sources | None, package: str) -> GoFiles:
    """Return the Go files of a case, which all questions about it share: each is parsed once.

    Args:
        sources: where they may be found; None for nowhere.
        package: import path of the package under test.
    """
    return GoFiles(sources, package)
