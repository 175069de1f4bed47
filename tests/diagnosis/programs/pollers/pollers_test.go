// Package pollers holds tests that wait for what does not come, beside goroutines that are busy.
package pollers

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Count is what watchers add to.
var Count atomic.Int64

// turns is how often a watcher counts before others may run: with a turn each, a second's trace
// had some million events, and a process that read it 1 GB.
const turns = 10_000

// watch polls until it is stopped, which nobody does.
func watch(stopped *atomic.Bool) {
	for !stopped.Load() { // @polls
		for range turns {
			Count.Add(1)
		}
		runtime.Gosched()
	}
}

func TestWaitsBesideAPoller(t *testing.T) {
	t.Parallel()
	var stopped atomic.Bool
	go watch(&stopped)
	answer := make(chan int)
	go func() {
		if Count.Load() < 0 {
			answer <- 1 // @would-send
		}
	}()
	<-answer // @waits-answer
}

func TestLocksBesideAPoller(t *testing.T) {
	t.Parallel()
	var stopped atomic.Bool
	go watch(&stopped)
	var mu sync.Mutex
	mu.Lock() // @locks
	mu.Lock() // @locks-again
}

func TestWaitsForThePoller(t *testing.T) {
	t.Parallel()
	var stopped atomic.Bool
	done := make(chan bool)
	go func() {
		watch(&stopped)
		close(done)
	}()
	<-done // @waits-poller
}

// Its poller is stopped in the end.
func TestEndsWithItsPoller(t *testing.T) {
	t.Parallel()
	var stopped atomic.Bool
	done := make(chan bool)
	go func() {
		watch(&stopped)
		close(done)
	}()
	time.Sleep(20 * time.Millisecond)
	stopped.Store(true)
	<-done
}
