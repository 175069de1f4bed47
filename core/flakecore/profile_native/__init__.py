"""Compiled loops over a profile's bytes and stacks, where there was a C compiler at installation.

A profile of 100 MB has a million samples of some 35 locations each. Each hot step stands here once
more, in C, as a plain loop: bytes and columns in, columns out, no state. Every call returns None
where there is no library, or where the bytes are in any way out of the ordinary; the caller then
uses column operations, which report what is wrong. Both give the same, which
``tests/profile_native`` checks.

Measured on a busy machine, on 91 MB of profile (70 MB packed; 880,000 stacks, all distinct, of 35
locations each), in processor time: unpacked and read in 1.4 s instead of 2.8 s as columns, what
functions add up to in 0.06 s instead of 1.1 s; 410 MB of memory at the peak instead of 650 MB.
"""
