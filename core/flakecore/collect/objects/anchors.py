"""Where the toolchain's own files get something put in, so that the runtime knows the objects.

Every release has other files. What is put in stands behind a piece of their text, its **anchor**,
and on the same line, so that all lines keep their numbers; what is added stands at the end of the
file. A feature whose anchors are not all there, each once, is left out, and the page says that it
is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Insertion:
    """Something that is put in behind an anchor.

    Attributes:
        within: the line that begins the function or type that the anchor stands in; the whole file
            if empty.
        anchor: the text that it follows.
        text: what is put in.
    """

    within: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A declaration that depends on the release.

    Attributes:
        where: a file below ``src``.
        has: the text that tells.
        then: the Go file that holds the declaration where the file has it.
        otherwise: the one where it does not.
    """

    where: str
    has: str
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What happens to one file of the toolchain.

    Attributes:
        file: its path below ``src``.
        insertions: what is put in.
        fragments: Go files whose declarations are added at its end.
        variants: what else is added, depending on the release.
    """

    file: str
    insertions: tuple[Insertion, ...] = ()
    fragments: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class PatchGroup:
    """What is known only if all of its patches hold.

    Attributes:
        name: what the page says is missing.
        places: the patches; several where releases have it in different files, of which the first
            that holds counts.
        absent: the Go file that is added to the runtime in its stead; empty for none.
    """

    name: str
    places: tuple[tuple[FilePatch, ...], ...]
    absent: str = ""


RUNTIME = "runtime/proc.go"
"""The file of the runtime that the fragments are added to."""

_RUNTIME2, _SYNC_RW = "runtime/runtime2.go", "sync/rwmutex.go"
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
        FilePatch(_SYNC_RW, fragments=("in_std/sync_layout.go", "in_std/use_hooks.go")),
        FilePatch(file_of_mutex, fragments=("in_std/mutex_layout.go",)),
    )


PAGE = PatchGroup("the page", (_page("internal/sync/mutex.go"), _page("sync/mutex.go")))
"""What every other feature needs."""


def _mutex(file: str) -> tuple[FilePatch, ...]:
    locked = "flaketuiLocked(unsafe.Pointer(m))"
    lock = "func (m *Mutex) Lock() {"
    return (
        FilePatch(
            file,
            (
                Insertion(lock, "unsafe.Pointer(m))\n\t\t}\n\t\t", f"{locked}; "),
                Insertion(lock, "\tm.lockSlow()", f"; {locked}"),
                Insertion(
                    "func (m *Mutex) TryLock() bool {",
                    "unsafe.Pointer(m))\n\t}\n\t",
                    f"{locked}; ",
                ),
            ),
            fragments=("in_std/mutex_hooks.go",),
        ),
    )


_READER = "flaketuiRLocked(unsafe.Pointer(rw))"
_RUNLOCK = "func (rw *RWMutex) RUnlock() {"
_RWMUTEX = FilePatch(
    _SYNC_RW,
    (
        Insertion(
            "func (rw *RWMutex) RLock() {",
            "\t\truntime_SemacquireRWMutexR(&rw.readerSem, false, 0)\n\t}",
            f"; {_READER}",
        ),
        Insertion(
            "func (rw *RWMutex) TryRLock() bool {",
            "\t\tif rw.readerCount.CompareAndSwap(c, c+1) {",
            f" {_READER};",
        ),
        Insertion(_RUNLOCK, _RUNLOCK, " flaketuiRUnlocked(unsafe.Pointer(rw));"),
    ),
    fragments=("in_std/rwmutex_hooks.go",),
)

_SEND, _RECEIVE = "func chansend(", "func chanrecv("
_SELECT = "func selectgo("
_BY_CALLER = "getg().goid, flaketuiCallerPC())"
_RECEIVER = "flaketuiReceiver(flaketuiCallerSP())"
_CHANNELS = (
    FilePatch(
        "runtime/chan.go",
        (
            Insertion("type hchan struct {", "\tlock mutex", "; flaketui flaketuiChannelUses"),
            Insertion(
                "func makechan(",
                "\tlockInit(&c.lock, lockRankHchan)",
                f"; flaketuiSet(&c.flaketui.made, {_BY_CALLER}",
            ),
            Insertion(
                "func closechan(",
                "\tc.closed = 1",
                f"; flaketuiSet(&c.flaketui.closed, {_BY_CALLER}",
            ),
            Insertion(
                _SEND,
                "\tif sg := c.recvq.dequeue(); sg != nil {",
                " flaketuiHandOver(c, sg, true, callerpc);",
            ),
            Insertion(
                _SEND,
                "\tif c.qcount < c.dataqsiz {",
                " flaketuiSet(&c.flaketui.sent, getg().goid, callerpc);",
            ),
            Insertion(_SEND, "\tmysg.isSelect = false", "; mysg.acquiretime = int64(callerpc)"),
            Insertion(
                _RECEIVE,
                "\tif sg := c.sendq.dequeue(); sg != nil {",
                f" flaketuiHandOver(c, sg, false, {_RECEIVER});",
            ),
            Insertion(
                _RECEIVE,
                "\tif c.qcount > 0 {",
                f" flaketuiSet(&c.flaketui.received, getg().goid, {_RECEIVER});",
            ),
            Insertion(
                _RECEIVE,
                "\tmysg.isSelect = false",
                f"; mysg.acquiretime = int64({_RECEIVER})",
            ),
        ),
    ),
    FilePatch(
        "runtime/select.go",
        (
            Insertion(
                _SELECT, "\t\tsg.isSelect = true", "; sg.acquiretime = int64(flaketuiCallerPC())"
            ),
            Insertion(_SELECT, "\nbufrecv:", f" flaketuiSet(&c.flaketui.received, {_BY_CALLER};"),
            Insertion(_SELECT, "\nbufsend:", f" flaketuiSet(&c.flaketui.sent, {_BY_CALLER};"),
            Insertion(_SELECT, "\nrecv:", " flaketuiHandOver(c, sg, false, flaketuiCallerPC());"),
            Insertion(_SELECT, "\nsend:", " flaketuiHandOver(c, sg, true, flaketuiCallerPC());"),
        ),
    ),
    FilePatch(RUNTIME, fragments=("in_runtime/channel_uses.go",)),
)

_SIGNAL, _BROADCAST = "func (c *Cond) Signal() {", "func (c *Cond) Broadcast() {"
_PARKS_FOR_SIGNAL = "\tgoparkunlock(&l.lock, waitReasonSyncCondWait, traceBlockCondWait, 3)"
_CONDS = (
    FilePatch(
        "sync/cond.go",
        (
            Insertion(_SIGNAL, _SIGNAL, " flaketuiUse(unsafe.Pointer(c), 2, 0);"),
            Insertion(_BROADCAST, _BROADCAST, " flaketuiUse(unsafe.Pointer(c), 3, 0);"),
        ),
    ),
    FilePatch(
        "runtime/sema.go",
        (
            Insertion("func notifyListWait(", "\ts.g = getg()", "; s.g.param = unsafe.Pointer(l)"),
            # Before releaseSudog, which throws where a goroutine has a parameter left.
            Insertion("func notifyListWait(", _PARKS_FOR_SIGNAL, "; getg().param = nil"),
        ),
    ),
    FilePatch(RUNTIME, fragments=("in_runtime/conds.go",)),
)

_CANCEL = "func (c *cancelCtx) cancel(removeFromParent bool, err, cause error) {"
_MADE = "func (c *cancelCtx) propagateCancel(parent Context, child canceler) {"
_CONTEXTS = FilePatch(
    "context/context.go",
    (
        Insertion("", "\nimport (", '"unsafe";'),
        Insertion(_MADE, _MADE, " flaketuiUseContext(unsafe.Pointer(c), 4, 0);"),
        Insertion(_CANCEL, _CANCEL, " flaketuiUseContext(unsafe.Pointer(c), 5, 0);"),
        Insertion(
            "func (c *cancelCtx) Done() <-chan struct{} {",
            "\t\tc.done.Store(d)",
            "; flaketuiDone(unsafe.Pointer(c), d)",
        ),
        Insertion(
            "func WithDeadlineCause(",
            "\tdur := time.Until(d)",
            "; flaketuiUseContext(unsafe.Pointer(&c.cancelCtx), 7, uintptr(max(dur, 0)))",
        ),
    ),
    fragments=("in_std/context_hooks.go",),
)

_RUNNER, _FAIL = "func tRunner(t *T, fn func(t *T)) {", "func (c *common) Fail() {"
_ALARM = "func (m *M) startAlarm() time.Time {"
_GIVE_UP = (
    " flaketuiEnd = func(reason string) { time.AfterFunc(0, func() { m.after();"
    ' debug.SetTraceback("all"); if list := runningList(); len(list) > 0 {'
    ' reason += "\\nrunning tests:\\n\\t" + strings.Join(list, "\\n\\t") }; panic(reason) }) };'
)
_TESTS = FilePatch(
    "testing/testing.go",
    (
        Insertion("", "\nimport (", '_ "unsafe";'),
        Insertion(_RUNNER, _RUNNER, " flaketuiBegins(t.name);"),
        Insertion(_FAIL, _FAIL, " flaketuiFails(c.name);"),
        # A closure there, so that its name is that of a timeout's.
        Insertion(_ALARM, _ALARM, _GIVE_UP),
    ),
    fragments=("in_std/test_hooks.go",),
)

_WATCH = (
    FilePatch(
        "runtime/signal_unix.go",
        (
            Insertion(
                "func sighandler(",
                "\t\tdieFromSignal(sig)\n\t}",
                "; if sig == _SIGQUIT && flaketuiOnQuit() { return }",
            ),
        ),
    ),
    FilePatch(RUNTIME, fragments=("in_runtime/watch.go",)),
)

_HEADING = FilePatch(
    "runtime/traceback.go",
    (
        Insertion(
            "func goroutineheader(gp *g) {",
            "\t\tlabels := (*label.Set)(gp.labels).List",
            "; if len(labels) > 0 && flaketuiHidesLabel(labels[0].Key) { labels = nil }",
        ),
    ),
)
"""Since Go 1.26 a goroutine's heading may hold labels, which programs that parse it do not know."""

