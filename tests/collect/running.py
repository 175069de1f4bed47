"""One collection, with everything that was shown while it went on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flakecore.collect import CollectOptions, CollectResult, collect


@dataclass(frozen=True)
class Collected:
    """A finished collection and what was shown while it went on."""

    result: CollectResult
    shown: str
    noted: str


Ending = Callable[[str], Collected]
"""Collects a package of ``tests/samples/endings`` by its name."""


def collected(module: Path, place: Path | None, package: str, **options: Any) -> Collected:
    """Collect one package of a module into a bundle."""
    shown: list[str] = []
    noted: list[str] = []
    asked = CollectOptions(
        **{"package": package, "race": False, "output": place, "cwd": module, **options}
    )
    result = collect(asked, shown.append, noted.append, version="1.2.3")
    return Collected(result, "".join(shown), "".join(noted))
