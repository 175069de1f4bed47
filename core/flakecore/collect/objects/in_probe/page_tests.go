// Which test a goroutine belongs to: a profiler label that its children inherit. A goroutine that has
// labels of its own keeps them. The first tests that fail get a page.

package testdeps

import (
	"context"
	"runtime/pprof"
	"strings"
	"sync"
	_ "unsafe" // for linkname
)

//go:linkname flaketuiLabels runtime.flaketuiLabels
func flaketuiLabels() uint64

//go:linkname flaketuiShowLabel runtime.flaketuiShowLabel
func flaketuiShowLabel(key string, shows bool)

var flaketuiKey = strings.Clone("test") // of its own, to be told from what programs call theirs

// flaketuiShowTests says whether the stacks that are written from now on name the tests. Those that the
// program asks for do not: what parses them may not know labels.
func flaketuiShowTests(shows bool) { flaketuiShowLabel(flaketuiKey, shows) }

const flaketuiMostFailures = 20 // that get a page

var flaketuiTests struct {
	sync.Mutex
	byLabels map[uint64]string          // by the address of a goroutine's labels
	labels   map[string]context.Context // by test; nothing else may ever have their address
	failed   map[string]bool
	pages    int
}

func flaketuiTestOf(labels uint64) string {
	flaketuiTests.Lock()
	defer flaketuiTests.Unlock()
	return flaketuiTests.byLabels[labels]
}

// flaketuiTestBegins is called on the goroutine of a test.
func flaketuiTestBegins(name string) {
	if !strings.Contains(name, "/") {
		flaketuiReadLeaks()
		flaketuiKeepHeap(name)
	}
	flaketuiTests.Lock()
	defer flaketuiTests.Unlock()
	if before := flaketuiLabels(); before != 0 && flaketuiTests.byLabels[before] == "" {
		return
	}
	labels := flaketuiTests.labels[name]
	if labels == nil {
		labels = pprof.WithLabels(context.Background(), pprof.Labels(flaketuiKey, name))
		flaketuiTests.labels[name] = labels
	}
	pprof.SetGoroutineLabels(labels)
	flaketuiTests.byLabels[flaketuiLabels()] = name
}

// flaketuiTestFails is called when a test fails, and then for those that it is a part of.
func flaketuiTestFails(name string) {
	flaketuiTests.Lock()
	first := !flaketuiTests.failed[name] && flaketuiTests.pages < flaketuiMostFailures
	for part := name; first && part != ""; part = part[:max(0, strings.LastIndexByte(part, '/'))] {
		flaketuiTests.failed[part] = true
	}
	if first {
		flaketuiTests.pages++
	}
	flaketuiTests.Unlock()
	if first {
		flaketuiObjects("fail", name)
		flaketuiWriteWindow()
	}
}

// flaketuiAnyFailed returns whether a test has failed; what is no test, such as an example, may have.
func flaketuiAnyFailed() bool {
	flaketuiTests.Lock()
	defer flaketuiTests.Unlock()
	return len(flaketuiTests.failed) > 0
}

func flaketuiWatchTests() {
	flaketuiTests.byLabels = map[uint64]string{}
	flaketuiTests.labels = map[string]context.Context{}
	flaketuiTests.failed = map[string]bool{}
	flaketuiShowTests(false)
	flaketuiTell(flaketuiTestBegins, flaketuiTestFails)
}
