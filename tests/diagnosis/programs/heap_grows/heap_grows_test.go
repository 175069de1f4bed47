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

type session struct{ pages [][]byte }

var sessions []*session

func open() *session {
	one := &session{}
	sessions = append(sessions, one)
	return one
}

func (s *session) read(size int) { s.pages = append(s.pages, make([]byte, size)) }

// churn allocates for a while, so that the collector runs when it likes.
func churn() {
	for range [2000]int{} {
		sink = make([]byte, 64<<10)
	}
}

// TestLeavesSessionsOpen keeps what its sessions read, while most of what is allocated is let go.
func TestLeavesSessionsOpen(t *testing.T) {
	for range [40]int{} {
		one := open()
		for range [8]int{} {
			one.read(8 << 10)
		}
	}
	churn()
}

// TestClosesSessions lets all of them go.
func TestClosesSessions(t *testing.T) {
	for range [40]int{} {
		one := open()
		for range [8]int{} {
			one.read(8 << 10)
		}
	}
	sessions = nil
	churn()
}
