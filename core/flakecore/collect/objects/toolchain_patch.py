"""Applies the patches to one toolchain's files; features that find no place there are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

import orjson

from flakecore.collect.objects.capture_patches import ASKS, CAPTURE, TRACEBACK
from flakecore.collect.objects.object_patches import OBJECT_PATCHES
from flakecore.collect.objects.page_patches import PAGE
from flakecore.collect.objects.panic_patches import PANICS
from flakecore.collect.objects.patches import RUNTIME, FilePatch, Insertion, PatchGroup
from flakecore.collect.objects.scheduler_patches import RANDOM_SCHEDULER, SCHEDULER
from flakecore.collect.objects.testing_patches import TESTING_PATCHES

FEATURES = (*OBJECT_PATCHES, *TESTING_PATCHES)
"""What a page can record beside goroutines and their waits."""

_END = "\n}\n"
_INTRINSICS = "internal/runtime/sys/intrinsics.go"
_OF_CALLER = {
    "flaketuiCallerSP()": ("sys.GetCallerSP()", "getcallersp()"),
    "flaketuiCallerPC()": ("sys.GetCallerPC()", "getcallerpc()"),
}
"""What no function can stand for, and its name since Go 1.24 and before."""


class _NoPlaceError(Exception):
    """An anchor is not there once."""


def patched(
    read: Callable[[str], str | None], *, panics: bool = False
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the files that record the objects, and the features that found no place.

    Args:
        read: returns the text of a file below ``src``, or None if there is none.
        panics: whether it is to record panics, too.

    Returns:
        The new text of each file by its path below ``src``, nothing if the page itself has no
        place; and the names of the features that are missing.
    """
    texts: dict[str, str] = {}
    missing = []
    for feature in (PAGE, *FEATURES, *([PANICS] if panics else [])):
        applied = _apply(feature, texts, read)
        if applied is not None:
            texts = applied
        elif feature is PAGE:
            return {}, (PAGE.name,)
        else:
            missing.append(feature.name)
            if feature.absent:
                texts[RUNTIME] += _declarations(feature.absent)
    for beside in (SCHEDULER, CAPTURE):
        texts = _apply(beside, texts, read) or texts
    is_new = "\nfunc GetCallerSP() uintptr\n" in (read(_INTRINSICS) or "")
    return {file: _spelled(text, is_new=is_new) for file, text in texts.items()}, tuple(missing)


def _spelled(text: str, *, is_new: bool) -> str:
    for ours, (new, old) in _OF_CALLER.items():
        text = text.replace(ours, new if is_new else old)
    return text


def randomises(texts: Mapping[str, str]) -> bool:
    """Return whether patched files have the scheduler that can be randomised."""
    return RANDOM_SCHEDULER in texts.get(RUNTIME, "")


def hides_capture(texts: Mapping[str, str]) -> bool:
    """Return whether patched files take the capture's goroutines for the runtime's own."""
    return ASKS in texts.get(TRACEBACK, "")


PROBE_FRAGMENTS = (
    "in_probe/page_writer.go",
    "in_probe/page_records.go",
    "in_probe/page_objects.go",
    "in_probe/page_symbols.go",
    "in_probe/page_tests.go",
    "in_probe/page_watch.go",
    "in_probe/page_leaks.go",
    "in_probe/page_heaps.go",
    "in_probe/page_json.go",
)
"""The Go files of this folder that belong to the probe's package."""

_LAYOUTS = """\
package testdeps

import (
	"time"
	_ "unsafe" // for linkname
)

const (
	flaketuiMissing = `%s`
	flaketuiHang    = time.Duration(%d) // that tests may hang; 0 for ever
	flaketuiAll     = %s // whether crashes show all frames
	flaketuiOwn     = %d // goroutines that are counted: main, and those of the capture
)

%s

%s

%s

//go:linkname flaketuiLayoutOfSync sync.flaketuiLayout
func flaketuiLayoutOfSync() [9]uintptr

//go:linkname flaketuiLayoutOfMutex %s.flaketuiLayoutOfMutex
func flaketuiLayoutOfMutex() (state, sema uintptr)
"""

