"""Phrases for an objects page: names of objects, who holds them, what was done to them last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flakecore.diagnosis.findings import Evidence, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import (
    ObjectWait,
    caller,
    is_on_stack,
    place_of_event,
)
from flakecore.diagnosis.objects.page_clock import coarse_duration
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.frames import own_frame
from flakecore.objects import ObjectKind, PageEvent, PageHolder, PageObject

_K = OperationKind
NOUNS = {
    ObjectKind.MUTEX: "mutex",
    ObjectKind.RWMUTEX: "rwmutex",
    ObjectKind.ONCE: "once",
    ObjectKind.CHANNEL: "channel",
    ObjectKind.WAIT_GROUP: "wait group",
    ObjectKind.COND: "cond",
    ObjectKind.CONTEXT: "context",
    ObjectKind.TIMER: "timer",
    ObjectKind.SEMAPHORE: "semaphore",
    ObjectKind.UNKNOWN: "object",
}
_STANDS_IN = {
    "lock": (_K.LOCK,),
    "rlock": (_K.RLOCK,),
    "once": (_K.DO,),
    "send": (_K.SEND,),
    "receive": (_K.RECEIVE, _K.RANGE),
    "wait": (_K.WAIT,),
    "cond": (_K.WAIT,),
}
"""By which operations of the source a wait's object is named."""
_DONE = {
    "last_send": ("sent last", Role.SENDS),
    "last_receive": ("received last", Role.RECEIVES),
    "last_close": ("closed it", Role.CLOSES),
    "last_add": ("called its Add last", Role.ADDS),
    "last_done": ("called its Done last", Role.DONE),
    "last_signal": ("signalled it last", Role.SIGNALS),
    "cancel": ("cancelled it", Role.CLOSES),
    "made": ("made it", Role.MADE),
}
_COUNTERPARTS = 4
"""Holders of a lock that are named."""
_BEHIND = 4
"""Goroutines behind a root whose waits its finding lists."""


