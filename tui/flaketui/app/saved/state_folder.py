"""Files the explorer leaves in the person's own state folder: copies and logs of crashes."""

from __future__ import annotations

import os
import time
import traceback
from pathlib import Path

from textual.worker import WorkerFailed


def state_folder() -> Path:
    """Return ``$XDG_STATE_HOME/flaketui``, or ``~/.local/state/flaketui``."""
    configured = os.environ.get("XDG_STATE_HOME", "")
    # The XDG specification has relative paths ignored.
    base = Path(configured) if configured.startswith("/") else Path.home() / ".local" / "state"
    return base / "flaketui"


def make_private_folder(folder: Path) -> None:
    """Make a folder of the state folder, and that one, so that only their owner may enter them.

    Raises:
        OSError: if one cannot be made. One that another made with wider rights is narrowed.
    """
    top = state_folder()
    for each in dict.fromkeys((top, folder)):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        if each.stat().st_mode & 0o077:
            each.chmod(0o700)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read: it holds what was tested, and what it printed.

    Raises:
        OSError: if it cannot be written.
    """
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def crash_sentence(error: BaseException | None) -> str:
    """Write what went wrong to a log, and return a sentence that names it."""
    while error is not None and isinstance(error, WorkerFailed):
        error = error.error
    text = "".join(traceback.format_exception(error)) if error is not None else ""
    path = write_state("crash", ".log", text)
    where = f"the details are in {path}" if path is not None else text
    name = type(error).__name__ if error is not None else "an unknown error"
    return f"flaketui: internal error ({name}); {where}"


def write_state(name: str, suffix: str, text: str) -> Path | None:
    """Write a file named after what it is and now; None where the folder cannot be written."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    try:
        folder = state_folder()
        make_private_folder(folder)
        path = folder / f"{name}-{stamp}{suffix}"
        write_private(path, text.encode(errors="replace"))
    except (OSError, RuntimeError):  # RuntimeError: there is no home folder
        return None
    return path
