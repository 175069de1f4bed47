"""A sentence on the line of code that allocates more than half of all bytes."""

from __future__ import annotations

from flakecore.pprof import HALF, Profile, allocation_share
from flakecore.report.hotspots import format_value
from flakecore.timeline import Frame


def allocation_site(profile: Profile, package: str = "") -> str:
    """Return a sentence about the line that allocates above half of all bytes; "" for none.

    Args:
        profile: a heap profile; of any other, and of a difference, there is none.
        package: import path of the package under test; "" if unknown.
    """
    found = allocation_share(profile, package)
    if found is None:
        return ""
    place, size, total = found
    where = Frame(place.function, place.file, place.line)
    return (
        f"{where.short_function} {where.short_file}:{where.line} allocates"
        f" {100 * size // total}% of {format_value(total, 'bytes')} in all (more than {HALF:.0%})"
    )