class ObjectWords:
    """Words for the objects of one page."""

    def __init__(self, graph: ObjectGraph, files: GoFiles, moment_ns: int = 0) -> None:
        """Take what is looked at.

        Args:
            graph: that of a page.
            files: those that its stacks name.
            moment_ns: when it is asked, on the case's clock, where that is behind the page: what
                the page proves to be stuck is so then, too.
        """
        self._graph = graph
        self._files = files
        self._moment_ns = max(moment_ns, graph.page.at_ns)

    def name(self, wait: ObjectWait) -> str:
        """Return what a goroutine waits for: ``b.mu``, or else ``mutex 0x…140``."""
        text = self._in_source(wait.frame, _STANDS_IN.get(wait.wait.operation, ()))
        return text or named(wait.object)

    def names(self, waits: Sequence[ObjectWait]) -> str:
        """Return what a goroutine waits for in a select: ``done or failed``."""
        frame = waits[0].frame
        file = self._files.file_of(frame) if frame is not None else None
        select = file.select_at(frame.line) if file is not None and frame is not None else None
        cases = file.cases_of(select) if file is not None and select is not None else ()
        texts = [each.object.text for each in cases]
        if len(texts) != len(waits):
            texts = [self.name(wait) for wait in waits]
        return " or ".join(dict.fromkeys(texts))

    def held(self, holder: PageHolder, lock: PageObject) -> str:
        """Return the name by which a holder has locked something."""
        return self._in_source(place_of_event(holder), (_K.LOCK, _K.RLOCK, _K.DO)) or named(lock)

    def locked_at(self, holder: PageHolder, wait: ObjectWait) -> StackFrame | None:
        """Return where a holder has locked what another one waits for; None if unknown.

        The page has two frames of it, which of an RWMutex's Lock are both of package sync: then it
        is the one lock of that name that the holder's stack holds by the source.
        """
        place = place_of_event(holder)
        state = self._graph.state(holder.goroutine)
        if place is not None or state is None or wait.frame is None:
            return place
        wanted = self._files.operations_at(wait.frame, wait.frame.line, _K.LOCK, _K.RLOCK)
        if len(wanted) != 1:
            return None
        found: dict[StackFrame, None] = {}
        inner: StackFrame | None = None
        for frame in state.frames:
            for each in self._files.held_at(frame, frame.line, inner):
                if each.object.is_same(wanted[0].object):
                    found[StackFrame(frame.function, frame.file, each.line)] = None
            inner = frame
        return next(iter(found)) if len(found) == 1 else None

    def held_against(self, holder: PageHolder, wait: ObjectWait) -> str:
        """Return the name of what one holds and another waits for: its own, or else the other's."""
        place = self.locked_at(holder, wait)
        return self._in_source(place, (_K.LOCK, _K.RLOCK, _K.DO)) or self.name(wait)

    def is_range(self, wait: ObjectWait) -> bool:
        """Return whether a receive is that of a loop over a channel, by the source."""
        frame = wait.frame
        return frame is not None and bool(
            self._files.operations_at(frame, frame.line, OperationKind.RANGE)
        )

    def is_yet_to_take_back(self, state: GoroutineState, sent: PageEvent) -> bool:
        """Return whether a goroutine is in a function that sent and, further down, receives.

        What it receives from is by the source the channel that it sent on.
        """
        frame = place_of_event(sent)
        file = self._files.file_of(frame) if frame is not None else None
        if frame is None or file is None or not is_on_stack(state.frames, frame):
            return False
        return any(
            each.kind is _K.RECEIVE
            and each.object.is_same(send.object)
            and each.object.text == send.object.text
            and send.node.end_byte <= each.node.start_byte < send.function.end_byte
            for send in file.at(frame.line, _K.SEND)
            for each in file.operations
        )

    def locks_for_caller(self, frame: StackFrame) -> bool:
        """Return whether a frame's function locks and leaves it to its callers, by the source."""
        return self._files.locks_for_caller(frame)

    def age(self, at_ns: int | None) -> str:
        """Return how long before it is asked something was: ``11ms``; "" if unknown."""
        return "" if at_ns is None else coarse_duration(self._moment_ns - at_ns)

    def holding(self, holder: PageHolder, lock: PageObject) -> str:
        """Return how a goroutine holds a lock, for people: ``since 11.0ms, locked at f.go:33``."""
        age, place = self.age(holder.since_ns), frame_place(place_of_event(holder))
        parts = [f"for {age}" if age else "", f"locked at {place}" if place else ""]
        reads = " for reading" if holder.reads else ""
        verb = "is in" if lock.kind is ObjectKind.ONCE else "holds"
        details = ", ".join(each for each in parts if each)
        return f"{verb} {self.held(holder, lock)}{reads}{' ' if details else ''}{details}"

    def wait_fact(self, wait: ObjectWait) -> Evidence:
        """Return a wait as a fact, with who holds what is waited for."""
        state, page = wait.state, self._graph.page
        exact = state.since_ns
        age = self.age(page.by_number[state.number].since_ns if exact is None else exact)
        text = f"{state.name} {state.blocked_on.value}{state.at()}"
        text += f" on {self.name(wait)}" if wait.object is not None else ""
        return Evidence(f"{text}{f' for {age}' if age else ''}", state.since_ns, state.number)

    def counterpart(self, wait: ObjectWait) -> str:
        """Return what is waited for and who is on the other side, for people.

        ``mutex 0x…140, held by G40 for 11.0ms, locked at ledger.go:33``
        """
        found = wait.object
        if found is None:
            return "an object that the page does not have"
        text = self._in_source(wait.frame, _STANDS_IN.get(wait.wait.operation, ()))
        parts = [f"{text}, {named(found)}" if text else named(found), *_is_now(found)]
        parts += [self._held_by(each, found) for each in found.holders[:_COUNTERPARTS]]
        if len(found.holders) > _COUNTERPARTS:
            parts.append(f"and {len(found.holders) - _COUNTERPARTS} more")
        parts += self._ends_by_itself(found)
        for name, event in found.events:
            if event.goroutine and name != "made":
                fact = self.event_fact(name, event).text
                ended = ", ended since" if self._graph.has_ended(event.goroutine) else ""
                parts.append(f"{fact}{ended}")
        return ", ".join(parts)

    def _ends_by_itself(self, channel: PageObject) -> Iterator[str]:
        """Yield what a channel belongs to: the context that it is the Done of, or a timer."""
        timer = self._graph.timer_of(channel.address)
        if timer is not None:
            yield f"a timer's{self._due(timer)}"
            return
        for context in self._graph.contexts_of(channel.address)[:1]:
            made = context.event("made")
            who = f" that G{made.goroutine} made{at(place_of_event(made))}" if made else ""
            yield f"the Done of a context{who}{self._due(context)}"

    def _due(self, found: PageObject) -> str:
        left = (found.due_ns or 0) - self._graph.page.at_ns
        return f", due {coarse_duration(left)} later" if left > 0 else ""

    def _held_by(self, holder: PageHolder, lock: PageObject) -> str:
        age, place = self.age(holder.since_ns), frame_place(place_of_event(holder))
        how = "in its function" if lock.kind is ObjectKind.ONCE else "held by"
        who = f"G{holder.goroutine}{' for reading' if holder.reads else ''}"
        since = f" for {age}" if age else ""
        where = f", locked at {place}" if place else ""
        now = ", which has ended" if holder.ended else ""
        return f"{how} {who}{since}{where}{now}"

    def hold_fact(self, holder: PageHolder, lock: PageObject) -> Evidence:
        """Return who holds a lock as a fact."""
        ended = ", and has ended" if holder.ended else ""
        text = f"G{holder.goroutine} {self.holding(holder, lock)}{ended}"
        return Evidence(text, None, holder.goroutine)

    def event_fact(self, name: str, event: PageEvent) -> Evidence:
        """Return what was done to an object last as a fact."""
        does, _ = _DONE[name]
        age = self.age(event.at_ns)
        when = f" {age} before" if age else ""
        text = f"G{event.goroutine} {does}{at(place_of_event(event))}{when}"
        return Evidence(text, None, event.goroutine)

    def ended_fact(self, number: int) -> Evidence | None:
        """Return that a goroutine has ended as a fact; None if it has not."""
        if not self._graph.has_ended(number):
            return None
        return Evidence(f"G{number} has ended", self._graph.ended_ns(number), number)

    def behind(self, root: Iterable[int], numbers: Iterable[int]) -> Iterator[Evidence]:
        """Yield the waits of goroutines that wait behind others for something that is held."""
        count = 0
        for number in sorted(set(numbers) - set(root)):
            for wait in self._graph.waits_of(number)[:1]:
                holder = self._graph.holder_of(wait)
                if holder is None or wait.object is None or wait.state.own is None:
                    continue
                fact = self.wait_fact(wait)
                held = f"G{holder.goroutine} {self.holding(holder, wait.object)}"
                yield Evidence(f"{fact.text}; {held}", fact.time_ns, number)
                count += 1
            if count == _BEHIND:
                return

    def _in_source(self, frame: StackFrame | None, kinds: Sequence[OperationKind]) -> str:
        found: list[Operation] = []
        if frame is not None and kinds:
            found = self._files.operations_at(frame, frame.line, *kinds)
            found = found or self._files.deferred_to(frame, *kinds)
        names = {each.object.text for each in found}
        return names.pop() if len(names) == 1 else ""


