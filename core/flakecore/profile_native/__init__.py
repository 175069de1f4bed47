"""Compiled loops over a profile's bytes and stacks, where there was a C compiler at installation.

A profile of 100 MB has a million samples of some 35 locations each. Each hot step stands here once
more, in C, as a plain loop: bytes and columns in, columns out, no state. Every call returns None
where there is no library, or where the bytes are in any way out of the ordinary; the caller then
uses column operations, which say what is wrong. Both give the same, which
``tests/profile_native/test_loops.py`` checks.
"""
