"""Builds the probe into test binaries with ``-overlay``; no file of anybody's is touched.

The probe goes into the standard library's ``testing/internal/testdeps``. The obvious way, a test
file added to each package under test, would show as a test, would have to come last under any
order and filter, and could not be added to packages whose tests are all external ones. testdeps is
compiled into every test binary and into nothing else, so that little is built anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import orjson

from flakecore.collect.objects.toolchain_patch import (
    PROBE_FRAGMENTS,
    fragment,
    hides_capture,
    layouts,
    patched,
    randomises,
)
from flakecore.errors import CollectError
from flakecore.profile_kinds import PROFILE_KINDS

_TESTING = "testing/testing.go"
_DEPS = "src/testing/internal/testdeps"
_HOOKS = {
    "func (TestDeps) StartCPUProfile(w io.Writer) error {": "flaketuiStarted()",
    "func (TestDeps) StopCPUProfile() {": "flaketuiEnding()",
}
# Since 1.23 os.Exit of one goroutine waits while the hooks of another one's run; before, that was
# a crash.
_FIRST_WITH_EXIT_HOOKS = 23
_EXIT_HOOK = """\
package testdeps

import "internal/runtime/exithook"

func flaketuiOnExit(f func()) { exithook.Add(exithook.Hook{F: f, RunOnFailure: true}) }

func flaketuiOnSuccess(f func()) { exithook.Add(exithook.Hook{F: f}) }
"""
_PROFILES = """\
package testdeps

var flaketuiProfiles = [][2]string{{{}}}
"""
_NO_OBJECTS = """\
package testdeps

const flaketuiOwn = 3 // goroutines that are counted: main, the CPU profile's, the trace's

func flaketuiObjects(why, test string) bool { return false }

func flaketuiAnyFailed() bool { return true }

func flaketuiWatchTests() {}

func flaketuiKeepWatch() {}

func flaketuiIsNext(func()) {}

func flaketuiTraceIsNext() {}

func flaketuiEndShared() {}

func flaketuiShowAddresses() {}

func flaketuiShowTests(bool) {}
"""
_WINDOW_AGE = """\
package testdeps

import "time"

const flaketuiWindowAge = time.Duration({})
"""
_NO_FLIGHT = """\
package testdeps

func flaketuiStartFlight() {}

func flaketuiWriteWindow() {}
"""
_NO_EXIT_HOOK = """\
package testdeps

func flaketuiOnExit(func()) {}

