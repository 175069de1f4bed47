"""Profiles of a case, of its trace too, alone and as series."""
