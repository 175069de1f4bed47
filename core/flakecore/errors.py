"""The errors this library raises: each names the file, what is wrong with it, and the remedy."""

from __future__ import annotations


class FlakeError(Exception):
    """Something a person can act on; its text is one line and is shown as it is."""

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        """Join ``problem`` (which names the file) and ``remedy`` (what to do) into one line."""
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class BundleError(FlakeError):
    """The input cannot be opened as a bundle, or holds nothing that is recognised."""


class TraceError(FlakeError):
    """The bytes are no Go execution trace of a known version, or hold no event at all."""


class ProfileError(FlakeError):
    """The bytes are no pprof profile."""


class CollectError(FlakeError):
    """The tests cannot be run, or their evidence cannot be written."""
