"""``--debug``: the tracebacks of what was turned into a loss, printed when the program ends."""

from __future__ import annotations

import os
from typing import Protocol

from flaketui.commands.writing.streams import stderr


class DebugLog(Protocol):
    """What the library has logged so far."""

    def print(self) -> None:
        """Print it on standard error; until now the explorer may have had the screen."""


def debug_log(arguments: list[str]) -> DebugLog | None:
    """Begin to listen to the library's log if that is asked for; None if it is not.

    Args:
        arguments: those of the program; ``--debug`` is taken out of them.
    """
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if "--debug" in own:
        arguments.remove("--debug")
    elif not os.environ.get("FLAKETUI_DEBUG"):
        return None
    # Imported here: --help and most runs need none of it.
    import logging

    class Listener(logging.Handler):
        def __init__(self) -> None:
            super().__init__()
            self._records: list[logging.LogRecord] = []

        def emit(self, record: logging.LogRecord) -> None:
            self._records.append(record)

        def print(self) -> None:
            for record in self._records:
                stderr.write(f"{self.format(record)}\n")

    listener = Listener()
    log = logging.getLogger("flakecore")
    log.setLevel(logging.DEBUG)
    log.addHandler(listener)
    return listener
