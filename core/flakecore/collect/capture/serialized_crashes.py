"""Shows the crash of one package in one piece, where several packages print at once.

A dump of goroutines that another package's lines tear apart is hard to read, and nobody who is
given the log can decide whose each line is. What the others print meanwhile is held back until the
package has ended, which after a crash is a matter of milliseconds.
"""

from __future__ import annotations

from collections import deque

_BEGINS = ("panic: ", "fatal error: ", "SIGQUIT: ")
_GOES_ON = ("=== ", "--- ")
"""Lines of package testing: the process goes on, and what looked like a crash was none."""
_MOST_HELD = 1 << 20
"""Characters that are held back; where there are more, all are shown. Chosen."""


class SerializedCrashes:
    """The output of packages on its way to a terminal."""

    def __init__(self) -> None:
        self._crashing = ""
        self._held: deque[tuple[str, str, bool]] = deque()
        self._size = 0

    def take(self, package: str, text: str, *, ends: bool = False) -> str:
        """Return what is to be shown now.

        Args:
            package: its import path; "" for text of none, which is never held back.
            text: what it printed, one line or some of which none begins a crash.
            ends: whether nothing of the package follows.
        """
        if package and self._crashing not in ("", package):
            self._held.append((package, text, ends))
            self._size += len(text)
            return self.finish() if self._size > _MOST_HELD else ""
        self._note(package, text, ends=ends)
        if self._crashing or not self._held:
            return text
        return text + self._released()

    def finish(self) -> str:
        """Return all that is held back, in the order in which it came."""
        rest = "".join(text for _, text, _ in self._held)
        self._crashing, self._size = "", 0
        self._held.clear()
        return rest

    def _note(self, package: str, text: str, *, ends: bool) -> None:
        """Note whether a package crashes, goes on after all, or has ended."""
        if package and text.startswith(_BEGINS):
            self._crashing = package
        if package == self._crashing and (ends or text.startswith(_GOES_ON)):
            self._crashing = ""

    def _released(self) -> str:
        """Return what was held back, up to another crash, and all of the package that crashed."""
        shown: list[str] = []
        while self._held and not self._crashing:
            package, text, ends = self._held.popleft()
            shown.append(text)
            self._note(package, text, ends=ends)
            if self._crashing:
                own = [each for each in self._held if each[0] == package]
                self._held = deque(each for each in self._held if each[0] != package)
                for _, text, ends in own:
                    shown.append(text)
                    self._note(package, text, ends=ends)
        self._size = sum(len(text) for _, text, _ in self._held)
        return "".join(shown)
