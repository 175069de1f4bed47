"""What a stack frame is, and which frame of a stack is one's own.

A frame is of one of four kinds, by its function's import path and its file:

- the **standard library**'s, the runtime and package testing among it;
- an **assertion** or **logging** library's, which only passes on its caller's message;
- of the **module under test**: of the package under test, or of a package that shares its module's
  path as far as that shows without a ``go.mod``;
- of any **other** module.

One's own frame is the innermost of the module under test, or else the innermost of another module.
A stack of the standard library alone is named by its first frame that does more than wait or fail.
Everything that names one place for a whole stack (report, explorer, alignment) asks here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

_STANDARD = frozenset(
    (
        *("archive", "bufio", "builtin", "bytes", "cmd", "cmp", "compress", "container", "context"),
        *("crypto", "database", "debug", "embed", "encoding", "errors", "expvar", "flag", "fmt"),
        *("go", "hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math"),
        *("mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort"),
        *("strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time"),
        *("unicode", "unique", "unsafe", "vendor", "weak"),
    )
)
"""First elements of the standard library's import paths (``go list std`` and ``cmd``, Go 1.27)."""

_PRINTING = frozenset(
    (
        *("bufio", "bytes", "fmt", "internal/poll", "io", "log", "log/internal", "log/slog"),
        *("log/slog/internal", "os", "runtime", "strings", "sync", "syscall", "testing"),
        "text/tabwriter",
    )
)
"""Packages of the standard library that output passes through on its way to the system call."""

_LOGGERS = (
    "cloud.google.com/go/logging",
    "github.com/apex/log",
    "github.com/charmbracelet/log",
    "github.com/go-kit/log",
    "github.com/go-logr/",
    "github.com/golang/glog",
    "github.com/hashicorp/go-hclog",
    "github.com/inconshreveable/log15",
    "github.com/neilotoole/slogt",
    "github.com/phuslu/log",
    "github.com/rs/zerolog",
    "github.com/sirupsen/logrus",
    "go.uber.org/zap",
    "gopkg.in/natefinch/lumberjack",
    "k8s.io/component-base/logs",
    "k8s.io/klog",
)
_ASSERTIONS = (
    "github.com/alecthomas/assert",
    "github.com/frankban/quicktest",
    "github.com/go-check/check",
    "github.com/go-quicktest/qt",
    "github.com/golang/mock/gomock",
    "github.com/google/go-cmp/",
    "github.com/matryer/is",
    "github.com/onsi/ginkgo",
    "github.com/onsi/gomega",
    "github.com/shoenig/test",
    "github.com/smartystreets/goconvey",
    "github.com/stretchr/testify",
    "go.uber.org/goleak",
    "go.uber.org/mock/gomock",
    "gopkg.in/check.v",
    "gotest.tools/",
)
"""Import paths, or how they begin, of libraries that fail or log for their caller."""

_VENDOR = "/vendor/"
_GENERATED = "_testmain.go"
"""The file with the ``main`` that the go command writes for the tests of a package
(cmd/go/internal/load/test.go); no package can have one, for files that begin with ``_`` are none.
"""

_UNLOCKERS = frozenset(
    (
        *("sync.(*Mutex).Unlock", "internal/sync.(*Mutex).Unlock"),
        *("sync.(*RWMutex).Unlock", "sync.(*RWMutex).RUnlock"),
        *("runtime.unlock", "runtime.unlock2", "runtime._LostContendedRuntimeLock"),
    )
)
_WAITING = (
    *("runtime.", "runtime/", "sync.", "sync/", "internal/", "testing.", "time.", "syscall."),
    *("os.", "iter.", "panic("),
    *_ASSERTIONS,
)
"""How functions begin in which other code waits or fails."""

_WITH_OWNER = ("bitbucket.org", "codeberg.org", "git.sr.ht", "github.com", "gitlab.com")
"""Hosts whose modules have an owner and a name behind the host."""
_WRAPPER = re.compile(r"\.gowrap\d+$")
"""The compiler's wrapper around ``go f(x)`` (cmd/compile, since Go 1.21)."""


_OF_PROBE = re.compile(r"\.flaketui[A-Z]")
"""In the names of all functions that ``collect`` builds into a test binary, and of none else."""


class HasFunction(Protocol):
    """A frame of a trace, a dump, a profile or a race report."""

    @property
    def function(self) -> str:
        """Its qualified name, as the linker has it: ``net/http.(*Server).Serve``."""

    @property
    def file(self) -> str:
        """Path of its source file; "" if unknown."""


_F = TypeVar("_F", bound=HasFunction)


def package_of(function: str) -> str:
    """Return the import path of a function's package: ``log/slog`` of ``log/slog.(*Logger).log``.

    Dots in its last element are written ``%2e`` and stay so.
    """
    name = function.partition("[")[0]
    slash = name.rfind("/") + 1
    dot = name.find(".", slash)
    return name[:dot] if dot >= 0 else name


def is_wrapper(function: str) -> bool:
    """Return whether a function is the compiler's, around a call, and stands in no source."""
    return _WRAPPER.search(function) is not None


