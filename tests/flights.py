"""Runs of ``tests/samples/flight`` under ``collect --flight``, cached on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

import flakecore
from capture_cache import Recipe, cached_capture, once_a_process
from collected_bundles import collect_into
from flakecore.gotrace import Trace
from flakecore.timeline import Case
from toolchains import NEWEST, RELEASES, go_toolchain

_SAMPLE = Path(__file__).parent / "samples" / "flight"
_COLLECT = Path(flakecore.__file__).parent / "collect"
WINDOW_NS = 500_000_000
"""The second failure of the package ``long`` is later than that after a generation began with its
test, so that what is between the two failures is in no window."""
WITH_RECORDER = [
    pytest.param(each, marks=() if each == NEWEST else pytest.mark.slow)
    for each in RELEASES
    if int(each.split(".")[1]) >= 25
]


@once_a_process
def flight(package: str, *arguments: str, release: str = NEWEST) -> Path:
    """Return the bundle of a package's tests: two of ``long`` fail, with a test between them."""
    go = go_toolchain(release)

    def run(folder: Path) -> None:
        flags = ("--no-race", "--flight", f"{WINDOW_NS}ns")
        place = folder / "bundle.zip"
        collect_into(place, _SAMPLE, *flags, f"./{package}", *arguments, release=release)

    recipe = Recipe(f"flight-{package}-{release}", (_SAMPLE, _COLLECT), (go, arguments))
    return cached_capture(recipe, run) / "bundle.zip"


def flight_case(package: str, *arguments: str, release: str = NEWEST) -> tuple[Case, Trace]:
    """Return the case of that bundle, with its trace."""
    with flakecore.open(flight(package, *arguments, release=release)) as opened:
        (case,) = opened.cases
    assert case.trace is not None
    return case, case.trace
