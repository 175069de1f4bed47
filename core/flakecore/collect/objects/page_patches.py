"""The patches that every page needs: stopping the world, and walking goroutines and the heap."""

from __future__ import annotations

from flakecore.collect.objects.patches import RUNTIME, FilePatch, Insertion, PatchGroup, Variant

_RUNTIME2 = "runtime/runtime2.go"
_SYSMON, _CLOCK = "func sysmon() {", "flaketuiClock = nanotime()"


def _page(file_of_mutex: str) -> tuple[FilePatch, ...]:
    return (
        FilePatch(
            RUNTIME,
            (
                Insertion(
                    "func gopark(",
                    "\tgp.waitreason = reason",
                    f"; if mp.p.ptr().schedtick%64 == 0 {{ {_CLOCK} }};"
                    " gp.waitsince = flaketuiClock",
                ),
                Insertion(_SYSMON, "\t\tnow := nanotime()", "; flaketuiClock = now"),
                Insertion(_SYSMON, "\t\tnow = nanotime()", "; flaketuiClock = now"),
                Insertion("func stopm() {", "\tmPark()", f"; {_CLOCK}"),
                Insertion("func findRunnable() (", "sched.pollUntil.Store(0)", f"; {_CLOCK}"),
            ),
            fragments=("in_runtime/holders.go", "in_runtime/page.go", "in_runtime/reach.go"),
            variants=(
                Variant(
                    RUNTIME,
                    "func stopTheWorld(reason stwReason) worldStop {",
                    "in_runtime/variants/stop_go1.22.go",
                    "in_runtime/variants/stop_go1.21.go",
                ),
                Variant(
                    _RUNTIME2,
                    "type maybeTraceablePtr struct {",
                    "in_runtime/variants/sudog_go1.26.go",
                    "in_runtime/variants/sudog_go1.21.go",
                ),
                Variant(
                    "runtime/symtabinl.go",
                    "func newInlineUnwinder(f funcInfo, pc uintptr) (",
                    "in_runtime/variants/inline_go1.22.go",
                    "in_runtime/variants/inline_go1.21.go",
                ),
                Variant(
                    "runtime/time.go",
                    "\ntype timers struct {",
                    "in_runtime/variants/timers_go1.23.go",
                    "in_runtime/variants/timers_go1.21.go",
                ),
                Variant(
                    _RUNTIME2,
                    "*synctestBubble\n",
                    "in_runtime/variants/bubble_go1.25.go",
                    "in_runtime/variants/bubble_go1.21.go",
                ),
            ),
        ),
        FilePatch(
            "runtime/mgc.go",
            (Insertion("func gcMarkTermination(", "\t\tgcMark(startTime)", "; flaketuiMarked()"),),
        ),
        FilePatch("sync/rwmutex.go", fragments=("in_std/sync_layout.go", "in_std/use_hooks.go")),
        FilePatch(file_of_mutex, fragments=("in_std/mutex_layout.go",)),
    )


PAGE = PatchGroup("the page", (_page("internal/sync/mutex.go"), _page("sync/mutex.go")))
"""What every other feature needs."""
