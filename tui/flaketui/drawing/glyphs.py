"""The characters that lanes, marks and tables are drawn with, in Unicode and in ASCII."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.timeline import State, TestStatus


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters, each one cell wide.

    Attributes:
        states: what fills a cell of a lane in each state: solid for what uses a CPU, lines of
            different make for the waits, dots for what has nothing to do.
        second_running: as ``states[RUNNING]``, for a neighbouring run of another goroutine.
        thin: a span that is shorter than its cell, alone among other cells.
        sparse: such spans in one cell beside another.
        gap: the edges of a stretch of time that is folded.
        bars: eight heights of a bar, lowest first, for plots.
        test_bar, test_pause, test_moment: a test that ran, was paused, or took less than a cell.
        test_edge, bar_end: what encloses the bar of when a test ran.
        span_begin, span_end: the ends of a region or task.
        log: a moment at which something was logged into the trace, or printed.
        leak: the moment at which a test ended that left a goroutine behind.
        goal: the heap's goal, above the bars of its size.
        flame_edge: the left edge of a flame graph's frame.
    """

    states: dict[State, str]
    statuses: dict[TestStatus, str]
    second_running: str
    thin: str
    sparse: str
    gap: str
    bars: str
    cursor: str
    mark: str
    failure: str
    stop: str
    tick: str
    rule: str
    divider: str
    forever: str
    ellipsis: str
    arrow: str
    opened: str
    closed: str
    current: str
    pin: str
    times: str
    leaf: str
    test_bar: str
    test_pause: str
    test_moment: str
    test_edge: str
    bar_end: str
    span_begin: str
    span_end: str
    log: str
    leak: str
    goal: str
    flame_edge: str


UNICODE = Glyphs(
    states={
        State.ABSENT: " ",
        State.RUNNING: "▇",
        State.RUNNABLE: "▒",
        State.SYSCALL: "▓",
        State.CHAN_SEND: "╌",
        State.CHAN_RECEIVE: "─",
        State.SELECT: "═",
        State.MUTEX: "━",
        State.COND: "┅",
        State.WAIT_GROUP: "┄",
        State.NETWORK: "≈",
        State.SLEEP: "┈",
        State.GC: "░",
        State.FOREVER: "¤",
        State.SYSTEM: "·",
        State.COROUTINE: "~",
        State.OTHER_WAIT: "-",
        State.IDLE: "·",
    },
    statuses={
        TestStatus.PASS: "✓",
        TestStatus.FAIL: "✗",
        TestStatus.SKIP: "○",
        TestStatus.UNFINISHED: "?",
    },
    second_running="▆",
    thin="╿",
    sparse="▖",
    gap="┊",
    bars="▁▂▃▄▅▆▇█",
    cursor="▼",
    mark="◆",
    failure="✗",
    stop="║",
    tick="╷",
    rule="─",
    divider="│",
    forever="∞",
    ellipsis="…",
    arrow="→",
    opened="▾",
    closed="▸",
    current="▶",
    pin="●",
    times="×",
    leaf="└",
    test_bar="▄",
    test_pause="░",
    test_moment="▖",
    test_edge="▕",
    bar_end="▏",
    span_begin="├",
    span_end="┤",
    log="◇",
    leak="»",
    goal="╌",
    flame_edge="▏",
)

ASCII = Glyphs(
    states={
        State.ABSENT: " ",
        State.RUNNING: "#",
        State.RUNNABLE: "=",
        State.SYSCALL: "%",
        State.CHAN_SEND: ">",
        State.CHAN_RECEIVE: "<",
        State.SELECT: "s",
        State.MUTEX: "x",
        State.COND: "c",
        State.WAIT_GROUP: "w",
        State.NETWORK: "n",
        State.SLEEP: "z",
        State.GC: "g",
        State.FOREVER: "!",
        State.SYSTEM: ".",
        State.COROUTINE: "~",
        State.OTHER_WAIT: "-",
        State.IDLE: ".",
    },
    statuses={
        TestStatus.PASS: "+",
        TestStatus.FAIL: "X",
        TestStatus.SKIP: "o",
        TestStatus.UNFINISHED: "?",
    },
    second_running="@",
    thin="'",
    sparse=",",
    gap=":",
    bars="._-=+*%#",
    cursor="v",
    mark="*",
    failure="X",
    stop="|",
    tick="|",
    rule="-",
    divider="|",
    forever="!",
    ellipsis="~",
    arrow=">",
    opened="-",
    closed="+",
    current=">",
    pin="*",
    times="x",
    leaf="`",
    test_bar="#",
    test_pause="-",
    test_moment="|",
    test_edge="[",
    bar_end="]",
    span_begin="[",
    span_end="]",
    log="o",
    leak="L",
    goal="~",
    flame_edge="|",
)
