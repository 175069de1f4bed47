"""The patch by which the runtime reports that a panic is about to end the program.

It is patched for the flight recorder alone. Until then deferred functions, and the methods that
print the panic's value, have run on the panicking goroutine as any code of the program's own;
behind it everything is stopped.
"""

from __future__ import annotations

from flakecore.collect.objects.patches import FilePatch, Insertion, PatchGroup

PANICS = PatchGroup(
    "panics: the time before one",
    (
        (
            FilePatch(
                "runtime/panic.go",
                (Insertion("func gopanic(e any) {", "\tpreprintpanics(&p)", "; flaketuiPanics()"),),
                fragments=("in_runtime/panics.go",),
            ),
        ),
    ),
    absent="in_runtime/no_panics.go",
)
