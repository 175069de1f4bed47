"""Pauses of Python's cyclic garbage collector, for readers that make very many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def python_gc_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector out: a million new objects, and not one cycle."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
