"""The compiled library and its functions."""

from __future__ import annotations

from ctypes import CDLL, Structure, c_int32, c_int64, c_void_p
from functools import cache
from pathlib import Path

from flakecore.native_build import Functions, load_functions

NARROW = 1 << 31
"""The loops hold numbers in 32 bits with a sign: those from here on are too large."""


class Events(Structure):
    """``struct events``."""

    _fields_ = (
        ("buffer", c_void_p),
        ("size", c_int64),
        ("type", c_void_p),
        ("tick", c_void_p),
        ("arguments", c_void_p),
        ("streams", c_void_p),
        ("threads", c_void_p),
        ("initial", c_void_p),
        ("stream_count", c_int64),
    )


class NativeClock(Structure):
    """``struct clock``."""

    _fields_ = (
        ("zero", c_int64),
        ("numerator", c_int64),
        ("denominator", c_int64),
        ("most", c_int64),
        ("start", c_int64),
    )


_P, _L, _I = c_void_p, c_int64, c_int32
FUNCTIONS: Functions = {
    "count_events": (None, (_P, _P, _P, _L, _P, _P, _P)),
    "read_events": (None, (_P, _P, _P, _L, _P, _P, _P, _P, _P, _P)),
    "read_numbers": (_I, (_P, _L, _P, _L, _I, _P, _P)),
    "bind_threads": (_I, (_P, _P)),
    "bind_some": (_I, (_P, _P, _L, _P, _P, _P, _P)),
    "count_goroutine_changes": (_L, (_P,)),
    "goroutine_changes": (_L, (_P, _P, _P, _L, _P)),
    "count_proc_changes": (_L, (_P,)),
    "proc_changes": (_L, (_P, _P, _L, _P)),
    "thread_changes": (_L, (_P, _P, _L, _P)),
    "mark_waits": (None, (_P, _P, _P, _L, _L, _P)),
    "set_wait_states": (None, (_P, _P, _P, _L, _L, _P)),
    "sum_intervals": (None, (_P, _P)),
    "longest_waits": (_L, (_P, _P, _L, _P)),
    "first_stacks": (_L, (_P, _P, _P, _P, _P)),
    "take_ranges": (None, (_P, _L, _P, _P, _L, _P)),
    "goroutine_totals": (_I, (_P, _P, _P)),
    "count_steals": (_L, (_P, _P, _P, _L, _P, _P)),
}
"""The library's functions."""


@cache
def trace_loops() -> CDLL | None:
    """Return the library; None where it was not made, or this machine cannot load it."""
    return load_functions(Path(__file__).parent, FUNCTIONS)
