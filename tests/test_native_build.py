"""A compiled library as it is found: whole, cut off, of another machine, or not there at all."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from ctypes import CDLL, c_int32, c_int64, c_uint64, c_void_p
from functools import _lru_cache_wrapper
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from flakecore import native_build
from flakecore.gotrace.native import library as over_traces
from flakecore.gotrace.native.library import trace_loops
from flakecore.native_build import FOLDERS, library_name, load_library, sources
from flakecore.native_columns import pointer
from flakecore.profile_native import library as over_profiles
from flakecore.profile_native.library import profile_loops

FOLDER = Path(over_traces.__file__).parent
MODULES = pytest.mark.parametrize("module", [over_traces, over_profiles])
LOOPS = pytest.mark.parametrize("loops", [trace_loops, profile_loops])
_EXPORT = re.compile(r"^EXPORT (\w+) (\w+)\((.*?)\)$", re.MULTILINE | re.DOTALL)
_TYPES = {"int64_t": c_int64, "uint64_t": c_uint64, "int32_t": c_int32, "void": None}

needs_library = pytest.mark.skipif(trace_loops() is None, reason="installed without a C compiler")


def test_every_library_has_its_folder() -> None:
    core = Path(native_build.__file__).parent
    folders = [Path(str(each.__file__)).parent for each in (over_traces, over_profiles)]
    assert [core / each for each in FOLDERS] == folders


@MODULES
def test_every_function_is_declared_as_its_source_says(module: ModuleType) -> None:
    declared = {}
    for path in sources(Path(str(module.__file__)).parent):
        for result, name, text in _EXPORT.findall(path.read_text()):
            arguments = [each.strip() for each in text.split(",") if each.strip() != "void"]
            types = [c_void_p if "*" in each else _TYPES[each.split()[0]] for each in arguments]
            declared[name] = (_TYPES[result], tuple(types))
    assert declared == module.FUNCTIONS


@needs_library
def test_a_wrong_argument_is_refused_before_the_call() -> None:
    loops = trace_loops()
    assert loops is not None
    with pytest.raises(Exception, match="argument"):
        loops.take_ranges(pointer(None, np.int64), "eight", None, None, 0, None)


def _copy(tmp_path: Path) -> Path:
    """Return the library in a folder of its own, with its sources."""
    for path in sources(FOLDER):
        shutil.copy(path, tmp_path)
    return Path(shutil.copy(FOLDER / library_name(FOLDER), tmp_path))


@needs_library
def test_a_library_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = _copy(tmp_path)
    whole = path.read_bytes()
    for size in (len(whole) - 1, len(whole) // 2, 64, 10, 0):
        path.write_bytes(whole[:size])
        with pytest.raises(OSError):
            load_library(tmp_path)
    path.write_bytes(whole)
    load_library(tmp_path)


@needs_library
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the header is ELF's")
def test_a_library_of_another_machine_is_refused(tmp_path: Path) -> None:
    path = _copy(tmp_path)
    whole = bytearray(path.read_bytes())
    whole[18:20] = (8).to_bytes(2, "little")  # e_machine: MIPS
    path.write_bytes(whole)
    with pytest.raises(OSError):
        load_library(tmp_path)


@LOOPS
@pytest.mark.parametrize("error", [OSError("wrong ELF class"), FileNotFoundError()])
def test_without_a_library_files_are_read_in_columns(
    error: OSError, loops: _lru_cache_wrapper[CDLL | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise error

    monkeypatch.setattr(native_build, "load_library", fail)
    loops.cache_clear()
    try:
        assert loops() is None
    finally:
        loops.cache_clear()


@LOOPS
def test_a_library_that_lacks_a_function_is_none(
    loops: _lru_cache_wrapper[CDLL | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native_build, "load_library", lambda _: object())
    loops.cache_clear()
    try:
        assert loops() is None
    finally:
        loops.cache_clear()


@needs_library
def test_the_version_says_that_the_library_cannot_be_loaded(tmp_path: Path) -> None:
    root = FOLDER.parents[2]
    shutil.copytree(root / "flakecore", tmp_path / "flakecore")
    copied = tmp_path / "flakecore" / "gotrace" / "native"
    path = copied / library_name(FOLDER)
    for size, said in ((200, "cannot load them"), (None, "not compiled")):
        if size is None:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:size])
        code = f"import sys; sys.path[:] = {[str(tmp_path), *sys.path]!r}\n"
        code += "from flaketui.cli import main; main(['--version'])"
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert said in ended.stdout


_WITHOUT_POSIX = """
import os, sys
import numpy  # which asks for os.uname where the system is Linux
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("uname", "fork", "getuid", "geteuid", "mkfifo", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)
import mmap
for name in ("MAP_SHARED", "MAP_PRIVATE", "PROT_READ", "PROT_WRITE", "MADV_SEQUENTIAL"):
    if hasattr(mmap, name):
        delattr(mmap, name)
import flakecore
from flakecore.gotrace import event_stream, read_trace
from pathlib import Path
path = Path(sys.argv[1])
print(read_trace(path.read_bytes(), name="trace").events)
with flakecore.open(path) as opened:
    print(len(opened.cases))
import signal, subprocess
for name in ("SIGHUP", "SIGQUIT", "SIGKILL", "SIGUSR1"):
    delattr(signal, name)
del os.killpg
from flaketui.cli import main
main(["pack", str(path), "-o", str(path.with_suffix(".zip"))])
main(["collect", "./..."])
"""


def test_reading_needs_nothing_of_posix(tmp_path: Path) -> None:
    from flakecore.gotrace.format.wire import Ev
    from gotrace.constructed import batch, event, trace

    path = tmp_path / "trace.out"
    path.write_bytes(trace(batch(event(Ev.PROC_STATUS, 1, 0, 1) * 5)))
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT_POSIX, path], capture_output=True, text=True
    )
    assert ended.stdout.split()[:2] == ["5", "1"]
    packed, refused = ended.stderr.splitlines()
    assert packed == f"flaketui: wrote {path.with_suffix('.zip')} (1 file)"
    assert refused.startswith("flaketui: collect runs the tests in a process group, which this")
