"""The patch by which goroutines that can run do so in a random order, with or without a page."""

from __future__ import annotations

from flakecore.collect.objects.patches import RUNTIME, FilePatch, Insertion, PatchGroup

RANDOM_SCHEDULER = "FLAKETUI_SCHEDULER"
"""The variable that randomises the order of goroutines, where its value is ``random``."""

SCHEDULER = PatchGroup(
    "scheduler: a random order",
    (
        (
            FilePatch(
                RUNTIME,
                (
                    # What is a constant that only the race detector sets becomes a variable.
                    Insertion(
                        "const randomizeScheduler",
                        "const randomizeScheduler",
                        "WithRace = raceenabled; var randomizeScheduler",
                    ),
                    Insertion(
                        "func schedinit() {",
                        "\tgoenvs()",
                        f'; if gogetenv("{RANDOM_SCHEDULER}") == "random"'
                        " { randomizeScheduler = true }",
                    ),
                ),
            ),
        ),
    ),
)
"""Goroutines that can run run in a random order, as under the race detector; not of the page."""
