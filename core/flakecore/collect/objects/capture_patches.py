"""The patch by which a program does not find the goroutines that write its profile and trace."""

from __future__ import annotations

from flakecore.collect.objects.patches import FilePatch, Insertion, PatchGroup

TRACEBACK = "runtime/traceback.go"
"""The file of the runtime that decides which goroutines are its own."""
ASKS = "flaketuiOfCapture"
"""The function that it asks then, too."""

CAPTURE = PatchGroup(
    "the capture's own goroutines: hidden",
    (
        (
            FilePatch(
                TRACEBACK,
                (
                    # hasPrefix before Go 1.23, and HasPrefix since.
                    Insertion(
                        "func isSystemGoroutine(",
                        'asPrefix(funcname(f), "runtime.")',
                        f" || {ASKS}(funcname(f))",
                    ),
                ),
                fragments=("in_runtime/of_capture.go",),
            ),
        ),
    ),
)
"""What the runtime takes for its own is in no list of stacks and no count; not of the page."""
