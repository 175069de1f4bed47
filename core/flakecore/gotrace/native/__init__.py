"""Compiled loops over a generation's events, where there was a C compiler at installation.

Column operations pass over a generation's memory some hundred times; a loop over its events does
so a few times. On 2.3 million events, in nanoseconds of processor time an event, as columns and as
loops: finding them 46 and 8; goroutines' changes in order and on the clock, with what is bound, 96
and 37; procs' 29 and 18; threads' 17 and 7; sums 25 and 10; all of a generation 255 and 88.

Tried without gain: reading numbers eight bytes at a time instead of one, since branch prediction
finds their lengths. Half of the time for goroutines is the scattering of rows over seven columns.

So each hot step stands here once more, in C, as a plain loop: bytes and columns in, columns out,
no state. Every call returns None where there is no library, or where numbers are too large for the
loops or not dense, which hardly happens without damage; the caller then uses column operations.
Both give the same, which ``tests/gotrace/native/test_loops.py`` checks.
"""
