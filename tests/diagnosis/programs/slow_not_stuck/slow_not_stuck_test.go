// Package slow_not_stuck holds tests that run until their time is up, and beside them tests that
// wait while something of theirs runs.
package slow_not_stuck

import (
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var sink atomic.Int64

type index struct {
	rows []int
}

func (x *index) rebuild() {
	for {
		for at := range x.rows {
			x.rows[at] = (at * 7919) % len(x.rows)
		}
		sort.Ints(x.rows)
		if x.rows[0] > len(x.rows) {
			return
		}
	}
}

func TestRebuilds(t *testing.T) {
	t.Parallel()
	(&index{rows: make([]int, 1<<16)}).rebuild()
}

func TestWaitsForAWorkerThatRuns(t *testing.T) {
	t.Parallel()
	var working sync.WaitGroup
	working.Add(1)
	go func() {
		defer working.Done()
		for at := 0; ; at++ { // @worker-loop
			sink.Add(int64(at % 7))
		}
	}()
	working.Wait()
}

// Its poller runs for a moment now and then; what it waits for never comes.
func TestPollsBesideALock(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	go func() {
		for {
			time.Sleep(time.Millisecond)
			sink.Add(1)
		}
	}()
	mu.Lock() // @poll-first
	mu.Lock() // @poll-lock
}

func TestSleeps(t *testing.T) {
	t.Parallel()
	time.Sleep(time.Minute)
}

func TestWaitsForATimer(t *testing.T) {
	t.Parallel()
	<-time.After(time.Minute)
}

// It asks again and again, and is never answered.
func TestPollsItself(t *testing.T) {
	t.Parallel()
	for answered := false; !answered; {
		time.Sleep(20 * time.Millisecond)
	}
}
