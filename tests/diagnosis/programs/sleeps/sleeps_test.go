// Package sleeps holds tests that sleep instead of waiting, and beside them tests that sleep and
// fail by something else.
package sleeps

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func load(after time.Duration) int64 {
	time.Sleep(after) // @loads
	return 3
}

func TestStoresLate(t *testing.T) {
	var n atomic.Int64
	go func() { // @stores-starts
		n.Store(load(100 * time.Millisecond))
	}()
	time.Sleep(10 * time.Millisecond) // @stores-sleep
	if got := n.Load(); got != 3 {
		t.Errorf("got %d, want 3", got) // @stores-fails
	}
}

type cache struct {
	mu   sync.Mutex
	rows map[string]int64
}

func (c *cache) fill() {
	rows := map[string]int64{"a": load(100 * time.Millisecond)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows = rows
}

func (c *cache) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.rows)
}

const moment = 10 * time.Millisecond

func TestFillsLate(t *testing.T) {
	c := &cache{}
	go c.fill()        // @fills-starts
	time.Sleep(moment) // @fills-sleep
	if c.size() != 1 {
		t.Fatalf("size is %d", c.size()) // @fills-fails
	}
}

func TestCounts(t *testing.T) {
	var mu sync.Mutex
	count := 0
	for i := 0; i < 3; i++ {
		go func() { // @counts-starts
			load(100 * time.Millisecond)
			mu.Lock()
			count++
			mu.Unlock()
		}()
	}
	time.Sleep(moment) // @counts-sleep
	mu.Lock()
	defer mu.Unlock()
	if count != 3 {
		t.Errorf("count = %d", count) // @counts-fails
	}
}

// Its goroutine has ended; what it stored is wrong.
func TestStoresTheWrong(t *testing.T) {
	var n atomic.Int64
	go func() {
		n.Store(2)
	}()
	time.Sleep(50 * time.Millisecond)
	if got := n.Load(); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}

// It waits for its goroutine after the sleep.
func TestSleepsAndWaits(t *testing.T) {
	var n atomic.Int64
	done := make(chan bool)
	go func() {
		n.Store(load(30*time.Millisecond) - 1)
		close(done)
		time.Sleep(300 * time.Millisecond)
		n.Store(0)
	}()
	time.Sleep(moment)
	<-done
	if got := n.Load(); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}

// A janitor that never ends is nothing that one could wait for.
func TestHasAJanitor(t *testing.T) {
	c := &cache{rows: map[string]int64{"a": 2}}
	go func() {
		for {
			time.Sleep(time.Minute)
			c.mu.Lock()
			c.rows = nil
			c.mu.Unlock()
		}
	}()
	time.Sleep(moment)
	if c.size() != 2 {
		t.Errorf("size is %d", c.size())
	}
}

// What the goroutine changes is not what the test asserts.
func TestSleepsBesideAnother(t *testing.T) {
	var n, other atomic.Int64
	n.Store(2)
	go func() {
		other.Store(load(100 * time.Millisecond))
	}()
	time.Sleep(moment)
	if got := n.Load(); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}

type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(line string) {
	j.mu.Lock()
	j.lines = append(j.lines, line)
	j.mu.Unlock()
}

func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.lines)
}

func (j *journal) addLater(line string) {
	go func() {
		time.Sleep(300 * time.Millisecond) // @journal-works
		j.add(line)
	}()
}

// What it starts, a method of its own starts.
func TestAddsLate(t *testing.T) {
	j := &journal{}
	j.addLater("one")
	time.Sleep(10 * time.Millisecond) // @journal-sleep
	if j.count() != 1 {
		t.Errorf("%d lines", j.count()) // @journal-fails
	}
	time.Sleep(600 * time.Millisecond)
}

// Nobody but the test has what it counts.
func TestCountsAlone(t *testing.T) {
	j := &journal{}
	j.addLater("one")
	rounds := 0
	for range 3 {
		rounds++
	}
	time.Sleep(10 * time.Millisecond)
	if rounds != 4 {
		t.Errorf("%d rounds", rounds)
	}
}
