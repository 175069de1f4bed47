"""Makes the sample that ``flaketui demo`` opens: ``python tests/make_demo.py``.

The Go module in ``tests/samples/flaky`` has one package whose parallel tests fail in four ways:

- ``TestRenderStaysWithinBudget``: a batch takes too long because a GC stops the world in it;
- ``TestStatsCountDeliveries``: another test resets the counters that both use;
- ``TestLedgerTransfersBothWays``: two clerks take the same two locks in opposite orders;
- ``TestQueueDeliversInOrder``: a wake-up is sent while the consumer does not wait for it yet.

The last two hang until the timeout. All are real flakes and a run may miss one, so the package is
collected again until one bundle shows all four.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import zlib
from pathlib import Path

import toolchains
from flakecore.bundle import Bundle, open_bundle
from flakecore.collect import CollectOptions, collect
from flakecore.timeline import Case, CollectionKind, FailureKind, load_cases
from flakecore.times import MILLISECOND
from flaketui import __version__
from packages import cache_folder

MODULE = Path(__file__).parent / "samples" / "flaky"
DEMO = Path(__file__).parents[1] / "tui" / "flaketui" / "sample" / "demo.zip"
ATTEMPTS = 30
LARGEST = 300_000
EXPECTED = {
    "TestRenderStaysWithinBudget": FailureKind.ASSERTION,
    "TestStatsCountDeliveries": FailureKind.ASSERTION,
    "TestLedgerTransfersBothWays": FailureKind.TIMEOUT,
    "TestQueueDeliversInOrder": FailureKind.TIMEOUT,
}


def collect_sample(module: Path, output: Path) -> None:
    """Collect the package once, with paths that do not tell where it lay."""
    options = CollectOptions(
        packages=("./courier",),
        test_flags={"-cpu": "4", "-parallel": "8"},
        extra=("-trimpath",),
        timeout="3s",
        output=output,
        go=toolchains.go_toolchain(),
        cwd=module,
    )
    collect(options, lambda _: None, lambda _: None, version=__version__)


def shortcoming(path: Path, bundle: Bundle) -> str:
    """Return why a bundle will not do as the sample, or an empty text if it will."""
    if (size := path.stat().st_size) > LARGEST:
        return f"it has {size:,} bytes"
    for artefact in bundle.artefacts:
        if told := telling_path(bytes(bundle.read(artefact))):
            return f"{artefact.name} holds {told}"
    (case,) = load_cases(bundle)
    if case.losses:
        return f"something is lost: {case.losses[0]}"
    if {failure.test_name: failure.kind for failure in case.failures} != EXPECTED:
        return "it misses a failure"
    return "" if stopped_in_batch(case) else "no GC stopped the world in the batch"


def telling_path(content: bytes) -> str:
    """Return a path of this machine that a file holds, inflated if it is a profile."""
    if content.startswith(b"\x1f\x8b"):
        content = zlib.decompress(content, wbits=31)
    folders = (Path.home(), Path(sys.prefix), cache_folder(), MODULE.parents[2])
    return next((str(path) for path in folders if os.fsencode(path) in content), "")


def stopped_in_batch(case: Case) -> bool:
    """Say whether a collection stopped the world while the late batch was rendered."""
    for failure in case.failures:
        if took := re.search(r"took ([\d.]+)ms", failure.message):
            began = failure.at_ns - int(float(took[1]) * MILLISECOND)
            stops = (
                case.gc.spans(began, failure.at_ns, CollectionKind.STOP_THE_WORLD)
                if case.gc
                else ()
            )
            return any("GC" in stop.name and stop.start_ns > began for stop in stops)
    return False


def main() -> int:
    """Collect until a bundle will do, and put it into the package."""
    os.environ |= toolchains.go_environment()
    with tempfile.TemporaryDirectory(prefix="flaky-") as folder:
        module = Path(folder) / "flaky"
        shutil.copytree(MODULE, module)
        made = Path(folder) / "demo.zip"
        for attempt in range(1, ATTEMPTS + 1):
            collect_sample(module, made)
            with open_bundle(made) as bundle:
                reason = shortcoming(made, bundle)
            sys.stderr.write(f"attempt {attempt}: {reason or 'it will do'}\n")
            if not reason:
                DEMO.parent.mkdir(exist_ok=True)
                shutil.copyfile(made, DEMO)
                return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
