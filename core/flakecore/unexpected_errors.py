"""What no reader expected: an error of the program's own, turned into a Loss where a stage ends.

Input is hostile and its readers are many. A stage that has something to show without the part that
failed (a file, a profile, a rule, a pane) gets here what to print, and goes on. The traceback
goes to this package's log, which is silent unless somebody listens: ``flaketui --debug`` does.
"""

from __future__ import annotations

import logging
import traceback

from flakecore.loss import Loss

LOG = logging.getLogger("flakecore")


def loss_of_error(error: Exception, where: str, lost: str = "it cannot be read") -> Loss:
    """Return the loss that an unexpected error makes, and log its traceback.

    Args:
        error: what was caught.
        where: the file that was read, or what else was worked on.
        lost: what is missing for it, as a sentence without a full stop.
    """
    LOG.debug("%s: %s", where, lost, exc_info=error)
    return Loss(where, f"{lost}: {error_sentence(error)}")


def error_sentence(error: Exception) -> str:
    """Return what an unexpected error is called, where it arose, and what to do about it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = ""
    if frames:
        path = frames[-1].filename.replace("\\", "/").rpartition("/")[2]
        place = f" in {path}:{frames[-1].lineno}"
    return (
        f"an error of the program's own ({type(error).__name__}{place});"
        " please report it, with what --debug prints"
    )
