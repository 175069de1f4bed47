"""Plain logs of ``go test``, with and without ``-v``, as a terminal or a CI system has them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from diagnosis.program_runs import PROGRAMS
from flakecore.bundle import open_bundle
from flakecore.timeline import Case, load_cases
from toolchains import go_environment, go_toolchain

LOG = "log.txt"
_FLAGS = ("-count=1", "-vet=off", "-parallel=64", "-timeout=60s")


@once_a_process
def case_of_text(shape: str, release: str, *arguments: str) -> Case:
    """Return what the plain log of a program's tests tells; with ``-v`` where that is given."""

    def run(folder: Path) -> None:
        with (folder / LOG).open("wb") as log:
            subprocess.run(
                [go_toolchain(release), "test", *_FLAGS, *arguments],
                cwd=PROGRAMS / shape,
                env=go_environment(release),
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=300,
                check=False,
            )

    recipe = Recipe(
        f"text-{shape}-{release}", (PROGRAMS / shape,), (shape, release, _FLAGS, arguments)
    )
    (case,) = load_cases(open_bundle(cached_capture(recipe, run) / LOG))
    return case
