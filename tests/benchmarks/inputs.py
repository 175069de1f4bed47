"""Traces of chosen sizes and the peers to measure against, made by real toolchains and cached."""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import toolchains
from packages import cache_folder

HERE = Path(__file__).parent
TRACED_BY = "1.26.6"


@dataclass(frozen=True, slots=True)
class Size:
    """A trace of 32 goroutines that are busy for so many milliseconds.

    How large it is depends on how idle the machine was: ``large`` had 115 MB on two idle processors
    and 36 MB beside a load of 20.
    """

    name: str
    milliseconds: int


SIZES = {
    "small": Size("small", 300),
    "large": Size("large", 6_500),
    "huge": Size("huge", 34_000),
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """One run of the generator: its trace, and the bundle that the trace is stored in."""

    trace: Path
    bundle: Path


def made(size: Size) -> Inputs:
    """Return a trace and its bundle, making them if they are not cached."""
    folder = cache_folder() / "benchmarks" / f"{size.name}-{size.milliseconds}-go{TRACED_BY}"
    inputs = Inputs(folder / "trace.out", folder / "bundle.zip")
    if not inputs.bundle.exists():
        folder.mkdir(parents=True, exist_ok=True)
        log = _run_generator(size, inputs.trace)
        unfinished = inputs.bundle.with_suffix(".part")
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as bundle:
            bundle.writestr("test.json", log)
            bundle.write(inputs.trace, "trace.out")
        unfinished.replace(inputs.bundle)
    return inputs


def _run_generator(size: Size, trace: Path) -> bytes:
    env = toolchains.go_environment(TRACED_BY) | {"BUSY_MILLISECONDS": str(size.milliseconds)}
    command = [str(toolchains.go_toolchain(TRACED_BY)), "test", "-json", "-count=1"]
    command += ["-trace", str(trace), "-o", str(trace.with_name("busy.test")), "."]
    # The test fails on purpose, so the exit code says nothing.
    run = subprocess.run(command, cwd=HERE / "generator", env=env, capture_output=True, check=False)
    if b"worked for" not in run.stdout:
        raise RuntimeError(f"the generator did not run: {(run.stdout + run.stderr).decode()}")
    return run.stdout


def trace_tool() -> list[str]:
    """Return the command of the newest release's ``go tool trace``, built once."""
    go, env = toolchains.go_toolchain(), toolchains.go_environment()
    told = subprocess.run(
        [go, "tool", "-n", "trace"], env=env, capture_output=True, text=True, check=True
    )
    subprocess.run([go, "tool", "trace", "-h"], env=env, capture_output=True, check=False)
    return [told.stdout.strip()]


def reference_reader() -> list[str]:
    """Return the command that reads a trace with Go's own reader alone, built once.

    The reader is internal to Go, so the program is laid over the standard library's sources.
    """
    program = cache_folder() / "benchmarks" / f"reader-go{toolchains.NEWEST}"
    if not program.exists():
        go, env = toolchains.go_toolchain(), toolchains.go_environment()
        root = subprocess.run(
            [go, "env", "GOROOT"], env=env, capture_output=True, text=True, check=True
        ).stdout.strip()
        inside = f"{root}/src/internal/trace/flaketui/main.go"
        overlay = program.with_suffix(".json")
        overlay.parent.mkdir(parents=True, exist_ok=True)
        overlay.write_text(json.dumps({"Replace": {inside: str(HERE / "reader" / "main.go")}}))
        build = [str(go), "build", "-overlay", str(overlay), "-o", str(program)]
        subprocess.run([*build, "internal/trace/flaketui"], env=env, check=True)
    return [str(program)]