func flaketuiOnSuccess(func()) {}
"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a run is built with.

    Attributes:
        file: the file to name to ``-overlay``; None for none.
        no_probe: why the probe is not in it; empty where it is, or was not wanted.
        no_objects: what the objects page will lack, each with the reason; empty where it has
            all, or was not wanted.
        can_randomise: whether the order in which goroutines run can be made random.
        reports_tests: whether the probe learns which tests failed.
        shows_addresses: whether crashes show all frames with nothing set in the environment.
    """

    file: Path | None = None
    no_probe: str = ""
    no_objects: tuple[str, ...] = ()
    can_randomise: bool = False
    reports_tests: bool = False
    shows_addresses: bool = False


def write_overlay(
    work: Path,
    *,
    goroot: Path,
    minor: int,
    probe: bool,
    objects: bool,
    hang_ns: int,
    flight_ns: int,
    users: str,
    cwd: Path,
) -> Overlay:
    """Write the overlay of a run.

    Args:
        work: the folder to write into.
        goroot: where the toolchain lies.
        minor: 27 for Go 1.27.
        probe: whether the probe is wanted.
        objects: whether the probe is to write the objects page, too.
        hang_ns: for how long the tests may hang until the run is ended; 0 for ever.
        flight_ns: what the probe's flight recorder holds before a failure; 0 for no recorder.
        users: the user's own overlay, whose replacements stay; empty for none.
        cwd: the folder that the paths in it are relative to.

    Raises:
        CollectError: if the user's overlay cannot be read.
    """
    replace = users_replacements(cwd / users, cwd) if users else {}
    reason = ""
    lacking: tuple[str, ...] = ()
    can_randomise = reports_tests = shows_addresses = False
    if probe:
        ours, reason = _probe(work, goroot, minor, replace)
        if ours:
            changed: dict[str, str] = {}
            if objects:
                changed, lacking, can_randomise = _objects(
                    work, goroot, replace, hang_ns, panics=flight_ns > 0
                )
            reports_tests = str(goroot / "src" / _TESTING) in changed
            shows_addresses = bool(changed)
            ours |= changed or _added(work, goroot, {"flaketui_no_objects.go": _NO_OBJECTS})
            ours |= _added(work, goroot, _flight(flight_ns if reports_tests else 0))
        replace |= ours
    if not replace:
        return Overlay(no_probe=reason)
    file = work / "overlay.json"
    file.write_bytes(orjson.dumps({"Replace": replace}))
    return Overlay(
        file, reason, lacking, can_randomise, reports_tests, shows_addresses=shows_addresses
    )


def users_replacements(file: Path, cwd: Path) -> dict[str, str]:
    """Return what a person's own overlay replaces, by absolute paths.

    Raises:
        CollectError: if it cannot be read, or is none.
    """
    try:
        replace = orjson.loads(file.read_bytes())["Replace"]
        # An empty path takes a file away; it is no relative one.
        return {str(cwd / old): str(cwd / new) if new else "" for old, new in replace.items()}
    except OSError as error:
        raise CollectError(f"-overlay={file} cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CollectError(
            f"-overlay={file} is no overlay",
            remedy='it is a JSON object such as {"Replace": {"old.go": "new.go"}}',
        ) from error


def _probe(
    work: Path, goroot: Path, minor: int, taken: dict[str, str]
) -> tuple[dict[str, str], str]:
    """Return the replacements that put the probe in, and why there are none."""
    place = goroot / _DEPS / "deps.go"
    if str(place) in taken:
        return {}, "the overlay given replaces the file that it would go into"
    try:
        deps = place.read_text(encoding="utf-8")
    except OSError as error:
        return {}, f"{_DEPS}/deps.go of this Go cannot be read ({error.strerror})"
    for anchor, call in _HOOKS.items():
        if deps.count(anchor) != 1:
            return {}, f"{_DEPS}/deps.go of this Go has no place for it"
        # On the same line, so that all others keep their numbers.
        deps = deps.replace(anchor, f"{anchor} {call};")
    exit_hook = _EXIT_HOOK if minor >= _FIRST_WITH_EXIT_HOOKS else _NO_EXIT_HOOK
    parts = {
        "deps.go": deps,
        "flaketui.go": (files("flakecore.collect.binaries") / "probe.go").read_text(
            encoding="utf-8"
        ),
        "flaketui_exit.go": exit_hook,
        "flaketui_profiles.go": _profiles(),
    }
    return _added(work, goroot, parts), ""


def _objects(
    work: Path, goroot: Path, taken: dict[str, str], hang_ns: int, *, panics: bool
) -> tuple[dict[str, str], tuple[str, ...], bool]:
    """Return the replacements that make the runtime record the objects, and what it will lack.

    The last is whether its scheduler can be randomised.
    """

    def text_of(file: str) -> str | None:
        path = str(goroot / "src" / file)
        try:
            return Path(taken.get(path, path)).read_text(encoding="utf-8")
        except OSError:
            return None

    texts, missing = patched(text_of, panics=panics)
    no_place = tuple(f"{name}: this Go has no place for it" for name in missing)
    if not texts:
        return {}, no_place, False
    replace = {}
    for file, text in texts.items():
        target = work / "objects" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        replace[str(goroot / "src" / file)] = str(target)
    parts = {f"flaketui_{Path(name).name}": fragment(name) for name in PROBE_FRAGMENTS}
    parts["flaketui_objects.go"] = layouts(
        "internal/sync" if "internal/sync/mutex.go" in texts else "sync",
        no_place,
        hides_capture=hides_capture(texts),
        reports_tests=_TESTING in texts,
        yields_profile="runtime/pprof/pprof.go" in texts,
        shares_trace="runtime/trace/subscribe.go" in texts,
        # What a person asks of the runtime's stacks is what they get.
        shows_addresses="GOTRACEBACK" not in os.environ,
        hang_ns=hang_ns,
    )
    return replace | _added(work, goroot, parts), no_place, randomises(texts)


def _added(work: Path, goroot: Path, parts: dict[str, str]) -> dict[str, str]:
    """Write files of the probe's package, and return the replacements that add them to it."""
    folder = work / "probe"
    folder.mkdir(exist_ok=True)
    for name, text in parts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {str(goroot / _DEPS / name): str(folder / name) for name in parts}


def _flight(flight_ns: int) -> dict[str, str]:
    """Return the Go files of the probe's flight recorder, or one that stands for none."""
    if not flight_ns:
        return {"flaketui_no_flight.go": _NO_FLIGHT}
    program = (files("flakecore.collect.binaries") / "flight.go").read_text(encoding="utf-8")
    return {"flaketui_flight.go": program, "flaketui_window.go": _WINDOW_AGE.format(flight_ns)}


def _profiles() -> str:
    """Return the Go file that lists which profiles the probe writes after the last test."""
    pairs = (f'{{"{kind.file}", "{kind.lookup}"}}' for kind in PROFILE_KINDS if kind.lookup)
    return _PROFILES.format(", ".join(pairs))
