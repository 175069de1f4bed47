"""Blocks of the Details pane: stacks with source, wait chains, regions and logs, stopped worlds."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from flakecore.diagnosis import Evidence
from flakecore.diagnosis.stop_delays import Delay, delayed_by
from flakecore.diagnosis.waits.wait_chain import ChainEnd, WaitLink
from flakecore.frames import shown_frame, split_own
from flakecore.gotest import DumpFrame
from flakecore.timeline import (
    CollectionKind,
    CollectionSpan,
    Frame,
    Interval,
    Schedule,
    Stack,
)
from flakecore.times import format_duration, format_time
from flaketui.drawing.labels import moment_label, state_label
from flaketui.drawing.palettes import Role
from flaketui.view.scene import Scene, bare_function
from flaketui.view.selected_dump import dumped_goroutine

_STOP = CollectionKind.STOP_THE_WORLD
LOGS_SHOWN = 3
"""Logs shown of a goroutine: the last ones up to the cursor."""
WAITS_SHOWN = 6
"""Objects of a wait, and goroutines on the other side of each, that are shown."""
DELAYS_SHOWN = 8
"""Goroutines shown that a stop of the world held up."""


class Block(NamedTuple):
    """A paragraph, or a line that is not broken.

    Attributes:
        indent: cells to the left of each of its lines.
        place: a source line that stands before the text.
        evidence: what can be jumped to from here, or None.
        verbatim: whether its spaces matter: it is cut, not broken into lines.
    """

    text: str
    role: Role = "text"
    indent: int = 0
    place: str = ""
    evidence: Evidence | None = None
    verbatim: bool = False


def stack_blocks(scene: Scene, stack: Stack, *, source: bool = False) -> list[Block]:
    """Return a stack: the person's own frames one a line, Go's folded into one line below.

    With ``source`` the lines around the innermost own frame's stand under it, if they are at hand.
    """
    own, library = split_own(stack, scene.case.package)
    places = [f"{frame.short_file}:{frame.line}" for frame in own]
    wide = max(map(len, places), default=0)
    blocks: list[Block] = []
    for number, (frame, place) in enumerate(zip(own, places, strict=True)):
        blocks.append(Block(frame.short_function, "strong", 2, place=place.ljust(wide)))
        if source and number == 0:
            blocks += _source(scene, frame)
    if library:
        arrow = f" {scene.look.glyphs.arrow} "
        names = arrow.join(frame.short_function for frame in reversed(library[:4]))
        blocks.append(Block(f"Go's own: {names}", "faint", 2))
    if source and not own and stack:
        blocks += _source(scene, stack[0])
    return blocks


def _source(scene: Scene, frame: Frame) -> list[Block]:
    """Return the source lines around a frame's, and a warning where the file was changed since."""
    excerpt = scene.sources.excerpt(frame) if scene.sources is not None else None
    if excerpt is None:
        return []
    blocks = []
    wide = len(str(excerpt.first + len(excerpt.lines)))
    for number, text in enumerate(excerpt.lines, excerpt.first):
        here = number == excerpt.line
        mark = scene.look.glyphs.current if here else " "
        shown = f"{mark}{number:>{wide}}  {plain_source(text)}"
        blocks.append(Block(shown, "text" if here else "faint", 3, verbatim=True))
    recorded = scene.case.clock.zero_wall_ns
    if recorded is not None and excerpt.modified_ns > recorded + scene.case.end_ns:
        blocks.append(Block(f"{excerpt.path} was changed after this run", "warn", 4))
    return blocks


def plain_source(text: str) -> str:
    """Return a source line as cells: tabs as spaces, nothing that a terminal would obey."""
    spaced = text.rstrip("\r").expandtabs(4)
    return "".join(one if one.isprintable() else "·" for one in spaced)


