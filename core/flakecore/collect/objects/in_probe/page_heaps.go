// The heap profile as it is where the tests begin once more under -count, so that who made what each
// repetition leaves alive is told. None forces a collection, for that is felt by the tests: a profile
// holds what the latest one left, and there is none where nothing was collected since the one before.
// All but the first take a fiftieth of the time together, and of many every other one is deleted.

package testdeps

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"
)

const (
	flaketuiHeapShare  = 50 // of the time, in which one writing fits
	flaketuiHeapsFirst = 12 // that are written whatever they cost: a millisecond each, of a small program
	flaketuiHeapsMost  = 40
)

var flaketuiHeaps = struct {
	sync.Mutex
	first       string // test, which begins each repetition
	began       time.Time
	spent       time.Duration
	last        time.Duration
	repetition  int
	every       int      // of so many repetitions one is looked at
	collections int64    // that had ended by the one before
	count       int      // of profiles that were written
	written     []string // those that are still there
}{every: 1}

// flaketuiKeepHeap is called where a test that is no subtest begins.
func flaketuiKeepHeap(name string) {
	heaps := &flaketuiHeaps
	heaps.Lock()
	defer heaps.Unlock()
	now := time.Now()
	if heaps.first == "" {
		heaps.first, heaps.began = name, now
		return
	}
	if name != heaps.first || flaketui.lean {
		return
	}
	heaps.repetition++
	isDear := (heaps.spent+heaps.last)*flaketuiHeapShare > now.Sub(heaps.began)
	if heaps.repetition%heaps.every != 0 || isDear && heaps.count >= flaketuiHeapsFirst {
		return
	}
	var collected debug.GCStats
	debug.ReadGCStats(&collected)
	if collected.NumGC == heaps.collections {
		return
	}
	heaps.collections = collected.NumGC
	file := fmt.Sprintf("mem-r%06d.pprof", heaps.repetition)
	flaketuiWrite(file, "allocs", 0)
	heaps.count++
	if heaps.written = append(heaps.written, file); len(heaps.written) == flaketuiHeapsMost {
		half := heaps.written[:0]
		for at, each := range heaps.written {
			if at%2 == 0 {
				os.Remove(filepath.Join(flaketui.folder, each))
			} else {
				half = append(half, each)
			}
		}
		heaps.written = half
		heaps.every *= 2
	}
	heaps.last = time.Since(now)
	heaps.spent += heaps.last
}
