"""Test output as it is shown."""

from flakecore.printable import clean, without_escapes

__all__ = ["clean", "without_escapes"]