_WITH_REPORTS = """\
//go:linkname flaketuiTell testing.flaketuiTell
func flaketuiTell(begins, fails func(name string))

//go:linkname flaketuiGiveUp testing.flaketuiGiveUp
func flaketuiGiveUp(reason string)"""
_YIELDS = """\
//go:linkname flaketuiIsNext runtime/pprof.flaketuiIsNext
func flaketuiIsNext(yields func())"""
_SHARES = """\
//go:linkname flaketuiTraceIsNext runtime/trace.flaketuiIsNext
func flaketuiTraceIsNext()

//go:linkname flaketuiEndShared runtime/trace.flaketuiEndShared
func flaketuiEndShared()"""
_SHARES_NOT = """\
func flaketuiTraceIsNext() {}

func flaketuiEndShared() {}"""
_YIELDS_NOT = "func flaketuiIsNext(yields func()) {}"
_WITHOUT_REPORTS = """\
func flaketuiTell(begins, fails func(name string)) {}

func flaketuiGiveUp(reason string) {}"""


def fragment(name: str) -> str:
    """Return a Go file of this folder."""
    return (files("flakecore.collect.objects") / name).read_text(encoding="utf-8")


def layouts(
    package_of_mutex: str,
    missing: Sequence[str],
    *,
    hides_capture: bool,
    reports_tests: bool,
    yields_profile: bool,
    shares_trace: bool,
    shows_addresses: bool,
    hang_ns: int,
) -> str:
    """Return the Go file by which the probe's package has the layout of this toolchain.

    Args:
        package_of_mutex: the import path of the package that has the fields of a mutex.
        missing: what the page will lack.
        hides_capture: whether the goroutines that write profile and trace are not counted.
        reports_tests: whether package testing reports when a test begins and fails.
        yields_profile: whether the CPU profile makes way for one that the tests start.
        shares_trace: whether the trace may also be written to where the tests want it.
        shows_addresses: whether crashes show the frames that hold the addresses of channels.
        hang_ns: for how long the tests may hang until the run is ended; 0 for ever.
    """
    return _LAYOUTS % (
        orjson.dumps(list(missing)).decode(),
        hang_ns,
        str(shows_addresses).lower(),
        1 if hides_capture else 3,
        _WITH_REPORTS if reports_tests else _WITHOUT_REPORTS,
        _YIELDS if yields_profile else _YIELDS_NOT,
        _SHARES if shares_trace else _SHARES_NOT,
        package_of_mutex,
    )


def _declarations(name: str) -> str:
    """Return a Go file of this folder without its head, up to the package clause."""
    lines = fragment(name).splitlines(keepends=True)
    clause = next(at for at, line in enumerate(lines) if line.startswith("package "))
    return "".join(lines[clause + 1 :])


def _apply(
    feature: PatchGroup, texts: dict[str, str], read: Callable[[str], str | None]
) -> dict[str, str] | None:
    for place in feature.places:
        try:
            return _apply_all(place, texts, read)
        except _NoPlaceError:
            continue
    return None


def _apply_all(
    patches: Sequence[FilePatch], texts: dict[str, str], read: Callable[[str], str | None]
) -> dict[str, str]:
    after = dict(texts)

    def text_of(file: str) -> str:
        text = after.get(file)
        if text is None:
            text = read(file)
        if text is None:
            raise _NoPlaceError
        return text

    for patch in patches:
        text = text_of(patch.file)
        for insertion in patch.insertions:
            text = _inserted(text, insertion)
        names = [*patch.fragments]
        for variant in patch.variants:
            has_it = variant.has in text_of(variant.where)
            names.append(variant.then if has_it else variant.otherwise)
        after[patch.file] = "".join([text, *map(_declarations, names)])
    return after


def _inserted(text: str, insertion: Insertion) -> str:
    start, end = 0, len(text)
    if insertion.within:
        if text.count(f"\n{insertion.within}") != 1:
            raise _NoPlaceError
        start = text.index(f"\n{insertion.within}") + 1
        end = text.find(_END, start)
    if end < 0 or text.count(insertion.anchor, start, end) != 1:
        raise _NoPlaceError
    at = text.index(insertion.anchor, start) + len(insertion.anchor)
    return text[:at] + insertion.text + text[at:]
