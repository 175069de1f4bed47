"""Leaves the process at SIGHUP, SIGTERM, SIGQUIT or when its terminal goes: a connection drops.

Textual's input thread takes the endless end of file of such a terminal for input that is yet to
come, and reads on at full speed. Its driver cannot be stopped either: a thread that writes to the
terminal ends with an error, and what is queued for it from then on blocks the event loop. So the
process is left from a thread of this module, without Textual. A terminal that is still there, for
the signal was sent by hand, is put back as it was.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

EXIT_STATUS = 128 + 1
"""The exit status by which a shell reports a process that SIGHUP (1) ended."""
_TERMINATED, _QUIT = 128 + 15, 128 + 3
"""The exit statuses by which a shell reports that SIGTERM (15) or SIGQUIT (3) ended a process."""
_STATUSES = {b"h": EXIT_STATUS, b"t": _TERMINATED, b"q": _QUIT}
"""The exit status by the byte that a signal handler writes."""
_LOOK_MS = 250
"""How often the terminal is looked at: not every kernel wakes a poll that waits for no input."""


_STANDARD_ERROR = 2
_CATCHES_UP_S = 0.25
"""Seconds that a terminal has to take what was drawn last, before it is put back."""
_PUT_BACK = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"  # the mouse is the terminal's own
    b"\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[<u"  # focus, pasting, sizes and keys are not reported
    b"\x1b[0m\x1b[?1049l\x1b[?25h"  # the screen from before, and a cursor
)
"""Undoes what Textual's driver asks of a terminal."""


@contextmanager
def leaving_with_terminal(keep: Callable[[], None], descriptor: int = 0) -> Iterator[None]:
    """Leave the process at once when the terminal goes away, or such a signal comes.

    It is SIGHUP, SIGTERM or SIGQUIT. Where one is ignored, as SIGHUP under nohup, it stays so.
    Systems without poll or SIGHUP are not watched.

    Args:
        keep: writes what is to be kept; a thread of its own calls it.
        descriptor: a file descriptor of the terminal.
    """
    if not hasattr(select, "poll") or not hasattr(signal, "SIGHUP"):
        yield
        return
    reading, writing = os.pipe()
    words = {signal.SIGHUP: b"h", signal.SIGTERM: b"t", signal.SIGQUIT: b"q"}
    default = [each for each in words if signal.getsignal(each) == signal.SIG_DFL]
    for each in default:
        signal.signal(each, lambda number, _frame: _write(writing, words[signal.Signals(number)]))

    put_back = _putting_back(descriptor)

    def watch() -> None:
        status = _status_when_gone(descriptor, reading)
        if status:
            try:
                keep()
            finally:
                put_back()
                os._exit(status)

    thread = threading.Thread(target=watch, name="terminal-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        for each in default:
            signal.signal(each, signal.SIG_DFL)
        _write(writing, b"e")
        thread.join()
        os.close(reading)
        os.close(writing)


def _putting_back(terminal: int) -> Callable[[], None]:
    """Return what puts a terminal back as it is now; of one that is gone it does nothing."""
    import termios  # not on Windows, where nothing is watched

    try:
        modes = termios.tcgetattr(terminal)
    except termios.error:
        return lambda: None

    def put_back() -> None:
        with suppress(OSError, ValueError, termios.error):
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
            # Textual writes to standard error. One that takes nothing must not hold it up for long.
            if select.select([], [_STANDARD_ERROR], [], _CATCHES_UP_S)[1]:
                _write(_STANDARD_ERROR, _PUT_BACK)

    return put_back


def _write(descriptor: int, data: bytes) -> None:
    with suppress(OSError):
        os.write(descriptor, data)


def _status_when_gone(terminal: int, reading: int) -> int:
    """Wait until the terminal is hung up or a signal arrives, and return the exit status.

    0 if the program ends by itself.
    """
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(terminal, 0)
    while True:
        events = dict(poll.poll(_LOOK_MS))
        if reading in events:
            return _STATUSES.get(os.read(reading, 1), 0)
        happened = events.get(terminal, 0)
        if happened & (select.POLLHUP | select.POLLERR):
            return EXIT_STATUS
        if happened:
            # A system whose poll supports no terminals (macOS, of /dev/tty): SIGHUP alone arrives.
            poll.unregister(terminal)
