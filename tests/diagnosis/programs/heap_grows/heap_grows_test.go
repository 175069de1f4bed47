// Package heapgrows keeps what each repetition allocates, or only warms a cache up.
package heapgrows

import (
	"runtime"
	"testing"
)

var (
	kept  [][]byte
	cache [][]byte
	sink  []byte
)

func work() {
	for range [8]int{} {
		sink = make([]byte, 1<<20)
	}
	runtime.GC()
}

// TestKeeps holds on to one megabyte each time that it runs.
func TestKeeps(t *testing.T) {
	kept = append(kept, make([]byte, 1<<20))
	work()
}

// TestWarmsUp fills a cache of three megabytes, and then uses it.
func TestWarmsUp(t *testing.T) {
	if len(cache) < 3 {
		cache = append(cache, make([]byte, 1<<20))
	}
	work()
}
