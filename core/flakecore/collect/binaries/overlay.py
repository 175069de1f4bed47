"""Builds the probe into test binaries with ``-overlay``; no file of anybody's is touched.

The probe goes into the standard library's ``testing/internal/testdeps``. The obvious way, a test
file added to each package under test, would show as a test, would have to come last under any
order and filter, and could not be added to packages whose tests are all external ones. testdeps is
compiled into every test binary and into nothing else, so that little is built anew.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import orjson

from flakecore.errors import CollectError
from flakecore.profile_kinds import PROFILE_KINDS

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
"""
_PROFILES = """\
package testdeps

var flaketuiProfiles = [][2]string{{{}}}
"""
_NO_EXIT_HOOK = """\
package testdeps

func flaketuiOnExit(func()) {}
"""


def write_overlay(
    work: Path, *, goroot: Path, minor: int, probe: bool, users: str, cwd: Path
) -> tuple[Path | None, str]:
    """Write the overlay of a run, and return its file and why the probe is not in it.

    Args:
        work: the folder to write into.
        goroot: where the toolchain lies.
        minor: 27 for Go 1.27.
        probe: whether the probe is wanted.
        users: the user's own overlay, whose replacements stay; empty for none.
        cwd: the folder that the paths in it are relative to.

    Returns:
        The file to name to ``-overlay``, or None for none; and the reason, empty where the probe
        is in or was not wanted.

    Raises:
        CollectError: if the user's overlay cannot be read.
    """
    replace = _users_replacements(cwd / users, cwd) if users else {}
    reason = ""
    if probe:
        ours, reason = _probe(work, goroot, minor, replace)
        replace |= ours
    if not replace:
        return None, reason
    file = work / "overlay.json"
    file.write_bytes(orjson.dumps({"Replace": replace}))
    return file, reason


def _users_replacements(file: Path, cwd: Path) -> dict[str, str]:
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
    folder = work / "probe"
    folder.mkdir(exist_ok=True)
    for name, text in parts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {str(goroot / _DEPS / name): str(folder / name) for name in parts}, ""


def _profiles() -> str:
    """Return the Go file that lists which profiles the probe writes after the last test."""
    pairs = (f'{{"{kind.file}", "{kind.lookup}"}}' for kind in PROFILE_KINDS if kind.lookup)
    return _PROFILES.format(", ".join(pairs))
