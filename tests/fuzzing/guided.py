"""Fuzzes one target with atheris, guided by what of the library its inputs cover."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import atheris

# Only modules that are imported here are instrumented: all of Python would take minutes.
with atheris.instrument_imports(include=["flakecore"]):
    from fuzzing.targets import SLOW_S, TARGETS, corpus_of, guarded


def main() -> None:
    """Fuzz; atheris ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    grown = tempfile.mkdtemp()
    for path in corpus_of(options.target):
        shutil.copy(path, Path(grown) / f"{path.parent.name}-{path.name}")
    settings = {
        "max_total_time": options.seconds,
        "timeout": SLOW_S,
        "rss_limit_mb": 2048,
        "max_len": 65536,
        "seed": options.seed,
        "artifact_prefix": f"{options.keep}/{options.target}-",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    arguments = [f"-{name}={value}" for name, value in settings.items()]
    atheris.Setup(["fuzz", *arguments, grown], guarded(TARGETS[options.target]))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