def is_of_probe(function: str) -> bool:
    """Return whether a function is one that ``collect`` built into the test binary."""
    return _OF_PROBE.search(function) is not None


def without_probe(stack: Sequence[_F]) -> tuple[_F, ...]:
    """Return the frames of a stack beyond those of what ``collect`` built in, innermost first."""
    own = [at for at, frame in enumerate(stack) if is_of_probe(frame.function)]
    return tuple(stack[own[-1] + 1 :]) if own else tuple(stack)


def unlocks(function: str) -> bool:
    """Return whether a function lets go of a lock: the innermost of a mutex profile's stacks.

    Block and mutex profiles count the same things; contention on a lock is charged to who lets go
    of it (``src/runtime/mprof.go``, mutexevent), and in these functions nobody waits.
    """
    return function in _UNLOCKERS


def is_own(frame: HasFunction, package: str = "") -> bool:
    """Return whether a frame is neither the standard library's nor an assertion or log library's.

    What stands in the package under test is one's own whatever its path, apart from the ``main``
    that the go command generates for its tests.
    """
    return _is_own_function(frame.function, package) and not _is_generated(frame)


@lru_cache(maxsize=4096)
def _is_own_function(function: str, package: str) -> bool:
    home = package_of(function)
    if package and _tested(home) == _tested(package):
        return True
    return not (_is_standard(home) or _without_vendor(home).startswith(_LOGGERS + _ASSERTIONS))


def own_frame(frames: Sequence[_F], package: str = "") -> _F | None:
    """Return the frame that names a stack; None where all of it only waits or fails.

    The innermost of the module under test, or else of any other module, or else the innermost of
    the standard library that other packages do not merely wait or fail in.

    Args:
        frames: innermost first.
        package: import path of the package under test; its external tests count as its own.
    """
    best, best_rank = None, OTHERS
    for frame in frames:
        rank = own_rank(frame, package)
        if rank < best_rank:
            best, best_rank = frame, rank
    return best


def shown_frame(frames: Sequence[_F], package: str = "") -> _F | None:
    """Return the frame that is shown for a stack, whatever it consists of; None for an empty one.

    The one that names it, or else the innermost outside the runtime, or else the innermost.
    """
    outside = (each for each in frames if not each.function.startswith(("runtime.", "internal/")))
    return own_frame(frames, package) or next(outside, None) or next(iter(frames), None)


OTHERS = 3
"""The rank of a frame that names no stack: in it other code waits or fails."""


def own_rank(frame: HasFunction, package: str) -> int:
    """Return how well a frame names a stack: the lowest does, of equal ones the innermost.

    Returns:
        0 for one of the module under test, 1 for one of another module, 2 for one of the standard
        library that other packages do not merely wait or fail in, ``OTHERS`` for any other.
    """
    if is_own(frame, package):
        return 0 if package and _is_of_module(frame.function, package) else 1
    if frame.function.startswith(_WAITING) or _is_generated(frame):
        return OTHERS
    return 2


@lru_cache(maxsize=4096)
def _is_of_module(function: str, package: str) -> bool:
    module = _module_of(_tested(package))
    home = _tested(package_of(function))
    return (home == module or home.startswith(f"{module}/")) and _VENDOR not in home


def split_own(frames: Sequence[_F], package: str) -> tuple[tuple[_F, ...], tuple[_F, ...]]:
    """Return one's own frames and all others, each innermost first."""
    own = tuple(frame for frame in frames if is_own(frame, package))
    return own, tuple(frame for frame in frames if not is_own(frame, package))


def printing_caller(frames: Sequence[HasFunction]) -> int:
    """Return the place of the frame that asked for output to be printed; -1 where there is none.

    That is the innermost one that is neither a printer's, a logger's, an assertion library's nor
    package testing's. What a test file holds is none of these, be it a test of package log itself.
    """
    return next((at for at, frame in enumerate(frames) if not _passes_on_output(frame)), -1)


def _passes_on_output(frame: HasFunction) -> bool:
    if frame.file.endswith("_test.go"):
        return False
    package = package_of(frame.function)
    return package in _PRINTING or package.startswith(_LOGGERS + _ASSERTIONS)


def _is_generated(frame: HasFunction) -> bool:
    return frame.file.endswith(_GENERATED) and frame.file.rpartition("/")[2] == _GENERATED


def _is_standard(package: str) -> bool:
    """Return whether an import path is the standard library's; C symbols have none and count."""
    return package.partition("/")[0] in _STANDARD or package in ("", "panic", "gopanic")


def _without_vendor(package: str) -> str:
    """Return the import path of a package that lies in a vendor folder as others write it.

    Before modules, a copy's path was that of the folder: ``p/vendor/github.com/x`` (Go 1.5).
    """
    return package.rpartition(_VENDOR)[2]


def _tested(package: str) -> str:
    """Return the package that an external test package tests, or the package itself."""
    return package.removesuffix("_test")


def _module_of(package: str) -> str:
    """Return what the packages of a module share: host, owner and name, or the first element."""
    elements = package.split("/")
    if elements[0] in _WITH_OWNER:
        return "/".join(elements[:3])
    return "/".join(elements[: 2 if "." in elements[0] else 1])
