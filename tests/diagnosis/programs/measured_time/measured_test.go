// Package measured_time holds tests that took too long by their own clock, for one reason each.
package measured_time

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const limit = 2 * time.Millisecond

type cache struct {
	mu    sync.Mutex
	value int
}

func (c *cache) refresh(held chan<- bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held <- true
	time.Sleep(200 * time.Millisecond)
	c.value++
}

func (c *cache) get() int {
	c.mu.Lock() // @get-locks
	defer c.mu.Unlock()
	return c.value
}

func TestWaitsForTheLock(t *testing.T) {
	c, held := &cache{}, make(chan bool)
	go c.refresh(held)
	<-held
	start := time.Now()
	c.get()
	if took := time.Since(start); took > limit { // @lock-took
		t.Errorf("get took %v, want at most %v", took, limit) // @lock-fails
	}
}

func TestSleepsTooLong(t *testing.T) {
	start := time.Now()
	time.Sleep(200 * time.Millisecond)            // @sleeps
	if took := time.Since(start); took >= limit { // @sleep-took
		t.Errorf("slept %d ms", took.Milliseconds()) // @sleep-fails
	}
}

func answer(answers chan<- int) {
	time.Sleep(200 * time.Millisecond)
	answers <- 42
}

func TestWaitsForTheAnswer(t *testing.T) {
	answers := make(chan int)
	go answer(answers)
	start := time.Now()
	got := <-answers             // @answer-waits
	elapsed := time.Since(start) // @answer-took
	if elapsed > limit {
		t.Fatalf("%d came after %s (limit %s)", got, elapsed, limit) // @answer-fails
	}
}

// It has one proc alone, and somebody else has that. A yield may give it to the one who yields.
func TestStarves(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var over atomic.Bool
	start := time.Now()
	go func() {
		for begin := time.Now(); time.Since(begin) < 100*time.Millisecond; {
		}
		over.Store(true)
	}()
	for !over.Load() {
		runtime.Gosched()
	}
	if took := time.Since(start); took > limit { // @starve-took
		t.Errorf("yielding took %v", took) // @starve-fails
	}
}

// It is done before the runtime takes its proc, as it does after 10 ms.
func TestComputes(t *testing.T) {
	start, sum := time.Now(), 0
	for time.Since(start) < 5*time.Millisecond {
		sum++
	}
	if took := time.Since(start); took > limit { // @compute-took
		t.Errorf("computing %d took %v", sum, took) // @compute-fails
	}
}

func TestComesTooEarly(t *testing.T) {
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	if took := time.Since(start); took < time.Second { // @early-took
		t.Errorf("took %v, want at least %v", took, time.Second) // @early-fails
	}
}

func TestSaysNoTime(t *testing.T) {
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	if took := time.Since(start); took > limit { // @silent-took
		t.Error("too slow") // @silent-fails
	}
}
