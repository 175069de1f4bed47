"""Patches by which locks, channels, conds, wait groups and contexts record who used them last."""

from __future__ import annotations

from flakecore.collect.objects.patches import RUNTIME, FilePatch, Insertion, PatchGroup


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
    "sync/rwmutex.go",
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

_DEAD = "\tcasgstatus(gp, _Grunning, _Gdead)"

OBJECT_PATCHES = (
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
    PatchGroup("contexts: who made and cancelled them", ((_CONTEXTS,),)),
    PatchGroup(
        "goroutines: when they ended",
        tuple(
            (FilePatch(RUNTIME, (Insertion(function, _DEAD, "; flaketuiEnding(gp)"),)),)
            for function in ("func gdestroy(gp *g) {", "func goexit0(gp *g) {")
        ),
    ),
)
"""What a page can record of objects and of goroutines that ended, each feature alone."""