_START_PROFILE = "func StartCPUProfile(w io.Writer) error {"
_PROFILES = FilePatch(
    "runtime/pprof/pprof.go",
    (Insertion(_START_PROFILE, _START_PROFILE, " flaketuiMakeWay();"),),
    fragments=("in_std/profile_yield.go",),
)

_START_TRACE = "func (t *traceMultiplexer) subscribeTraceStartWriter(w io.Writer) error {"
_TRACES = FilePatch(
    "runtime/trace/subscribe.go",
    (
        Insertion(_START_TRACE, _START_TRACE, " flaketuiBegins(w);"),
        Insertion(
            _START_TRACE,
            "\tif t.traceStartWriter != nil {",
            " if flaketuiShare(t, w) { return nil };",
        ),
        Insertion(
            "func (t *traceMultiplexer) unsubscribeTraceStartWriter() {",
            "\tdefer t.Unlock()",
            "; if flaketuiUnshare(t) { return }",
        ),
        # Only since Go 1.26 is a writer told where a generation ends.
        Insertion(
            "func (t *traceMultiplexer) startLocked() error {",
            "\n\t\t\tif traceStartWriter != nil {",
            "",
        ),
    ),
    fragments=("in_std/trace_share.go",),
)

_DEAD = "\tcasgstatus(gp, _Grunning, _Gdead)"

