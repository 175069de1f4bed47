"""Fuzzes every reader for a while: ``python3 tests/fuzz.py [--seconds N] [TARGET ...]``.

With atheris (``pip install atheris``) coverage guides it; without, inputs of the corpus are damaged
at random. ``--sanitized`` compiles the loops over traces and profiles with the address and
undefined behaviour sanitizers and damages both at random on them. An input that makes a reader
fail, or take more than ten seconds, is kept in the folder that ``--keep`` names, and the exit
status is 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from flakecore import native_build
from flakecore.gotrace.native.library import trace_loops
from flakecore.native_build import FOLDERS, library_name, make_library
from flakecore.profile_native.library import profile_loops
from fuzzing.mutation import mutated
from fuzzing.targets import SLOW_S, TARGETS, corpus_of, guarded

_LIBRARIES = "FLAKETUI_FUZZED_LIBRARIES"
_CORE = Path(native_build.__file__).parent
_COMPILED = ("trace", "report", "profile")
"""Targets that use the compiled loops."""


def main() -> int:
    """Fuzz each target in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--sanitized", action="store_true")
    parser.add_argument("--damaged", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"no target is called {', '.join(unknown)}")
    if options.damaged:
        return damaged(options.targets[0], options)
    with tempfile.TemporaryDirectory() as folder:
        env = sanitized(Path(folder)) if options.sanitized else {}
        atheris = importlib.util.find_spec("atheris") is not None and not options.sanitized
        way = ["-m", "fuzzing.guided"] if atheris else [__file__, "--damaged"]
        names = options.targets or (_COMPILED if options.sanitized else tuple(TARGETS))
        failed = [name for name in names if run(name, way, options, env)]
    print(f"failed: {', '.join(failed) or 'none'} (seed {options.seed})")  # noqa: T201
    return 1 if failed else 0


def run(name: str, way: list[str], options: argparse.Namespace, env: dict[str, str]) -> int:
    """Fuzz one target in a process of its own, and return how that ended."""
    print(f"== {name}", flush=True)  # noqa: T201
    program = [sys.executable, *way, name, f"--keep={options.keep}"]
    program += [f"--seconds={options.seconds}", f"--seed={options.seed}"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), **env}
    return subprocess.run(program, env=env, check=False).returncode


def damaged(name: str, options: argparse.Namespace) -> int:
    """Fuzz a target with damaged inputs until the time is over; return 1 if one fails."""
    if made := os.environ.get(_LIBRARIES):
        vars(native_build)["library_name"] = lambda folder: Path(
            made, folder.relative_to(_CORE), library_name(folder)
        )
        assert trace_loops() is not None and profile_loops() is not None
    target, choose = guarded(TARGETS[name]), random.Random(options.seed)
    inputs = [path.read_bytes() for path in corpus_of(name)]
    end, count = time.monotonic() + options.seconds, 0
    while time.monotonic() < end:
        data = inputs[count] if count < len(inputs) else mutated(inputs, choose)
        count += 1
        begun = time.process_time()
        try:
            target(data)
            assert time.process_time() - begun < SLOW_S, f"it takes more than {SLOW_S} s"
        except Exception:
            options.keep.mkdir(parents=True, exist_ok=True)
            kept = options.keep / f"{name}-{options.seed}-{count}"
            kept.write_bytes(data)
            traceback.print_exc()
            print(f"kept as {kept}")  # noqa: T201
            return 1
    print(f"{count:,} inputs")  # noqa: T201
    return 0


def sanitized(folder: Path) -> dict[str, str]:
    """Compile the loops with sanitizers; return what a process needs in its environment for it."""
    gcc = shutil.which("gcc")
    flags = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    for each in FOLDERS if gcc is not None else ():
        (folder / each).mkdir(parents=True)
        if make_library(_CORE / each, folder / each, [str(gcc)], flags) is None:
            gcc = None
    if gcc is None:
        raise SystemExit("gcc with its sanitizers is needed")
    ask = [gcc, "-print-file-name=libasan.so"]
    preload = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return {
        _LIBRARIES: str(folder),
        "LD_PRELOAD": preload,
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONMALLOC": "malloc",
    }


if __name__ == "__main__":
    sys.exit(main())
