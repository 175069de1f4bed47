"""The flags of `go test`: which of them collect cannot pass on, and what to use instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from flakecore.errors import CollectError

_RECORDED = "collect records it already; leave it out and find it in the bundle"
_NOTHING_RUN = "it runs no test; call go test yourself"
COLLISIONS: Mapping[str, str] = {
    "trace": _RECORDED,
    "json": _RECORDED,
    "cpuprofile": _RECORDED,
    "memprofile": _RECORDED,
    "blockprofile": _RECORDED,
    "mutexprofile": _RECORDED,
    "race": "it is on already where it can be; to turn it off use --no-race before the --",
    "o": "the test binary is not kept; to name the bundle use flaketui collect -o FILE",
    "outputdir": "everything goes into the bundle; to place it use flaketui collect -o FILE",
    "c": "it builds and runs nothing; run go test -c yourself",
    "n": _NOTHING_RUN,
    "list": _NOTHING_RUN,
    "C": "change to that folder first, or give its path as the package",
}

_SINCE: Mapping[str, int] = {
    "overlay": 16,
    "shuffle": 17,
    "skip": 20,
    "fullpath": 21,
    "artifacts": 26,
}
"""The minor version of Go 1 that first had a flag."""

_SWITCHES = {
    *("a", "artifacts", "asan", "benchmem", "buildvcs", "cover", "failfast", "fullpath", "json"),
    *("linkshared", "modcacherw", "msan", "race", "short", "trimpath", "v", "work", "x"),
}
"""The flags of `go test` that take a value only behind ``=``."""

_VALUED = {
    *("bench", "benchtime", "blockprofilerate", "buildmode", "compiler", "count", "covermode"),
    *("coverpkg", "coverprofile", "cpu", "fuzz", "fuzzminimizetime", "fuzztime", "installsuffix"),
    *("memprofilerate", "mod", "modfile", "mutexprofilefraction", "p", "parallel", "pgo", "pkgdir"),
    *("run", "shuffle", "skip", "tags", "timeout", "vet"),
}
"""The flags that always take one, and whose value is nobody's secret."""

_SECRET = {"asmflags", "exec", "gccgoflags", "gcflags", "ldflags", "overlay", "toolexec"}
"""Those that always take one which may hold a secret, or which names a folder."""

_PLAIN = re.compile(r"[\w.,/~+-]+")

HIDDEN = "…"
"""Stands for what may be a secret or names a folder."""


def flag_name(argument: str) -> str:
    """Return the name of a flag without dashes, ``test.`` and value; empty for no flag."""
    if not argument.startswith("-"):
        return ""
    return argument.lstrip("-").partition("=")[0].removeprefix("test.")


def is_of_go(name: str) -> bool:
    """Return whether a flag is one of `go test`, by its name without dashes."""
    return name in _SWITCHES or name in _VALUED or name in _SECRET


def flags_of(arguments: Sequence[str]) -> list[str]:
    """Return arguments of `go test` without what follows ``-args``, the test binary's own."""
    ours: list[str] = []
    for argument in arguments:
        if flag_name(argument) == "args":
            break
        ours.append(argument)
    return ours


def values_in(arguments: Sequence[str]) -> dict[str, str]:
    """Return each flag with what follows it, which may be no value of its own."""
    return {
        flag_name(argument): argument.partition("=")[2] if "=" in argument else following
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=False)
        if flag_name(argument)
    }


def without(arguments: Sequence[str], names: Iterable[str]) -> list[str]:
    """Return arguments without some flags, all of which take a value."""
    names = set(names)
    kept: list[str] = []
    value_follows = False
    for argument in arguments:
        if value_follows:
            value_follows = False
        elif flag_name(argument) in names:
            value_follows = "=" not in argument
        else:
            kept.append(argument)
    return kept


def reject_collisions(arguments: Sequence[str]) -> None:
    """Refuse arguments that would take away what collect needs for itself.

    Raises:
        CollectError: it names the argument and what to do instead.
    """
    for argument in flags_of(arguments):
        if (name := flag_name(argument)) in COLLISIONS and not asks_for_races(argument):
            raise CollectError(f"go test {argument} cannot be passed on", remedy=COLLISIONS[name])


def asks_for_races(argument: str) -> bool:
    """Return whether an argument turns on the race detector, which is on by default."""
    return flag_name(argument) == "race" and argument.partition("=")[2] in ("", "1", "true")


def lacking(names: Iterable[str], minor: int) -> list[str]:
    """Return those of some flags that Go 1.``minor`` does not have."""
    return [name for name in names if _SINCE.get(name, 0) > minor]


def without_secrets(words: Iterable[str]) -> list[str]:
    """Return words of a command line; of values only those of flags that hold no secret stay.

    A flag that is not Go's, and any behind ``-args``, is the tests' own: its value is left out. Of
    words that are no flags those stay that look like a name or a path.

    Args:
        words: what follows ``go test``.
    """
    rest = list(words)
    shown: list[str] = []
    tests_own = False
    while rest:
        word = rest.pop(0)
        name = flag_name(word)
        if not name:
            shown.append(word if _PLAIN.fullmatch(word) else HIDDEN)
        elif name == "args" and not tests_own:
            shown.append(word)
            tests_own = True
        elif not tests_own and (name in _SWITCHES or name in _VALUED):
            shown.append(word)
            if name in _VALUED and "=" not in word:
                shown += rest[:1]
                del rest[:1]
        elif "=" in word:
            shown.append(f"{word.partition('=')[0]}={HIDDEN}")
        elif rest and (name in _SECRET or not flag_name(rest[0])):
            shown.append(f"{word}={HIDDEN}")
            del rest[:1]
        else:
            shown.append(word)
    return shown


def quoted_words(text: str) -> list[str] | None:
    """Return words that are separated by blanks, some in quotes; None if a quote is not closed.

    There are no escapes: ``cmd/internal/quoted`` of the Go toolchain, which reads ``-exec`` and
    GOFLAGS.
    """
    words: list[str] = []
    rest = text.strip()
    while rest:
        if rest[0] in "\"'":
            word, closed, rest = rest[1:].partition(rest[0])
            if not closed:
                return None
        else:
            word = rest.split(None, 1)[0]
            rest = rest[len(word) :]
        words.append(word)
        rest = rest.lstrip()
    return words
