// The probe of flaketui collect. It is compiled into testing/internal/testdeps, the package that
// ties the generated main of a test binary to package testing, and never into the code under test:
// no test and no package sees it. testdeps calls it where testing starts and stops the CPU profile,
// which is before the first test and after the last one, or when the tests have run out of time.
//
// Nothing here may change how the tests end, and no goroutine of its own runs beside them: a test
// that counts goroutines counts the same. A timer that has not fired is none.

package testdeps

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"time"
)

const (
	flaketuiSettle  = 300 * time.Millisecond // for goroutines to get stuck where they will stay
	flaketuiMargin  = 2 * time.Second        // before the deadline; a trace is flushed each second
	flaketuiPromise = 3 * time.Second        // that os.Exit may be held up at most
	flaketuiMoments = 10                     // of a millisecond, for goroutines that are about to end
)

var flaketui struct {
	folder   string
	lean     bool // nothing is written where all tests pass and leave nothing behind
	passed   bool // they did
	deadline time.Time
	timer    *time.Timer
	once     sync.Once
}

// flaketuiStarted is called once the flags are parsed and before any test runs.
func flaketuiStarted() {
	file := flaketuiFlag("test.cpuprofile")
	if file == "" || flaketui.folder != "" || flaketuiFlag("test.fuzzworker") == "true" {
		return
	}
	flaketui.folder = filepath.Dir(file)
	flaketui.lean = os.Getenv("FLAKETUI_LEAN") != ""
	os.Unsetenv("FLAKETUI_LEAN")
	if limit, err := time.ParseDuration(flaketuiFlag("test.timeout")); err == nil && limit > 0 {
		margin := flaketuiMargin
		if margin > limit/4 {
			margin = limit / 4
		}
		flaketui.deadline = time.Now().Add(limit)
		flaketui.timer = time.AfterFunc(limit-margin, func() {
			flaketuiObjects("deadline", "")
			flaketuiWriteWindow()
			flaketuiWrite("goroutine.txt", "goroutine", 2)
			flaketuiWrite("deadline-block.pprof", "block", 0)
			flaketuiWrite("deadline-mutex.pprof", "mutex", 0)
		})
	}
	flaketuiStartFlight()
	flaketuiShowAddresses()
	flaketuiIsNext(func() { flaketuiNote(".cpu-yielded") })
	if flaketuiFlag("test.trace") != "" {
		flaketuiTraceIsNext()
	}
	flaketuiWatchTests()
	flaketuiKeepWatch()
	flaketuiOnExit(func() { flaketui.once.Do(flaketuiExiting) })
	// Called before the one above, and only for exit code 0.
	flaketuiOnSuccess(func() {
		if flaketui.passed {
			flaketui.once.Do(func() {})
		}
	})
}

// flaketuiEnding is called when the tests are over, while everything is still being recorded.
func flaketuiEnding() {
	if flaketui.folder == "" {
		return
	}
	flaketuiEndShared()
	hasTime := flaketui.deadline.IsZero() || time.Until(flaketui.deadline) > time.Second
	left := hasTime && flaketuiLeft()
	if flaketui.lean && hasTime && !left && !flaketuiAnyFailed() {
		if flaketui.timer != nil {
			flaketui.timer.Stop()
		}
		flaketui.passed = true
		return
	}
	flaketui.once.Do(func() {
		if flaketui.timer != nil {
			flaketui.timer.Stop()
		}
		if left {
			time.Sleep(flaketuiSettle)
		}
		if flaketui.lean {
			if hasTime {
				runtime.GC()
			}
			flaketuiWrite("mem.pprof", "allocs", 0)
		}
		if hasTime {
			flaketuiObjects("end", "")
			for _, profile := range flaketuiProfiles {
				flaketuiWrite(profile[0], profile[1], 0)
			}
		}
		// After the profile of leaked goroutines, for then the stacks say which of them are leaked.
		flaketuiWrite("goroutine.txt", "goroutine", 2)
	})
}

// flaketuiLeft returns whether the tests leave goroutines behind; those about to end get a moment.
func flaketuiLeft() bool {
	for i := 0; runtime.NumGoroutine() > flaketuiOwn; i++ {
		if i == flaketuiMoments {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// flaketuiExiting is called by os.Exit in the midst of the tests; testing itself would write
// nothing then.
func flaketuiExiting() {
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		flaketuiObjects("exit", "")
		flaketuiWriteWindow()
		pprof.StopCPUProfile()
		flaketuiEndShared()
		trace.Stop()
		flaketuiWrite("goroutine.txt", "goroutine", 2)
		flaketuiWrite("mem.pprof", "allocs", 0)
		flaketuiWrite("block.pprof", "block", 0)
		flaketuiWrite("mutex.pprof", "mutex", 0)
	}()
	select {
	case <-done:
	case <-time.After(flaketuiPromise):
	}
}

// flaketuiWrite writes a profile so that the file is whole or absent.
func flaketuiWrite(name, profile string, debug int) {
	found := pprof.Lookup(profile)
	if found == nil {
		return
	}
	unfinished := filepath.Join(flaketui.folder, "."+name)
	file, err := os.Create(unfinished)
	if err != nil {
		return
	}
	flaketuiShowTests(true)
	err = found.WriteTo(file, debug)
	flaketuiShowTests(false)
	if closed := file.Close(); err != nil || closed != nil {
		os.Remove(unfinished)
		return
	}
	os.Rename(unfinished, filepath.Join(flaketui.folder, name))
}

// flaketuiNote leaves an empty file.
func flaketuiNote(name string) {
	if file, err := os.Create(filepath.Join(flaketui.folder, name)); err == nil {
		file.Close()
	}
}

func flaketuiFlag(name string) string {
	if found := flag.Lookup(name); found != nil {
		return found.Value.String()
	}
	return ""
}
