"""The command line and the terminal explorer."""

__version__ = "0.1.0"
