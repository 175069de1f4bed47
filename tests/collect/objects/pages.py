"""The objects pages of a collected bundle, and one page with what the program itself knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from flakecore.bundle import open_bundle


def pages(place: Path) -> list[dict[str, Any]]:
    """Return the pages of a bundle, in order."""
    with open_bundle(place) as bundle:
        found = [a for a in bundle.artefacts if a.name.endswith("/objects.json")]
        lines = [bytes(bundle.read(artefact)).splitlines() for artefact in found]
    return [orjson.loads(line) for each in lines for line in each]


class Page:
    """One page, and the addresses that the program printed under names."""

    def __init__(self, place: Path, shown: str) -> None:
        self.page = pages(place)[0]
        line = next(line for line in shown.splitlines() if line.startswith("known: "))
        known = orjson.loads(line.removeprefix("known: "))
        self.objects: dict[str, Any] = {
            name: next((o for o in self.page["objects"] if o["address"] == address), None)
            for name, address in known.items()
        }
        self.addresses = known

    def waiter(self, function: str, name: str = "") -> dict[str, Any]:
        """Return the only goroutine that waits in a function, on an object if it is named."""
        found: list[dict[str, Any]] = [
            goroutine
            for goroutine in self.page["goroutines"]
            if goroutine["state"] == "waiting"
            and function in self.functions(goroutine["stack"])
            and (not name or self.addresses[name] in {w["object"] for w in goroutine["waits"]})
        ]
        (waiter,) = found
        return waiter

    def functions(self, stack: int) -> list[str]:
        """Return a stack's functions that are the program's own, without their package."""
        names = [self.page["frames"][frame][0] for frame in self.page["stacks"][stack]]
        path = "example.com/objects/waits."
        return [name.removeprefix(path) for name in names if name.startswith(path)]
