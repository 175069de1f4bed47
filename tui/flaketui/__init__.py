"""The command line and the terminal explorer."""

from flakecore import __version__

__all__ = ["__version__"]
