"""The compiled library and its functions."""

from __future__ import annotations

from ctypes import CDLL, c_int32, c_int64, c_uint64, c_void_p
from functools import cache
from pathlib import Path

from flakecore.native_build import Functions, load_functions

NARROW = 1 << 31
"""The loops number rows in 32 bits with a sign."""

_P, _L, _I, _W = c_void_p, c_int64, c_int32, c_uint64
FUNCTIONS: Functions = {
    "count_records": (_L, (_P, _L)),
    "read_records": (_L, (_P, _L, _L, _P, _P, _P, _P)),
    "count_samples": (_I, (_P, _P, _P, _L, _P, _P, _P)),
    "read_samples": (_I, (_P, _P, _P, _L, _P, _L, _P, _P, _P, _P, _P, _P)),
    "number_rows": (_L, (_P, _P, _L, _W, _I, _P, _P, _P)),
    "add_calls": (_L, (_P, _P, _L, _P, _P, _P, _W, _I, *(_P,) * 6)),
    "add_cumulative": (None, (_P, _P, _L, _P, _P, _P, _P)),
}
"""The library's functions."""


@cache
def profile_loops() -> CDLL | None:
    """Return the library; None where it was not made, or this machine cannot load it."""
    return load_functions(Path(__file__).parent, FUNCTIONS)
