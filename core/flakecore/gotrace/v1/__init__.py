"""Execution traces of Go 1.11 to 1.21: the format before generations, read to the same columns."""

from flakecore.gotrace.v1.trace import OldTrace, read_old

__all__ = ["OldTrace", "read_old"]