def _is_now(found: PageObject) -> Iterator[str]:
    """Yield how an object stands, for people."""
    if found.kind is ObjectKind.CHANNEL:
        if found.element:
            yield f"of {found.element}"
        if found.capacity:
            yield f"{found.length} of {found.capacity} taken"
        if found.closed:
            yield "closed"
    if found.counter is not None:
        yield f"counter {found.counter}"


def named(found: PageObject | None) -> str:
    """Return an object without the source: its variable, or what it is and where it lies."""
    if found is None:
        return "something"
    return found.variable or f"{NOUNS[found.kind]} {found.short_address}"


def frame_place(frame: StackFrame | None) -> str:
    """Return file and line for people; "" if unknown."""
    return frame.place if frame is not None else ""


def at(frame: StackFrame | None) -> str:
    """Return file and line in brackets, with a space before; "" if unknown."""
    return f" ({frame.place})" if frame is not None and frame.place else ""


def event_place(name: str, event: PageEvent) -> Place | None:
    """Return where something was done last as a place of a finding."""
    return _placed(_DONE[name][1], event.goroutine, caller(event.stack))


def hold_place(holder: PageHolder) -> Place | None:
    """Return where a lock was taken as a place of a finding."""
    return _placed(Role.LOCKED_AT, holder.goroutine, caller(holder.stack))


def wait_place(wait: ObjectWait) -> Place:
    """Return where a goroutine waits as a place of a finding."""
    return wait.state.place_of(Role.WAITS, wait.frame)


def doing(state: GoroutineState) -> str:
    """Return what a goroutine does and where, for people: ``a channel send (emit.go:9)``."""
    own = own_frame(state.frames, state.package)
    return f"{state.blocked_on.noun}{at(own)}"


def _placed(role: Role, goroutine: int, frame: StackFrame | None) -> Place | None:
    if frame is None or frame.line <= 1:
        return None
    return Place(role, goroutine, frame.function, frame.file, frame.line)