FEATURES = (
    PatchGroup(
        "sync.Mutex: who holds it",
        (_mutex("internal/sync/mutex.go"), _mutex("sync/mutex.go")),
    ),
    PatchGroup("sync.RWMutex: who reads under it", ((_RWMUTEX,),)),
    PatchGroup(
        "channels: who used them last", (_CHANNELS,), absent="in_runtime/no_channel_uses.go"
    ),
    PatchGroup(
        "sync.WaitGroup: who called Add and Done last",
        (
            (
                FilePatch(
                    "sync/waitgroup.go",
                    (
                        Insertion(
                            "func (wg *WaitGroup) Add(delta int) {",
                            "\tv := int32(state >> 32)",
                            "; flaketuiUse(unsafe.Pointer(wg), int(uint32(int32(delta))>>31), "
                            "uintptr(delta))",
                        ),
                    ),
                ),
            ),
        ),
    ),
    PatchGroup(
        "sync.Cond: who waits, who signalled last", (_CONDS,), absent="in_runtime/no_conds.go"
    ),
    PatchGroup("tests: which one a goroutine belongs to", ((_TESTS,),)),
    # Before Go 1.26 there is nothing to hide.
    PatchGroup("tests: that their labels are hidden from programs", ((_HEADING,), ())),
    PatchGroup("contexts: who made and cancelled them", ((_CONTEXTS,),)),
    PatchGroup("CPU profiles: that the tests may take their own", ((_PROFILES,),)),
    PatchGroup("traces: that the tests may write their own", ((_TRACES,), ())),
    PatchGroup("SIGQUIT and hangs: a page of them", (_WATCH,), absent="in_runtime/no_watch.go"),
    PatchGroup(
        "goroutines: when they ended",
        tuple(
            (FilePatch(RUNTIME, (Insertion(function, _DEAD, "; flaketuiEnding(gp)"),)),)
            for function in ("func gdestroy(gp *g) {", "func goexit0(gp *g) {")
        ),
    ),
)
"""What else the page can know, each alone."""

RANDOM_SCHEDULER = "FLAKETUI_SCHEDULER"
"""The variable that randomises the order of goroutines, where its value is ``random``."""

SCHEDULER = PatchGroup(
    "scheduler: a random order",
    (
        (
            FilePatch(
                RUNTIME,
                (
                    # What is a constant that only the race detector sets becomes a variable.
                    Insertion(
                        "const randomizeScheduler",
                        "const randomizeScheduler",
                        "WithRace = raceenabled; var randomizeScheduler",
                    ),
                    Insertion(
                        "func schedinit() {",
                        "\tgoenvs()",
                        f'; if gogetenv("{RANDOM_SCHEDULER}") == "random"'
                        " { randomizeScheduler = true }",
                    ),
                ),
            ),
        ),
    ),
)
"""Goroutines that can run run in a random order, as under the race detector; not of the page."""
