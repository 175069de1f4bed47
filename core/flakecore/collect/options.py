"""What a person asked to run, and the `go test` command line that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from flakecore.errors import CollectError

TRACE = "trace.out"
PROFILES: Mapping[str, str] = {
    "-cpuprofile": "cpu.pprof",
    "-memprofile": "mem.pprof",
    "-blockprofile": "block.pprof",
    "-mutexprofile": "mutex.pprof",
}
EVIDENCE = (TRACE, *PROFILES.values())
"""The files that the test binary itself writes, by their names in the bundle."""

_RECORDED = "collect records it already; leave it out and find it in the bundle"
_COLLISIONS: Mapping[str, str] = {
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
    "C": "change to that folder first, or give its path as the package",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectOptions:
    """One run to collect.

    Attributes:
        package: an import path or a path such as ``./pool``; it must match one package.
        test_flags: flags of `go test` by their name with its dash, each with its value:
            ``{"-run": "TestPool", "-short": "true"}``.
        extra: further `go test` arguments, passed on as they are after ``test_flags``.
        timeout: the limit of the run as Go writes it; empty for Go's own ten minutes.
        race: whether to run under the race detector where that is possible.
        output: where the bundle goes; None for a name made of package and time in the folder
            that ``cwd`` names.
        go: the ``go`` executable; None to look for one.
        cwd: the folder that ``package`` is relative to.
    """

    package: str = "."
    test_flags: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    timeout: str = ""
    race: bool = True
    output: Path | None = None
    go: Path | None = None
    cwd: Path = field(default_factory=Path.cwd)

    def reject_collisions(self) -> None:
        """Refuse arguments that would take away what collect needs for itself.

        Raises:
            CollectError: it names the argument and what to do instead.
        """
        for argument in self._flags_of_extra():
            name = _flag_name(argument)
            if name in _COLLISIONS:
                raise CollectError(
                    f"go test {argument} cannot be passed on", remedy=_COLLISIONS[name]
                )

    def effective_timeout(self) -> str:
        """Return the limit that holds: the last one given, or Go's own."""
        return self._values_in_extra().get("timeout") or self.timeout or "10m"

    def build_flags(self) -> list[str]:
        """Return the flags that decide which files make up a package."""
        asked = {flag.lstrip("-"): value for flag, value in self.test_flags.items()}
        asked |= self._values_in_extra()
        chosen = ("tags", "mod", "modfile", "overlay")
        return [f"-{flag}={asked[flag]}" for flag in chosen if asked.get(flag)]

    def _flags_of_extra(self) -> list[str]:
        """Return ``extra`` without what follows ``-args``, which is the test binary's own."""
        ours: list[str] = []
        for argument in self.extra:
            if _flag_name(argument) == "args":
                break
            ours.append(argument)
        return ours

    def _values_in_extra(self) -> dict[str, str]:
        """Return each flag of ``extra`` with what follows it, which may be no value of its own."""
        arguments = self._flags_of_extra()
        return {
            _flag_name(argument): argument.partition("=")[2] if "=" in argument else following
            for argument, following in zip(arguments, [*arguments[1:], ""], strict=False)
            if _flag_name(argument)
        }

    def command(
        self, package: str, evidence: PurePath, binary: PurePath, *, race: bool
    ) -> list[str]:
        """Return the arguments after ``go``.

        ``-count=1`` keeps Go from replaying a cached result; a count of the caller's own comes
        later and wins. The binary is named because `go test` would otherwise leave it in the
        current folder whenever a profile is asked for.

        Args:
            package: the package pattern.
            evidence: the folder that trace and profiles are written to.
            binary: where the test binary is built.
            race: whether the race detector is possible and wanted.
        """
        arguments = ["test", "-json", "-count=1", f"-race={str(race).lower()}"]
        arguments += [f"-o={binary}", f"-trace={evidence / TRACE}"]
        arguments += [f"{flag}={evidence / name}" for flag, name in PROFILES.items()]
        if self.timeout:
            arguments.append(f"-timeout={self.timeout}")
        arguments += [f"{flag}={value}" for flag, value in self.test_flags.items()]
        flags = self._flags_of_extra()
        return [*arguments, *flags, package, *self.extra[len(flags) :]]


def _flag_name(argument: str) -> str:
    """Return the name of a flag without dashes, ``test.`` and value; empty for no flag."""
    if not argument.startswith("-"):
        return ""
    return argument.lstrip("-").partition("=")[0].removeprefix("test.")
