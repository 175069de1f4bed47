"""From the bundle a Go test run left behind to one aligned timeline and its explanation.

``open`` is the way in::

    import flakecore
    from flakecore.diagnosis import explain

    with flakecore.open("bundle.zip") as opened:
        case = opened.cases[0]  # those that failed come first
        waits = case.tables.waits()  # pandas.DataFrame(waits), polars.DataFrame(waits)
        findings = explain(case, case.failures[0]) if case.failures else ()

Each room answers one question; data runs one way: bytes → columns → timeline → findings. Times are
integer nanoseconds since the case began; errors are those of ``flakecore.errors``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakecore.timeline.opened_bundle import OpenedBundle

__all__ = ["__version__", "open"]

__version__ = "0.1.0"
"""Version of the distribution; ``pyproject.toml`` and the command line read it here."""


def open(*places: Path | str) -> OpenedBundle:  # noqa: A001  (flakecore.open, as gzip.open)
    """Open what one or several places hold as one bundle, with its cases.

    Args:
        places: each a folder, an archive, a single file such as ``trace.out``, ``-`` for standard
            input, or an address; several are laid side by side (``flakecore.bundle.open_bundle``).

    Raises:
        BundleError: none is named, one cannot be read, or nothing in any of them is known.
    """
    # Imported here so that ``import flakecore`` loads neither numpy nor any room.
    from flakecore.bundle import open_bundle
    from flakecore.timeline.opened_bundle import OpenedBundle

    return OpenedBundle(open_bundle(*places))
