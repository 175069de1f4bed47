"""One collection, with everything that was shown while it went on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def collected(module: Path, place: Path | None, *packages: str, **options: Any) -> Collected:
    """Collect packages of a module into a bundle."""
    shown: list[str] = []
    noted: list[str] = []
    report = options.pop("report", lambda _: None)
    record = options.pop("record", None)
    asked = CollectOptions(
        **{"packages": packages or (".",), "race": False, "output": place, "cwd": module, **options}
    )
    result = collect(
        asked, shown.append, noted.append, version="1.2.3", report=report, record=record
    )
    return Collected(result, "".join(shown), "".join(noted))


def make_module(folder: Path, path: str, files: Mapping[str, str]) -> Path:
    """Write a Go module into a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text(f"module {path}\n\ngo 1.21\n")
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder
