"""Execution traces of Go 1.11 to 1.21: the format before generations, read to the same columns."""

from flakecore.gotrace.v1.trace import TraceV1, read_v1

__all__ = ["TraceV1", "read_v1"]
