"""A real terminal to run a program in, to type into and to read: tmux, or a pty that pyte draws.

Both give the program a true controlling terminal of a fixed size. tmux is what people use; pyte
stands in where it is not installed, so that the tests need nothing but Python.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
import uuid
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyte

from flakecore.closeable import Closeable
from program import PATIENCE_S

NAMED_KEYS = {
    "tab": ("Tab", "\t"),
    "enter": ("Enter", "\r"),
    "escape": ("Escape", "\x1b"),
    "ctrl+u": ("C-u", "\x15"),
    "left": ("Left", "\x1b[D"),
    "right": ("Right", "\x1b[C"),
    "up": ("Up", "\x1b[A"),
    "down": ("Down", "\x1b[B"),
}
"""Keys that are no character: what tmux calls them, and the bytes a terminal sends for them."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What a program has switched in its terminal."""

    alternate_screen: bool
    cursor_visible: bool
    mouse: bool


AS_FOUND = Modes(alternate_screen=False, cursor_visible=True, mouse=False)


class Style(NamedTuple):
    """How one cell is drawn; colours as pyte names them."""

    foreground: str
    background: str
    bold: bool
    reverse: bool


class Terminal(Closeable):
    """A terminal of ``columns`` by ``rows`` with one program in it."""

    columns: int
    rows: int

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Type keys, each a character or one of ``NAMED_KEYS``."""

    @abstractmethod
    def lines(self) -> list[str]:
        """Return what is on the screen now, a string for each row, spaces at its end cut off."""

    @abstractmethod
    def styles(self) -> list[list[Style]]:
        """Return how each cell of the screen is drawn, row by row."""

    @abstractmethod
    def modes(self) -> Modes:
        """Return what the program has switched."""

    @abstractmethod
    def close(self) -> None:
        """End the program and the terminal."""

    def text(self) -> str:
        """Return the screen as one string."""
        return "\n".join(self.lines())

    def wait(self, what: str, seen: Callable[[str], object], seconds: float = PATIENCE_S) -> str:
        """Wait until ``seen`` holds of the screen's text, and return that text.

        Raises:
            AssertionError: if it does not within ``seconds``; the message shows the screen.
        """
        deadline = time.monotonic() + seconds
        while True:
            text = self.text()
            if seen(text):
                return text
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not seen within {seconds:.0f} s on\n{text}")
            time.sleep(0.05)

    def wait_for(self, pattern: str) -> str:
        """Wait until a regular expression matches in some line; return the screen's text."""
        return self.wait(pattern, lambda text: re.search(pattern, text, re.MULTILINE))

    def wait_until_still(self, quiet: float = 0.4) -> str:
        """Wait until the screen has not changed for ``quiet`` seconds; return its text."""
        last, since = self.text(), time.monotonic()
        deadline = since + PATIENCE_S
        while time.monotonic() - since < quiet:
            time.sleep(0.05)
            if (now := self.text()) != last:
                last, since = now, time.monotonic()
            if time.monotonic() > deadline:
                raise AssertionError(f"the screen never came to rest:\n{last}")
        return last


def open_terminal(
    command: Sequence[str], columns: int, rows: int, env: Mapping[str, str] | None = None
) -> Terminal:
    """Run ``command`` in the best terminal this machine has; ``env`` is added to ours."""
    kind = TmuxTerminal if shutil.which("tmux") else PyteTerminal
    return kind(command, columns, rows, env or {})


def _surroundings(extra: Mapping[str, str]) -> dict[str, str]:
    """Return our environment less what would colour a program's view of its terminal."""
    hidden = {"TMUX", "TMUX_PANE", "NO_COLOR", "COLORTERM", "SSH_CONNECTION", "COLUMNS", "LINES"}
    ours = {name: text for name, text in os.environ.items() if name not in hidden}
    return ours | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | dict(extra)


def _styles(screen: pyte.Screen) -> list[list[Style]]:
    rows = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]
    return [[Style(cell.fg, cell.bg, cell.bold, cell.reverse) for cell in row] for row in rows]


