"""Reads what the relay of ``flaketui collect`` noted: every write of a test binary, with its time.

Two artefacts of a package belong together. ``writes`` is 12 bytes ``flakewrites1``, a uint32 (the
longest packet there can be, a memory page) and records of 16 bytes, little-endian: int64 time,
uint32 number, uint8 stream, uint8 kind, uint16 zero. ``output`` is 16 bytes ``flakeoutput1`` and
four NULs, then the bytes of all packets in the same order, so that a packet's place in it is the
sum of the sizes before. Both are written while the tests run: a killed relay leaves both short, of
which ``output`` never by more than the last batch.

A packet is what one read from a packet-mode pipe returned, which is exactly one write(2), or a
part of it: a write longer than the limit comes as full packets and a rest. So a full packet is
continued by the next one of its stream, unless the write ended exactly there; the packets alone do
not show that. A write of no bytes leaves none. What the test binary's own children print
to its streams is among the packets as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.loss import Loss

WRITES_MAGIC = b"flakewrites1"
OUTPUT_MAGIC = b"flakeoutput1\0\0\0\0"

_HEADER = len(WRITES_MAGIC) + 4
_RECORD = np.dtype(
    [("time", "<i8"), ("number", "<u4"), ("stream", "u1"), ("kind", "u1"), ("zero", "<u2")]
)
_PACKET, _MONOTONIC, _REALTIME, _ENDED, _STARTED = range(5)
_MAX_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Packets:
    """Every packet that a test binary wrote, in order.

    Attributes:
        time_ns: (n,) int64: when each was read, on CLOCK_MONOTONIC.
        size: (n,) int64: its bytes.
        offset: (n,) int64: where they begin in the artefact ``output``, its magic included.
        stream: (n,) uint8: 1 standard output, 2 standard error, 0 where both are one pipe.
        full: (n,) bool: whether it is as long as can be, and so may be continued by the next one.
        clocks: (k, 2) int64: moments on CLOCK_MONOTONIC and CLOCK_REALTIME, in nanoseconds; one
            at the start and, after an orderly end, one at the end.
        process: the test binary's process id; 0 where it never started.
        status: its wait status as wait(2) returns it; None if its end was not seen.
        losses: what is damaged.
    """

    time_ns: NDArray[np.int64]
    size: NDArray[np.int64]
    offset: NDArray[np.int64]
    stream: NDArray[np.uint8]
    full: NDArray[np.bool_]
    clocks: NDArray[np.int64]
    process: int
    status: int | None
    losses: tuple[Loss, ...]

    def __len__(self) -> int:
        """Return how many packets there are."""
        return len(self.time_ns)

    def wall_ns(self) -> NDArray[np.int64]:
        """Return when each packet was read, in nanoseconds since 1970.

        Between two moments known on both clocks the clocks are taken to drift evenly. Without any
        the result is CLOCK_MONOTONIC's.
        """
        if not len(self.clocks):
            return self.time_ns
        first, last = self.clocks[0], self.clocks[-1]
        ahead = self.time_ns - first[0]
        span = int(last[0]) - int(first[0])
        drift = int(last[1]) - int(first[1]) - span
        placed: NDArray[np.int64] = first[1] + ahead
        if abs(drift) < span:  # else there is one moment only, or damage
            # In floats the drift alone, which is small: the times themselves would lose digits.
            placed += np.rint(ahead * (drift / span)).astype(np.int64)
        return placed


def read_writes(data: bytes | memoryview, *, where: str = "writes") -> Packets:
    """Return the packets of an artefact ``writes``.

    Args:
        data: its bytes.
        where: its name, for the losses.
    """
    losses: list[Loss] = []
    limit = int.from_bytes(bytes(data[len(WRITES_MAGIC) : _HEADER]), "little")
    if bytes(data[: len(WRITES_MAGIC)]) != WRITES_MAGIC or not 0 < limit <= _MAX_LIMIT:
        losses.append(Loss(where, "it does not begin as recorded writes do", bytes=len(data)))
        data, limit = data[:0], 1
    count, rest = divmod(max(len(data) - _HEADER, 0), _RECORD.itemsize)
    if rest:
        losses.append(Loss(where, "its last record is cut off", 1, rest))
    records = np.frombuffer(data, _RECORD, count, _HEADER) if count else np.zeros(0, _RECORD)
    kind = records["kind"]
    sound = (kind <= _STARTED) & (records["zero"] == 0) & (records["stream"] <= 2)
    if not sound.all():
        # Sizes add up to places: behind a damaged record no place is known.
        first = int(np.argmin(sound))
        losses.append(Loss(where, "what follows a damaged record is left out", count - first))
        records, kind = records[:first], kind[:first]
    packets = records[kind == _PACKET]
    size = packets["number"].astype(np.int64)
    started = records["number"][kind == _STARTED]
    ended = records["number"][kind == _ENDED]
    return Packets(
        time_ns=packets["time"].astype(np.int64),
        size=size,
        offset=len(OUTPUT_MAGIC) + np.cumsum(size) - size,
        stream=packets["stream"].copy(),
        full=size >= limit,
        clocks=_clocks(records["time"], kind),
        process=int(started[0]) if len(started) else 0,
        status=int(ended[-1]) if len(ended) else None,
        losses=tuple(losses),
    )


def _clocks(time: NDArray[np.int64], kind: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the moments known on both clocks: each is a pair of records, one after the other."""
    at = np.flatnonzero((kind[:-1] == _MONOTONIC) & (kind[1:] == _REALTIME))
    return np.stack([time[at], time[at + 1]], axis=1).astype(np.int64)
