"""Reads a log that inflates beyond its bound to its end: begin, results, and the last of it.

Problem: what an archive holds may inflate a thousand times, and is cut where a bomb would begin to
hurt. But the output of a test that prints the same gigabyte long inflates as far, and its failure
stands at its end.

Idea: reading on costs time and no memory. What follows the bound passes through a window of its
last bytes, in blocks of whole lines. From a block that leaves the window only those lines are kept
that are about tests, as long as there are few: events but for output, results, errors, crashes.
A line counts what is left out in front of them.

Why not more of the middle: lines cost memory each, and a bomb has as many as it likes. Why not the
end alone: a test that had begun before and ended in the middle would seem to have never ended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from flakecore.bundle.sources.inflate import most_inflated
from flakecore.bundle.sources.spool import CutShortError, Spool, Spooled
from flakecore.text.left_out import left_out

MAX_END, MAX_MIDDLE = 32 << 20, 16 << 20
"""Bytes of the end, and of lines before it. Chosen: of a crash with ten thousand goroutines the end
holds all, and the results of a hundred thousand tests are the other's half."""

MORE = 2 * MAX_END + MAX_MIDDLE + (4 << 20)
"""How much longer than its bound an abridged log may be: a line may be as long as the end."""

_OUTPUT_EVENT = b'"Action":"output"'
_RESULTS = (b"--- ", b"=== ", b"FAIL", b"ok  ", b"_test.go:", b'"OutputType":"error', b"signal: ")
_CRASHES = (b"panic: ", b"fatal error: ", b"DATA RACE")
"""What follows such a line belongs to it."""


def store_log(pieces: Iterable[bytes], packed: int, spool: Spool) -> Spooled:
    """Return what is kept of the pieces of a log, and what is wrong with it.

    Args:
        pieces: the log as it is inflated.
        packed: from how many bytes.
        spool: where it is kept.
    """
    most = most_inflated(packed, bounded=spool.bounded)
    if not spool.bounded:
        return spool.store(pieces, most)
    abridgement = Abridgement(most, spool.left_to_pass)
    view, problem = spool.store(abridgement.of(pieces), most + MORE)
    spool.left_to_pass -= abridgement.passed
    return Spooled(view, problem or abridgement.problem)


class Abridgement:
    """How one log is cut.

    Attributes:
        passed: bytes that were read beyond the bound.
        problem: what is left out, as a sentence about "it"; empty where nothing is.
    """

    def __init__(self, most: int, most_passed: int) -> None:
        """Set the bounds.

        Args:
            most: bytes of its begin.
            most_passed: bytes that may be read beyond them.
        """
        self.passed = 0
        self.problem = ""
        self._most = most
        self._most_passed = most_passed
        self._kept: list[bytes] = []
        self._kept_bytes = 0

    def of(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield what is kept of the pieces of a log.

        Raises:
            CutShortError: as the pieces do, once what was kept until then has been yielded.
        """
        following = iter(pieces)
        size = 0
        for piece in following:
            size += len(piece)
            if size > self._most:
                room = self._most - (size - len(piece))
                end = piece.rfind(b"\n", 0, room) + 1 or piece.find(b"\n") + 1
                yield piece[:end] if end else piece + b"\n"
                yield from self._rest(piece[end:] if end else b"", following)
                return
            yield piece

    def _rest(self, first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        window: deque[bytes] = deque()
        held = lost = 0
        cut: CutShortError | None = None
        ends = True
        try:
            for block in _blocks_of_lines(first, pieces):
                self.passed += len(block)
                window.append(block)
                held += len(block)
                while held - len(window[0]) >= MAX_END:
                    leaving = window.popleft()
                    held -= len(leaving)
                    lost += len(leaving) - self._keep(leaving)
                if self.passed > self._most_passed:
                    ends = False
                    break
        except CutShortError as error:
            cut = error
        if not ends:
            self.problem = (
                f"all beyond its first {self._most:,} bytes is left out but for some lines"
            )
        elif lost:
            full = self._kept_bytes >= MAX_MIDDLE
            results = "perhaps with results" if full else "none of which holds a result"
            self.problem = (
                f"{lost:,} bytes between its beginning and its end are left out, {results}"
            )
        if self.problem:
            self.problem += "; report --all reads all of it"
            yield left_out(lost).encode() + b"\n"
        yield from self._kept
        yield from window
        if cut is not None:
            raise cut

    def _keep(self, block: bytes) -> int:
        """Keep what is about tests in a block, while there is room; return how much that is."""
        if self._kept_bytes >= MAX_MIDDLE:
            return 0
        kept = _evidence_lines(block)[: MAX_MIDDLE - self._kept_bytes]
        self._kept_bytes += len(kept)
        kept = kept[: kept.rfind(b"\n") + 1]
        self._kept.append(kept)
        return len(kept)


def _blocks_of_lines(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces cut behind a newline; one line longer than the window comes in several."""
    rest = [first]
    held = len(first)
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        rest.append(piece[:end] if end else piece)
        held += len(rest[-1])
        if end or held > MAX_END:
            yield b"".join(rest)
            rest, held = [piece[end:]] if end else [], len(piece) - end if end else 0
    if last := b"".join(rest):
        yield last


def _evidence_lines(block: bytes) -> bytes:
    """Return the lines of a block that are about tests; from a crash on all of them."""
    crash = min((at for word in _CRASHES if (at := block.find(word)) >= 0), default=-1)
    begin = block.rfind(b"\n", 0, crash) + 1 if crash >= 0 else len(block)
    whole = block[begin:]
    before = block[:begin]
    outputs = before.count(_OUTPUT_EVENT)
    is_events = outputs or before.startswith(b"{")
    others = is_events and outputs < before.count(b"\n")
    if not others and not any(word in before for word in _RESULTS):
        return whole
    lines = before.splitlines(keepends=True)
    kept = [
        line
        for line in lines
        if (is_events and _OUTPUT_EVENT not in line) or any(word in line for word in _RESULTS)
    ]
    return b"".join(kept) + whole
