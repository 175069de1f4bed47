// Package tick_counts holds tests that count ticks while they sleep, and beside them tests that fail
// by something else.
package tick_counts

import (
	"sync"
	"sync/atomic"
	"time"
)

type heart struct {
	every time.Duration
	beats atomic.Int64
	quit  chan struct{}
	beat  func()
}

func newHeart(every time.Duration, beat func()) *heart {
	return &heart{every: every, quit: make(chan struct{}), beat: beat}
}

func (h *heart) run() {
	ticker := time.NewTicker(h.every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			h.beats.Add(1) // @beats
			h.beat()
		case <-h.quit:
			return
		}
	}
}

func (h *heart) count() int64 { return h.beats.Load() }

type poller struct {
	mu    sync.Mutex
	polls int
	stop  chan struct{}
}

func (p *poller) loop(wait time.Duration) {
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(wait):
			p.mu.Lock()
			p.polls++ // @polls
			p.mu.Unlock()
		}
	}
}

func (p *poller) seen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.polls
}

// A line counts what it is handed.
type line struct {
	in    chan string
	count atomic.Int64
}

func (l *line) run() {
	for range l.in {
		l.count.Add(1)
	}
}

// during calls a function at each tick until its time is up, and returns how often it did.
func during(total, every time.Duration, f func()) int {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	end, calls := time.After(total), 0
	for {
		select {
		case <-ticker.C:
			f()
			calls++ // @calls
		case <-end:
			return calls
		}
	}
}

// times calls a function at each of so many ticks.
func times(count int, every time.Duration, f func()) int {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	calls := 0
	for range ticker.C {
		f()
		if calls++; calls == count {
			return calls
		}
	}
	return calls
}