def dumped_blocks(scene: Scene, number: int) -> list[Block]:
    """Return where a goroutine stands by the dump that is shown; nothing where it is not in it."""
    dumped = dumped_goroutine(scene.case, scene.view, number, scene.arrangement.dump)
    if dumped is None:
        return []
    one = dumped.stack
    waited = f", for {one.minutes} min" if one.minutes else ""
    of_test = f", of {dumped.test_name}" if dumped.test_name else ""
    blocks = [Block(f"G{number} in the dump: {one.state}{waited}{of_test}.")]
    blocks += stack_blocks(scene, tuple(map(_dump_frame, one.frames)), source=True)
    if one.creator is not None:
        whom = f" by G{one.creator_goroutine}" if one.creator_goroutine else ""
        blocks.append(Block(f"created{whom} at", "muted"))
        blocks += stack_blocks(scene, (_dump_frame(one.creator),))
    return blocks


def object_blocks(scene: Scene, number: int, now: Interval | None) -> list[Block]:
    """Return what a goroutine waits on and who is on the other side, by an objects page.

    The page is one that was written during the wait at the cursor, or else the failure's.
    """
    if not scene.case.objects:
        return []
    # Imported here: it looks at the source, and most bundles have no such page.
    from flakecore.diagnosis import waits_during, waits_of_failure

    if now is not None:
        waits = now.state.waiting
        found = waits_during(scene.case, number, now.start_ns, now.end_ns) if waits else ()
    elif scene.failure is not None:
        found = waits_of_failure(scene.case, scene.failure, only=number)
    else:
        found = ()
    blocks = []
    for wait in found[:WAITS_SHOWN]:
        blocks.append(Block(f"on {wait.text}", "text", 2))
        for other in wait.counterparts[:WAITS_SHOWN]:
            if other.goroutine and other.frame is not None:
                does = other.role.replace("_", " ")
                words = f"G{other.goroutine} {does} at {other.frame.place}"
                evidence = Evidence(words, other.at_ns, other.goroutine)
                blocks.append(Block(words, "muted", 4, evidence=evidence))
    return blocks


def _dump_frame(frame: DumpFrame) -> Frame:
    return Frame(frame.function, frame.file.replace("\\", "/"), frame.line)


def chain_blocks(scene: Scene) -> list[Block]:
    """Return the chain behind the wait at the cursor: a link a line, each with its evidence."""
    links = scene.chain
    if links is None:
        return [Block("following who ended it", "faint")]
    if not links or links[0].end is ChainEnd.NEVER:
        return []  # the sentence on the wait states it
    if not links[0].waker:
        return [_chain_end(scene, links[0])]
    blocks = [Block("Back to the cause, hop by hop (w follows, z returns)", "muted")]
    for link in links:
        if link.waker and link.wait.wake is not None:
            moment = link.wait.wake.time_ns
            words = f"{format_time(moment)}s  G{link.waker} ended the wait of {link.wait.lane}"
            words += f" for {state_label(link.wait.state)}{_at(scene, link.wait.wake.stack)}"
            blocks.append(Block(words, "text", 2, evidence=Evidence(words, moment, link.waker)))
        if link.end is not None:
            blocks.append(_chain_end(scene, link))
    return blocks


def _at(scene: Scene, stack: Stack) -> str:
    frame = shown_frame(stack, scene.case.package)
    if frame is None:
        return ""
    return f", at {frame.short_file}:{frame.line} in {bare_function(frame.function)}"


def _chain_end(scene: Scene, link: WaitLink) -> Block:
    """Return what a chain ends in."""
    wait = link.wait
    who = f"{wait.lane}, waiting for {state_label(wait.state)}"
    match link.end:
        case ChainEnd.TIMER:
            text = f"a timer ended it: {who}, was woken by no goroutine"
        case ChainEnd.NETWORK:
            text = f"the network ended it: {who}"
        case ChainEnd.RUNTIME:
            text = f"the runtime ended it: {who}, was woken by no goroutine"
        case ChainEnd.NEVER:
            text = f"never: nothing ended the wait of {who}, before the trace stopped"
        case ChainEnd.BUSY:
            doing = (
                f", {link.waker_interval.state.label}" if link.waker_interval is not None else ""
            )
            place = _at(scene, link.waker_interval.stack) if link.waker_interval is not None else ""
            text = f"G{link.waker} had waited for nobody since: it was at work{doing}{place}"
        case _:
            text = "the trace does not say how it went on before"
    number = link.waker or wait.lane.id
    moment = wait.wake.time_ns if link.waker and wait.wake is not None else wait.start_ns
    evidence = Evidence(text, moment, number) if link.waker else None
    return Block(f"{scene.look.glyphs.leaf} {text}", "warn", 2, evidence=evidence)