class TmuxTerminal(Terminal):
    """A tmux server of its own with one detached session."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, env: Mapping[str, str]
    ) -> None:
        """Start the server and the program; the screen stays readable after the program ends."""
        self.columns, self.rows = columns, rows
        self._name = f"flaketui-{uuid.uuid4().hex[:12]}"
        self._env = _surroundings(env) | {"TERM": "xterm-256color", "SHELL": "/bin/sh"}
        options = "set -g remain-on-exit on ; set -g status off ; set -g escape-time 20 ; "
        options += "set -g default-terminal screen-256color ;"
        program = " ".join(shlex.quote(word) for word in command)
        self._tmux(
            *[";" if word == ";" else word for word in options.split()],
            *["new-session", "-d", "-x", str(columns), "-y", str(rows), program],
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            if key in NAMED_KEYS:
                self._tmux("send-keys", NAMED_KEYS[key][0])
            else:
                # A bare semicolon would end the command.
                self._tmux("send-keys", "-l", key.replace(";", "\\;"))

    def lines(self) -> list[str]:
        shown = self._tmux("capture-pane", "-p").split("\n")[: self.rows]
        return [line.rstrip() for line in shown] + [""] * (self.rows - len(shown))

    def styles(self) -> list[list[Style]]:
        screen = pyte.Screen(self.columns, self.rows)
        shown = self._tmux("capture-pane", "-p", "-e").rstrip("\n")
        pyte.Stream(screen).feed(shown.replace("\n", "\r\n"))
        return _styles(screen)

    def modes(self) -> Modes:
        flags = self._tmux("display", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")
        alternate, cursor, mouse = (flag == "1" for flag in flags.split())
        return Modes(alternate, cursor, mouse)

    def close(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        # "-f /dev/null": nobody's own configuration; "-L": nobody's own server.
        command = ["tmux", "-u", "-f", "/dev/null", "-L", self._name, *words]
        run = subprocess.run(
            command, env=self._env, stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
        return run.stdout.decode()


class PyteTerminal(Terminal):
    """A pseudo-terminal whose output pyte draws."""

    _FOREIGN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
    """Sequences of newer terminals (keyboard protocols, queries) that pyte would print."""

    _SWITCH = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")

    _TAKE_TERMINAL = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "os.execvp(sys.argv[1], sys.argv[1:])"
    )
    """Makes the pseudo-terminal the controlling one, as a shell would find it."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, env: Mapping[str, str]
    ) -> None:
        """Start the program on a pseudo-terminal of its own."""
        self.columns, self.rows = columns, rows
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._on = {25}
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._program = subprocess.Popen(
            [sys.executable, "-c", self._TAKE_TERMINAL, *command],
            env=_surroundings(env) | {"TERM": "xterm-256color"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._read()
            os.write(self._master, (NAMED_KEYS[key][1] if key in NAMED_KEYS else key).encode())

    def lines(self) -> list[str]:
        self._read()
        return [line.rstrip() for line in self._screen.display]

    def styles(self) -> list[list[Style]]:
        self._read()
        return _styles(self._screen)

    def modes(self) -> Modes:
        self._read()
        alternate = bool(self._on & {47, 1047, 1049})
        return Modes(alternate, 25 in self._on, bool(self._on & {1000, 1002, 1003}))

    def close(self) -> None:
        self._program.kill()
        self._program.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Take the terminal away, as a connection that drops does; the program goes on."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _read(self) -> None:
        """Draw everything the program has written so far."""
        while select.select([self._master], [], [], 0)[0]:
            try:
                written = os.read(self._master, 65536)
            except OSError:  # Linux says EIO once the program has ended.
                return
            if not written:
                return
            self._draw(written)

    def _draw(self, written: bytes) -> None:
        output = self._held + written
        # A sequence may be cut by the read: keep an unfinished one for the next.
        begun = output.rfind(b"\x1b", max(0, len(output) - 64))
        whole = begun < 0 or re.match(rb"\x1b(\[[^a-zA-Z]*[a-zA-Z~]|[^\[P])", output[begun:])
        cut = len(output) if whole else begun
        output, self._held = output[:cut], output[cut:]
        for numbers, state in self._SWITCH.findall(output):
            for number in map(int, numbers.split(b";")):
                (self._on.add if state == b"h" else self._on.discard)(number)
        # pyte has one screen only: leaving the alternate one clears what was drawn on it.
        output = output.replace(b"\x1b[?1049l", b"\x1b[2J\x1b[H")
        self._stream.feed(self._FOREIGN.sub(b"", output))
