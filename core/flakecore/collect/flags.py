"""The flags of `go test`: which of them collect cannot pass on, and what to use instead."""

from __future__ import annotations

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

_SECRETS_IN = {"ldflags", "gcflags", "asmflags", "gccgoflags", "exec", "toolexec", "overlay"}


def flag_name(argument: str) -> str:
    """Return the name of a flag without dashes, ``test.`` and value; empty for no flag."""
    if not argument.startswith("-"):
        return ""
    return argument.lstrip("-").partition("=")[0].removeprefix("test.")


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
        if (name := flag_name(argument)) in COLLISIONS:
            raise CollectError(f"go test {argument} cannot be passed on", remedy=COLLISIONS[name])


def lacking(names: Iterable[str], minor: int) -> list[str]:
    """Return those of some flags that Go 1.``minor`` does not have."""
    return [name for name in names if _SINCE.get(name, 0) > minor]


def without_secrets(words: Iterable[str]) -> list[str]:
    """Return words of a command line; values that may hold a secret or a folder are left out."""
    shown: list[str] = []
    hide_next = False
    for word in words:
        hidden = flag_name(word) in _SECRETS_IN
        if hide_next:
            shown[-1] += "=…"
        else:
            shown.append(f"{word.partition('=')[0]}=…" if hidden and "=" in word else word)
        hide_next = hidden and "=" not in word
    return shown
