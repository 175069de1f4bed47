"""Inflates deflated bytes in pieces of bounded size, whatever they claim to be."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from flakecore.bundle.sources.spool import CutShortError

RAW, GZIP = -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
GZIP_MAGIC = b"\x1f\x8b"

MAX_INFLATED = 16 << 30
# A trace of some hours.

MAX_RATIO = 50
MIN_BYTES_FOR_RATIO = 64 << 20
# Test output deflates 10 to 50 times, traces 3 to 6. An endless repetition comes to 1032, and what
# is beyond the first 64 MB of one adds nothing; but for the end of a log (``abridge``).

_STEP = 64 << 10
_PIECE = 1 << 20


def most_inflated(deflated: int, *, bounded: bool = True) -> int:
    """Return to how many bytes a stream of so many may inflate."""
    if not bounded:
        return MAX_INFLATED
    return min(MAX_INFLATED, max(MIN_BYTES_FOR_RATIO, MAX_RATIO * deflated))


def inflated_pieces(
    deflated: memoryview,
    form: int,
    done: Callable[[float], None] | None = None,
    ended: Callable[[int], None] | None = None,
) -> Iterator[bytes]:
    """Yield a stream in pieces; what follows its end is passed over.

    Args:
        deflated: the stream.
        form: ``RAW`` as in a zip, or ``GZIP``, which may be several streams one after the other.
        done: called with the share of the stream that is inflated.
        ended: called with how many bytes of it are good where it does not end with the last one.

    Raises:
        CutShortError: where the stream is damaged, or stops before its end.
    """
    inflate = zlib.decompressobj(form)
    at = 0
    while at < len(deflated):
        step: bytes | memoryview = deflated[at : at + _STEP]
        at += len(step)
        more = True
        while more:
            try:
                piece = inflate.decompress(step, _PIECE)
            except zlib.error as error:
                if ended is not None:
                    ended(at - len(step))
                raise CutShortError(f"it is damaged ({error})") from error
            yield piece
            step = inflate.unconsumed_tail
            # A full piece may have left some behind though all input is taken.
            more = bool(step) or len(piece) == _PIECE
            if inflate.eof:
                at -= len(inflate.unused_data)
                if form == RAW or deflated[at : at + 2] != GZIP_MAGIC:
                    if ended is not None:
                        ended(at)
                    if done is not None:
                        done(1.0)
                    return
                inflate = zlib.decompressobj(form)
                more = False
        if done is not None:
            done(at / len(deflated))
    if not inflate.eof:
        raise CutShortError("it is cut off")


def inflated_head(deflated: memoryview, form: int, most: int) -> bytes:
    """Return up to ``most`` bytes from the start of a stream; what there is of a damaged one."""
    data = bytearray()
    try:
        for piece in inflated_pieces(deflated, form):
            data += piece
            if len(data) >= most:
                break
    except CutShortError:
        pass
    return bytes(data[:most])