def annotation_blocks(scene: Scene, number: int) -> list[Block]:
    """Return a goroutine's regions at the cursor, its last logs and its label."""
    annotations, moment = scene.case.annotations, scene.view.cursor_ns
    if annotations is None or number <= 0:
        return []
    blocks = []
    for region in annotations.around(number, moment):
        task = annotations.task(region.task)
        part = f", part of the task {task.name}" if task is not None else ""
        lasts = "never ended" if region.open else f"for {format_duration(region.duration_ns)}"
        since = moment_label(region.start_ns)
        blocks.append(Block(f"In the region {region.name} since {since}, {lasts}{part}."))
    for log in annotations.logs(number, moment, LOGS_SHOWN):
        category = f"{log.category}: " if log.category else ""
        words = f"{format_time(log.time_ns)}s  logged {category}{log.message}"
        blocks.append(Block(words, "muted", 2, evidence=Evidence(words, log.time_ns, number)))
    if label := annotations.label(number, moment):
        blocks.append(Block(f"Labelled {label}.", "muted"))
    return blocks


@lru_cache(maxsize=64)
def _delays(schedule: Schedule, stop: CollectionSpan) -> tuple[Delay, ...]:
    return delayed_by(schedule, stop)


def pause_blocks(scene: Scene) -> list[Block]:
    """Return what the collector does at the cursor, and which goroutines a stop held up."""
    gc, moment = scene.case.gc, scene.view.cursor_ns
    spans = gc.spans(moment, moment) if gc is not None else ()
    if not spans:
        return [Block("The collector does nothing at this moment.", "muted")]
    span = max(spans, key=lambda one: (one.start_ns == moment, one.kind == _STOP, one.start_ns))
    length = format_duration(span.duration_ns)
    begun = f", begun by G{span.goroutine}" if span.goroutine > 0 else ""
    ends = f"from {moment_label(span.start_ns)} to {moment_label(span.end_ns)}, for {length}{begun}"
    if span.kind is not _STOP:
        return [Block(f"{span.name} {ends}."), *stack_blocks(scene, span.stack)]
    why = span.name.removeprefix("stop-the-world").strip(" ()")
    blocks = [Block(f"The world stood still {ends}: {why or 'no reason is told'}.")]
    blocks += stack_blocks(scene, span.stack)
    schedule = scene.case.schedule
    delays = _delays(schedule, span) if schedule is not None else ()
    if not delays:
        return [*blocks, Block("It held up no goroutine: none was running.", "muted")]
    blocks.append(Block("It held up", "muted"))
    for delay in delays[:DELAYS_SHOWN]:
        goroutine = scene.goroutine(delay.goroutine)
        name = bare_function(goroutine.function) if goroutine is not None else ""
        test = scene.test_name(goroutine.test) if goroutine is not None else ""
        words = (
            f"{format_duration(delay.delayed_ns):>7}  G{delay.goroutine} {name} on P{delay.proc}"
        )
        words += f", of {test}" if test else ""
        evidence = Evidence(words, delay.until_ns, delay.goroutine)
        blocks.append(Block(words, "text", 2, evidence=evidence))
    if len(delays) > DELAYS_SHOWN:
        blocks.append(Block(f"and {len(delays) - DELAYS_SHOWN} more", "faint", 2))
    return blocks
