"""Settings of the whole process are made by the program that owns it, and by no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flakecore.allocator import tune_allocator

_READ = """
import ctypes, sys
from flakecore import allocator
called = []
class Libc:
    def mallopt(self, parameter, value): called.append((parameter, value))
    def malloc_trim(self, pad): called.append("trim")
allocator._glibc = Libc
{tune}
from flakecore.gotrace import read_trace
from gotrace.constructed import batch, event, trace
from flakecore.gotrace.format.wire import Ev
read_trace(trace(batch(event(Ev.PROC_STATUS, 1, 0, 1) * 5)), name="made.trace")
print(called)
"""


def _called(tune: str) -> str:
    program = f"import sys; sys.path[:] = {sys.path!r}\n" + _READ.format(tune=tune)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def test_reading_a_trace_leaves_the_allocator_of_the_process_alone() -> None:
    assert _called("") == "[]"


def test_a_program_that_asks_for_it_has_free_memory_shared_and_returned() -> None:
    assert _called("allocator.tune_allocator()") == "[(-8, 1), (-3, 16777216), 'trim']"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_where_there_is_no_glibc_nothing_is_done(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flakecore import allocator

    allocator._glibc.cache_clear()
    monkeypatch.setattr(sys, "platform", platform)
    assert tune_allocator() is False
    allocator._glibc.cache_clear()
