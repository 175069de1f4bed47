"""Traces made by hand, batch by batch: for what the runtime writes once in many recordings."""

from __future__ import annotations

from flakecore.gotrace.format.wire import HEADER_SIZE, Ev
from gotrace.text_form import varint

TICK = 20_000_000_000
"""What the clock shows twenty minutes after the machine was started: close to many numbers."""


def event(kind: Ev, elapsed: int, *arguments: int) -> bytes:
    """Return an event that happened some ticks after the one before it in its batch."""
    return bytes([kind]) + b"".join(map(varint, (elapsed, *arguments)))


def batch(payload: bytes, *, thread: int = 3, generation: int = 1, tick: int = TICK) -> bytes:
    """Return a batch with its header; no thread is -1."""
    numbers = (generation, thread % (1 << 64), tick, len(payload))
    return bytes([Ev.EVENT_BATCH]) + b"".join(map(varint, numbers)) + payload


def trace(*batches: bytes, version: int = 26) -> bytes:
    """Return a trace of some batches."""
    return f"go 1.{version} trace".encode().ljust(HEADER_SIZE, b"\0") + b"".join(batches)
