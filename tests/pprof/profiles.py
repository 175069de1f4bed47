"""Real profiles of the module testdata/work, and what Go's own pprof says about them."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from flakecore.pprof import Profile, read_profile
from go_tools import go_tool
from toolchains import go_environment, go_toolchain

WORK = Path(__file__).parent / "testdata" / "work"
LOOKED_UP = Path(__file__).parent / "testdata" / "kinds"
KINDS = ("cpu", "mem", "block", "mutex")

Raw = tuple[tuple[int, ...], tuple[tuple[str, str, int], ...], frozenset[tuple[str, str]]]
"""A sample: its values, its stack and its labels."""

_LOCATION = re.compile(r" {0,5}(\d+): 0x[0-9a-f]+ (?:M=\d+ )?(?:\[F\] )?(.*)")
_FRAME = re.compile(r"(\S.*) (\S+):(-?\d+):\d+ s=\d+(?:\((.*)\))?")
_LABEL = re.compile(r"(\S+):\[(\S+)\]")


@once_a_process
def written_by(release: str) -> dict[str, bytes]:
    """Return the four profiles that one run of the tests writes, by kind.

    On a busy machine the scheduler would interrupt the hot loop so often that interrupting it is
    what half of the samples show.
    """
    go = go_toolchain(release)
    calm = {"GODEBUG": "asyncpreemptoff=1"}

    def run(folder: Path) -> None:
        flags = [f"-{kind}profile={kind}.pprof" for kind in KINDS]
        subprocess.run(
            [
                go,
                "test",
                "-count=1",
                "-memprofilerate=4096",
                *flags,
                f"-outputdir={folder}",
                f"-o={folder}/work.test",
                ".",
            ],
            cwd=WORK,
            env=go_environment(release) | calm,
            check=True,
            capture_output=True,
            timeout=300,
        )
        (folder / "work.test").unlink()

    folder = cached_capture(Recipe(f"profiles-{release}", (WORK,), (go, calm)), run)
    return {kind: (folder / f"{kind}.pprof").read_bytes() for kind in KINDS}


@once_a_process
def looked_up_by(release: str) -> dict[str, bytes]:
    """Return the profiles that ``runtime/pprof`` holds in one run, by the name they have there.

    Those without a frame are left out: up to Go 1.22 ``threadcreate`` has samples but no stacks.
    Go 1.27 has ``goroutineleak`` besides the older ones.
    """
    go = go_toolchain(release)

    def run(folder: Path) -> None:
        subprocess.run(
            [go, "test", "-count=1", "-memprofilerate=4096", "."],
            cwd=LOOKED_UP,
            env=go_environment(release) | {"PROFILES": str(folder)},
            check=True,
            capture_output=True,
            timeout=300,
        )

    folder = cached_capture(Recipe(f"looked-up-{release}", (LOOKED_UP,), (go,)), run)
    found = {file.stem: file.read_bytes() for file in sorted(folder.glob("*.pprof"))}
    return {
        name: data
        for name, data in found.items()
        if len(read_profile(data, name=name).stacks.frame)
    }


def profile(release: str, kind: str) -> Profile:
    """Return one of them, read."""
    return read_profile(written_by(release)[kind], name=f"{kind}.pprof")


@once_a_process
def pprof(data: bytes, *arguments: str, base: bytes = b"") -> str:
    """Return what the newest release's ``go tool pprof`` prints about a profile, less a base."""
    with tempfile.TemporaryDirectory() as folder:
        file, other = Path(folder, "some.pprof"), Path(folder, "base.pprof")
        file.write_bytes(data)
        if base:
            other.write_bytes(base)
            arguments = (*arguments, f"-diff_base={other}")
        return subprocess.run(
            [go_tool("pprof"), *arguments, file],
            env=go_environment() | {"PPROF_TMPDIR": folder},
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        ).stdout


@once_a_process
def written_by_pprof(data: bytes, *arguments: str) -> bytes:
    """Return the profile that ``go tool pprof`` writes of a profile."""
    with tempfile.TemporaryDirectory() as folder:
        file, made = Path(folder, "some.pprof"), Path(folder, "made.pprof")
        file.write_bytes(data)
        subprocess.run(
            [go_tool("pprof"), "-proto", f"-output={made}", *arguments, file],
            env=go_environment() | {"PPROF_TMPDIR": folder},
            check=True,
            capture_output=True,
            timeout=600,
        )
        return made.read_bytes()


def raw_samples(data: bytes) -> Counter[Raw]:
    """Return the samples that ``go tool pprof -raw`` lists."""
    header, rest = pprof(data, "-raw").split("\nSamples:\n")
    samples, rest = rest.split("\nLocations\n")
    assert header.startswith("PeriodType")
    frames: dict[int, list[tuple[str, str, int]]] = {}
    here: list[tuple[str, str, int]] = []
    for text in rest.split("\nMappings\n")[0].splitlines():
        if located := _LOCATION.match(text):
            here = frames.setdefault(int(located[1]), [])
            text = located[2]
        frame = _FRAME.fullmatch(text.strip())
        assert frame is not None, text
        # A name that pprof takes for a mangled one of C++ is followed by the true one.
        here.append((frame[4] or frame[1], frame[2], int(frame[3])))
    found: list[tuple[tuple[int, ...], tuple[tuple[str, str, int], ...], set[tuple[str, str]]]] = []
    for text in samples.splitlines()[1:]:
        values, colon, locations = text.partition(": ")
        if colon:
            stack = tuple(frame for number in locations.split() for frame in frames[int(number)])
            found.append((tuple(map(int, values.split())), stack, set()))
        else:
            found[-1][2].update((key, value) for key, value in _LABEL.findall(text))
    return Counter((values, stack, frozenset(labels)) for values, stack, labels in found)


def our_samples(profile: Profile) -> Counter[Raw]:
    """Return the samples of a profile in the same form."""
    return Counter(
        (
            tuple(values),
            tuple((f.function, f.file, f.line) for f in profile.stacks[stack]),
            frozenset(
                (label.key, label.text or str(label.number)) for label in profile.label_sets[labels]
            ),
        )
        for values, stack, labels in zip(
            profile.values.tolist(),
            profile.stack_of_sample.tolist(),
            profile.labels_of_sample.tolist(),
            strict=True,
        )
    )
