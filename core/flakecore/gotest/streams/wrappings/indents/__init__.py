"""Indentation: of a whole log, of some of its packages, and what is left where it is lost."""
