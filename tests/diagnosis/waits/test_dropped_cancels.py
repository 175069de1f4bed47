"""Where the source makes a context that nobody can cancel."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.dropped_cancels import made_for_nobody
from flakecore.frames import HasFunction

KEEPER = """
import "context"

func keep(parent context.Context) {{
	{made} // made
	go loop(ctx) // starts
}}

func loop(ctx context.Context) {{
	<-ctx.Done() // waits
}}

func TestKeeps() {{ keep({given}) }}
"""
DROPPED = "ctx, _ := context.WithCancel(parent)"
BACKGROUND = "context.Background()"


def _made(text: str) -> int:
    """Return the line in which the context is made that nobody can cancel; 0 for none."""
    parsed = package(text)

    class OnePackage(GoFiles):
        def package_of(self, frame: HasFunction) -> GoPackage | None:
            return parsed if frame.file else None

        def file_of(self, frame: HasFunction) -> GoFile | None:
            return parsed.files[FILE] if frame.file else None

    def frame(function: str, part: str) -> StackFrame:
        return StackFrame(f"p.{function}", f"{parsed.folder}/{FILE}", line_with(text, part))

    state = GoroutineState(
        *(9, 0, BlockedOn.RECEIVE, (frame("loop", "// waits"),), "p", None, 0, 1),
        frame("keep", "// starts"),
    )
    found = made_for_nobody(OnePackage(None), state)
    return found[1] if found is not None else 0


@pytest.mark.parametrize("made", [DROPPED, "ctx, _ := context.WithCancel(context.TODO())"])
def test_a_parameter_is_the_background_where_every_call_gives_it_that(made: str) -> None:
    text = KEEPER.format(made=made, given=BACKGROUND)
    assert _made(text) == line_with(text, "// made")


@pytest.mark.parametrize(
    ("made", "given"),
    [
        (DROPPED, "other()"),
        (f"parent = other(); {DROPPED}", BACKGROUND),
        (f"parent, stop := context.WithCancel(parent); defer stop(); {DROPPED}", BACKGROUND),
        ("ctx, cancel := context.WithCancel(parent); defer cancel()", BACKGROUND),
        ("ctx, _ := context.WithTimeout(parent, 1)", BACKGROUND),
    ],
)
def test_one_that_somebody_may_cancel_or_that_ends_is_not(made: str, given: str) -> None:
    assert _made(KEEPER.format(made=made, given=given)) == 0
