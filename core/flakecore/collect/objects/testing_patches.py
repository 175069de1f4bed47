"""Patches of what tests themselves use: package testing, profiles, traces, signals."""

from __future__ import annotations

from flakecore.collect.objects.patches import RUNTIME, FilePatch, Insertion, PatchGroup

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
"""Since Go 1.26 a goroutine's heading may hold labels, which break programs that parse it."""

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
        # Only since Go 1.26 is a writer notified where a generation ends.
        Insertion(
            "func (t *traceMultiplexer) startLocked() error {",
            "\n\t\t\tif traceStartWriter != nil {",
            "",
        ),
    ),
    fragments=("in_std/trace_share.go",),
)

TESTING_PATCHES = (
    PatchGroup("tests: which one a goroutine belongs to", ((_TESTS,),)),
    # Before Go 1.26 there is nothing to hide.
    PatchGroup("tests: that their labels are hidden from programs", ((_HEADING,), ())),
    PatchGroup("CPU profiles: that the tests may take their own", ((_PROFILES,),)),
    PatchGroup("traces: that the tests may write their own", ((_TRACES,), ())),
    PatchGroup("SIGQUIT and hangs: a page of them", (_WATCH,), absent="in_runtime/no_watch.go"),
)
"""What a page can record of tests, and what they may go on to use beside it, each alone."""
