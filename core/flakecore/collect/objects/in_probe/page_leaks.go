// The profile of leaked goroutines as it is when a test begins, so that one is there of a run that
// crashes later. Each takes a collection: none is made unless the tests so far have left goroutines,
// and all together take a fiftieth of the time.

package testdeps

import (
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

const (
	flaketuiLeakShare = 50                   // of the time, in which one reading fits
	flaketuiLeakCost  = 2 * time.Millisecond // of the first one, of a small program
)

var flaketuiLeaks = struct {
	sync.Mutex
	began      time.Time
	spent      time.Duration
	last       time.Duration
	goroutines int
}{last: flaketuiLeakCost}

// flaketuiReadLeaks is called where a test that is no subtest begins.
func flaketuiReadLeaks() {
	flaketuiLeaks.Lock()
	defer flaketuiLeaks.Unlock()
	count := runtime.NumGoroutine()
	before := flaketuiLeaks.goroutines
	flaketuiLeaks.goroutines = count
	now := time.Now()
	if flaketuiLeaks.began.IsZero() {
		flaketuiLeaks.began = now
		return
	}
	if count <= before || (flaketuiLeaks.spent+flaketuiLeaks.last)*flaketuiLeakShare > now.Sub(flaketuiLeaks.began) {
		return
	}
	if pprof.Lookup("goroutineleak") == nil {
		return
	}
	flaketuiWrite("goroutineleak.pprof", "goroutineleak", 0)
	flaketuiLeaks.last = time.Since(now)
	flaketuiLeaks.spent += flaketuiLeaks.last
}
