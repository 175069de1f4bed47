"""One line of code that allocates more than half of all bytes, said in words.

A heap profile is sampled: one allocation of each ``period`` bytes on average, so a share of few
samples is chance. Counted is what the line allocates itself, or has the standard library or the
runtime allocate for it.
"""

from __future__ import annotations

import numpy as np

from flakecore.pprof import Granularity, Profile, nodes_by, own_frames
from flakecore.report.hotspots import format_value
from flakecore.timeline import Frame

_ALLOCATED = "alloc_space"
_SHARE = 0.5
_SAMPLES_LEAST = 64
"""Samples on average; of fewer, half of all is off by more than 6 % (a binomial's deviation)."""
_BYTES_LEAST = 16 << 20
"""Four times the heap at which Go first collects (4 MB, ``defaultHeapMinimum``)."""


def allocation_site(profile: Profile, package: str = "") -> str:
    """Return a sentence about the line that allocates above half of all bytes; "" for none.

    Args:
        profile: a heap profile; of any other, and of a difference, nothing is said.
        package: import path of the package under test; "" if unknown.
    """
    column = next(
        (at for at, each in enumerate(profile.sample_types) if each.kind == _ALLOCATED), -1
    )
    if column < 0 or not len(profile.values) or (profile.values[:, column] < 0).any():
        return ""
    values = profile.stack_values(column)
    total = int(values.sum())
    if total < max(_BYTES_LEAST, _SAMPLES_LEAST * profile.period):
        return ""
    own = own_frames(profile.stacks, package)
    lines = nodes_by(profile.stacks, Granularity.LINES)
    charged = np.zeros(len(lines), np.int64)
    np.add.at(charged, lines.of_frame[own[own >= 0]], values[own >= 0])
    most = int(np.argmax(charged)) if len(charged) else 0
    if not len(charged) or charged[most] <= _SHARE * total:
        return ""
    place = profile.stacks.profile_frame(int(lines.first[most]))
    where = Frame(place.function, place.file.replace("\\", "/"), place.line)
    return (
        f"{where.short_function} {where.short_file}:{where.line} allocates"
        f" {100 * int(charged[most]) // total}% of {format_value(total, 'bytes')} in all"
        f" (more than {_SHARE:.0%})"
    )
