"""What will be run and with what, settled before anything runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flakecore.collect.binaries.exec_wrapper import Wrapper, make_wrapper, split_exec
from flakecore.collect.binaries.overlay import Overlay, write_overlay
from flakecore.collect.binaries.relay import has_packet_pipes
from flakecore.collect.command.flags import quoted_words
from flakecore.collect.command.options import CollectOptions, written_by_binary
from flakecore.collect.command.packages import Group, Package, resolve
from flakecore.collect.command.toolchain import Toolchain, find_go, toolchain_at
from flakecore.collect.objects.standard_library import why_not_built
from flakecore.collect.zip_writer import check_place
from flakecore.errors import CollectError

_OLDEST = 21
_FIRST_WITH_FLIGHT_RECORDER = 25


@dataclass(frozen=True, slots=True)
class Plan:
    """A collection that can begin.

    Attributes:
        options: what was asked for.
        toolchain: the Go that runs it.
        groups: the packages, by the folder in which `go test` runs them.
        race: whether the race detector is on.
        dropped: names of flags that this Go lacks, which are left out.
        relayed: whether this system has what it takes to record writes.
        missing: what will not be recorded and why, as sentences.
        output: where the bundle goes.
    """

    options: CollectOptions
    toolchain: Toolchain
    groups: tuple[Group, ...]
    race: bool
    dropped: tuple[str, ...]
    relayed: bool
    missing: tuple[str, ...]
    output: Path

    @property
    def packages(self) -> tuple[Package, ...]:
        """All packages, in the order of the patterns."""
        return tuple(package for group in self.groups for package in group.packages)

    @property
    def import_paths(self) -> tuple[str, ...]:
        """The import paths of all packages, each once."""
        return tuple(dict.fromkeys(package.import_path for package in self.packages))


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run needs besides Go.

    Attributes:
        wrapper: the relay.
        overlays: of each group the file that ``-overlay`` names, or None.
        probe: whether the test binaries get the probe.
        missing: why they do not, if they should, and what the objects page will lack, as
            sentences.
        can_randomise: whether the order in which goroutines run can be made random.
        reports_tests: whether the probe learns which tests failed.
        flight_ns: how much of the trace is recorded before each failure; 0 for the whole of it.
        traceback: what GOTRACEBACK is, unless a person has set it.
    """

    wrapper: Wrapper
    overlays: tuple[Path | None, ...]
    probe: bool
    missing: tuple[str, ...]
    can_randomise: bool
    reports_tests: bool
    flight_ns: int
    traceback: str


def make_plan(options: CollectOptions, note: Callable[[str], None]) -> Plan:
    """Find Go and the packages, and see what can be recorded.

    Raises:
        CollectError: if the tests cannot be run at all, or the bundle cannot be written.
    """
    options.reject_collisions()
    if not hasattr(os, "killpg"):
        raise CollectError(
            "collect runs the tests in a process group, which this system does not have",
            remedy="run it on Linux, on macOS or in WSL; its bundles can be read here",
        )
    go = find_go(options.go)
    named = options.cwd / options.packages[0]
    toolchain = toolchain_at(go, named if named.is_dir() else options.cwd, options.variables)
    _check_flight(options, toolchain)
    groups = resolve(go, options.packages, options.cwd, options.build_flags())
    output = _output(options, groups)
    check_place(output)
    missing = []
    if toolchain.minor < _OLDEST:
        note(f"flaketui: {toolchain.version} is older than Go 1.21: what it lacks is left out\n")
    for flag in (dropped := options.lacking(toolchain.minor)):
        note(f"flaketui: {toolchain.version} has no -{flag}: going on without it\n")
        missing.append(f"-{flag}: {toolchain.version} does not have it")
    reason = toolchain.why_no_race(groups[0].cwd) if options.race else ""
    if reason:
        note(f"flaketui: going on without the race detector: {reason}\n")
        missing.append("race detector: it could not be used on this machine")
    return Plan(
        options=options,
        toolchain=toolchain,
        groups=groups,
        race=options.race and not reason,
        dropped=tuple(dropped),
        relayed=has_packet_pipes(),
        missing=tuple(missing),
        output=output,
    )


