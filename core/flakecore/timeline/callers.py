"""Who called: the first frame of a stack that is neither a printer's, a logger's nor testing's.

What a test file holds is never plumbing, be it a test of package log itself.
"""

from __future__ import annotations

from flakecore.gotrace import Frame, Stack

_PLUMBING = frozenset(
    (
        "bufio",
        "fmt",
        "internal/poll",
        "io",
        "log",
        "log/internal",
        "log/slog",
        "log/slog/internal",
        "os",
        "runtime",
        "strings",
        "bytes",
        "sync",
        "syscall",
        "testing",
        "text/tabwriter",
    )
)
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
    "github.com/stretchr/testify",
    "go.uber.org/zap",
    "gopkg.in/natefinch/lumberjack",
    "k8s.io/klog",
    "k8s.io/component-base/logs",
)


def package_of(function: str) -> str:
    """Return the import path of a function's package: ``log/slog`` of ``log/slog.(*Logger).log``.

    Dots in its last element are written ``%2e`` and stay so.
    """
    name = function.partition("[")[0]
    slash = name.rfind("/") + 1
    dot = name.find(".", slash)
    return name[:dot] if dot >= 0 else name


def is_plumbing(frame: Frame) -> bool:
    """Return whether a frame only passes on what its caller wants to print."""
    if frame.file.endswith("_test.go"):
        return False
    package = package_of(frame.function)
    return package in _PLUMBING or package.startswith(_LOGGERS)


def caller_place(stack: Stack) -> int:
    """Return the place in a stack of who called; -1 where plumbing is all there is."""
    return next((at for at, frame in enumerate(stack) if not is_plumbing(frame)), -1)
