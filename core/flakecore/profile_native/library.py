"""The compiled library and its functions."""

from __future__ import annotations

from ctypes import CDLL, c_int32, c_int64, c_uint64, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

from flakecore.native_build import load_library

NARROW = 1 << 31
"""The loops number rows in 32 bits with a sign."""

_P, _L, _I, _W = c_void_p, c_int64, c_int32, c_uint64
FUNCTIONS: dict[str, tuple[type[c_int64] | type[c_int32] | None, tuple[type[Any], ...]]] = {
    "count_records": (_L, (_P, _L)),
    "read_records": (_L, (_P, _L, _L, _P, _P, _P, _P)),
    "count_samples": (_I, (_P, _P, _P, _L, _P, _P, _P)),
    "read_samples": (_I, (_P, _P, _P, _L, _P, _L, _P, _P, _P, _P, _P, _P)),
    "number_rows": (_L, (_P, _P, _L, _W, _I, _P, _P, _P)),
    "add_calls": (_L, (_P, _P, _L, _P, _P, _P, _W, _I, *(_P,) * 6)),
    "add_cumulative": (None, (_P, _P, _L, _P, _P, _P, _P)),
}
"""The library's functions: the type of what each returns, and those of its arguments."""


@cache
def library() -> CDLL | None:
    """Return the library; None where it was not made, or this machine cannot load it."""
    try:
        loaded = load_library(Path(__file__).parent)
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return loaded
