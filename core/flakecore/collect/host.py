"""The machine that the tests ran on, without anything that names it or its owner."""

from __future__ import annotations

import os
import platform

from flakecore.bundle import Host


def host_facts(goos: str, goarch: str) -> Host:
    """Return what is known about this machine; Go's names for system and processor are given."""
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # this system does not say
        memory = 0
    return Host(
        os=goos,
        arch=goarch,
        kernel=platform.release(),
        cpus=len(affinity) or os.cpu_count() or 0,
        memory_bytes=max(0, memory),
    )