def _check_flight(options: CollectOptions, toolchain: Toolchain) -> None:
    """Refuse a flight recorder that could not see a failure.

    Raises:
        CollectError: this Go has none, or what reports failures to it was left out.
    """
    if not options.flight_ns:
        return
    if toolchain.minor < _FIRST_WITH_FLIGHT_RECORDER:
        raise CollectError(
            f"{toolchain.version} has no flight recorder, which --flight needs: Go 1.25 has one",
            remedy="leave --flight out and the whole trace is recorded; or name a newer Go by --go",
        )
    if not options.probe or not options.objects:
        left_out = "--no-objects" if options.probe else "--no-probe"
        raise CollectError(
            f"--flight does not go with {left_out}, which leaves out what sees a test fail",
            remedy="leave out one of them; without --flight the whole trace is recorded",
        )


def make_tools(plan: Plan, work: Path, note: Callable[[str], None]) -> Tools:
    """Write the relay and the overlays into a folder.

    Args:
        plan: what will be run.
        work: the folder.
        note: called where building what the overlays change takes long.

    Raises:
        CollectError: if the user's own ``-exec`` or ``-overlay`` is unusable.
    """
    execs = plan.options.asked().get("exec") or _in_goflags(plan.toolchain, "exec")
    overlays = _overlays(plan, work / "overlays", objects=plan.options.objects)
    lacking = [reason for overlay in overlays for reason in overlay.no_objects]
    if plan.options.objects and (reason := _why_no_objects(plan, overlays[0].file, note)):
        overlays = _overlays(plan, work / "plain", objects=False)
        lacking = [reason]
    no_probe = [f"probe: {each.no_probe}" for each in overlays if each.no_probe]
    flight_ns = plan.options.flight_ns
    no_flight: list[str] = []
    if flight_ns and not all(each.reports_tests for each in overlays):
        flight_ns = 0
        no_flight.append("flight: nothing here would see a test fail; the whole trace is recorded")
    wrapper = make_wrapper(
        work,
        packages={package.folder: package.import_path for package in plan.packages},
        flags=[*written_by_binary(flight_ns).items()],
        users_exec=split_exec(execs) if execs else (),
    )
    return Tools(
        wrapper,
        tuple(overlay.file for overlay in overlays),
        plan.options.probe and not no_probe,
        (*no_probe, *no_flight, *dict.fromkeys(f"objects: {reason}" for reason in lacking)),
        all(overlay.can_randomise for overlay in overlays),
        all(overlay.reports_tests for overlay in overlays),
        flight_ns,
        # Crashes have the stacks of all goroutines, and the addresses of channels.
        "all" if all(overlay.shows_addresses for overlay in overlays) else "system",
    )


def _overlays(plan: Plan, work: Path, *, objects: bool) -> list[Overlay]:
    """Write the overlay of each group into a folder of its own."""
    asked = plan.options.asked()
    overlays = []
    for number, group in enumerate(plan.groups):
        folder = work / str(number)
        folder.mkdir(parents=True)
        overlays.append(
            write_overlay(
                folder,
                goroot=plan.toolchain.root,
                minor=plan.toolchain.minor,
                probe=plan.options.probe,
                objects=objects,
                hang_ns=plan.options.effective_hang_ns(),
                flight_ns=plan.options.flight_ns,
                users=asked.get("overlay") or _in_goflags(plan.toolchain, "overlay"),
                cwd=group.cwd,
            )
        )
    return overlays


def _why_no_objects(plan: Plan, overlay: Path | None, note: Callable[[str], None]) -> str:
    """Return why the standard library cannot be built to record the objects; empty if it can."""
    if overlay is None or not plan.options.probe:
        return ""
    users = ("-overlay", "-modfile")
    flags = [flag for flag in plan.options.build_flags() if not flag.startswith(users)]
    race = f"-race={str(plan.race).lower()}"
    cwd, variables = plan.groups[0].cwd, plan.options.variables
    return why_not_built(plan.toolchain.go, overlay, cwd, [race, *flags], note, variables)


def _in_goflags(toolchain: Toolchain, flag: str) -> str:
    """Return the value that GOFLAGS gives a flag, for ours would replace it."""
    for word in quoted_words(toolchain.settings.get("GOFLAGS", "")) or ():
        name, _, value = word.lstrip("-").partition("=")
        if name == flag:
            return value
    return ""


def _output(options: CollectOptions, groups: tuple[Group, ...]) -> Path:
    if options.output is not None:
        return options.cwd / options.output
    packages = [package.import_path for group in groups for package in group.packages]
    name = packages[0] if len(packages) == 1 else os.path.realpath(options.cwd)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = options.cwd / (options.out_dir or "")
    if options.out_dir is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CollectError(
                f"{folder} cannot be made ({error.strerror})", remedy="choose another --out-dir"
            ) from error
    return folder / f"flaketui-{name.rsplit('/', 1)[-1] or 'root'}-{moment}.zip"
