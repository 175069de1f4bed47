"""The frame in which a crashed goroutine panicked, by the stack in its dump."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flakecore.diagnosis.findings import Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.frames import is_own, is_wrapper, own_frame
from flakecore.gotest import DumpFrame, GoroutineDump
from flakecore.timeline import Case, Failure

_PANICS = ("panic", "runtime.gopanic", "runtime.throw", "runtime.fatal", "runtime.sigpanic")
_OF_RUNTIME = ("runtime.", "internal/runtime/", "panic")
"""How functions begin that do what the program's own line does: index, divide, make, use a map."""
_FIRST_WORD = re.compile(r"0x([0-9a-f]{1,16})(\?)?")


@dataclass(frozen=True)
class CrashSite:
    """Where a goroutine panicked.

    Attributes:
        goroutine: its number; 0 where the log lacks it.
        message: the first panic's value, or the fatal error.
        own: the program's own frame that was executed.
        frames: from the panicking function outwards, as they were printed.
        made: where the goroutine was started; None if not printed, or by Go's own packages.
        within: frames of other packages, innermost first, of what the own line called and that
            panicked; empty where the line did itself.
    """

    goroutine: int
    message: str
    own: StackFrame
    frames: tuple[DumpFrame, ...]
    made: StackFrame | None
    within: tuple[DumpFrame, ...] = ()

    @property
    def who(self) -> str:
        """``G39``, at the beginning of a sentence."""
        return f"G{self.goroutine}" if self.goroutine else "A goroutine"

    @property
    def at(self) -> str:
        """`` in (*Pool).Get (pool.go:33)``."""
        place = f" ({self.own.place})" if self.own.place else ""
        return f" in {self.own.short_function}{place}"

    @property
    def called(self) -> DumpFrame | None:
        """The function of another package that the own line called, and that panicked."""
        return self.within[-1] if self.within else None

    @property
    def at_call(self) -> str:
        """The same, and where the panic is one within what it called, that before it."""
        if self.called is None:
            return self.at
        place = f" ({self.own.place})" if self.own.place else ""
        within = self.called.function.rpartition("/")[2]
        return f" in {within}, called by {self.own.short_function}{place}"

    @property
    def called_on_nil(self) -> bool:
        """Whether the own frame is a method's whose receiver is a nil pointer."""
        first = self.frames[0] if self.frames else None
        if first is None or first.function != self.own.function or ".(*" not in first.function:
            return False
        word = _FIRST_WORD.match(first.arguments)
        return word is not None and int(word[1], 16) == 0 and word[2] is None

    @property
    def may_be_handed_nil(self) -> bool:
        """Whether the own line may have called a method on a nil pointer, which panicked itself."""
        if self.called is None or ".(*" not in self.called.function:
            return False
        word = _FIRST_WORD.match(self.called.arguments)
        if word is None or word[2] is not None:  # It may stand in a register since.
            return len(self.within) == 1
        return int(word[1], 16) == 0

    @property
    def receiver_is_there(self) -> bool:
        """Whether the own frame is a method's whose receiver is no nil pointer in the dump."""
        first = self.frames[0] if self.frames else None
        if first is None or first.function != self.own.function or ".(*" not in first.function:
            return False
        word = _FIRST_WORD.match(first.arguments)
        return word is not None and int(word[1], 16) != 0 and word[2] is None

    def place(self, role: Role) -> Place:
        """Return the own frame as a place of a finding."""
        return Place(role, self.goroutine, self.own.function, self.own.file, self.own.line)

    def places(self, role: Role) -> tuple[Place, ...]:
        """Return the own frame, and where the goroutine was started, as places of a finding."""
        made = self.made
        if made is None:
            return (self.place(role),)
        created = Place(Role.CREATED, self.goroutine, made.function, made.file, made.line)
        return (self.place(role), created)


def crash_site(case: Case, failure: Failure) -> CrashSite | None:
    """Return where the goroutine was that a crash names first.

    A deferred function may run, and panic, while a panic is under way: the first panic is the one
    below the outermost call of ``panic``.

    Returns:
        The site; None where no crash made the test fail, or its dump has no frame of the program's
        or is cut off in it.
    """
    crash = case.crashes[failure.crash] if failure.crash >= 0 else None
    if crash is None or not crash.goroutines:
        return None
    dump = crash.goroutines[0]
    panics = [at for at, frame in enumerate(dump.frames) if frame.function in _PANICS]
    frames = dump.frames[panics[-1] + 1 :] if panics else dump.frames
    own = own_frame(frames, case.package)
    if own is None or not own.line:
        return None
    message = crash.panics[0].value if crash.panics else crash.message
    at = frames.index(own)
    inside = tuple(each for each in frames[:at] if not each.function.startswith(_OF_RUNTIME))
    return CrashSite(dump.number, message, _frame(own), frames[at:], _made(dump), inside)


def _made(dump: GoroutineDump) -> StackFrame | None:
    creator = dump.creator
    if creator is None or not creator.line or not is_own(creator):
        return None
    return _frame(creator)


def _frame(frame: DumpFrame) -> StackFrame:
    name = frame.function
    return StackFrame(name.rpartition(".")[0] if is_wrapper(name) else name, frame.file, frame.line)
