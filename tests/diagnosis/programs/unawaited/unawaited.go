// Package unawaited holds tests that check what a goroutine is still to change, and beside them
// tests that wait for it and fail by something else.
package unawaited

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
)

type sink interface{ deliver(event string) }

// A hub hands events to its sinks, each on a goroutine of its own.
type hub struct {
	sinks []sink
	open  sync.WaitGroup
}

func (h *hub) publish(event string) {
	for _, each := range h.sinks {
		h.open.Add(1)
		go h.hand(each, event) // @hands
	}
}

func (h *hub) hand(to sink, event string) {
	defer h.open.Done()
	to.deliver(event)
}

type recorder struct {
	mu    sync.Mutex
	calls []string
}

func (r *recorder) deliver(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, event) // @records
}

// A tally counts lines.
type tally struct{ lines atomic.Int64 }

func (c *tally) count(lines []string) {
	for range lines {
		c.lines.Add(1) // @counts
	}
}

func (c *tally) start(parts ...[]string) {
	for _, part := range parts {
		go c.count(part) // @starts
	}
}

// A reloader loads its settings again when it is told to by a signal.
type reloader struct {
	loads atomic.Int32
	told  chan os.Signal
}

func newReloader() *reloader {
	r := &reloader{told: make(chan os.Signal, 1)}
	signal.Notify(r.told, syscall.SIGUSR1)
	go r.run() // @reloads
	return r
}

func (r *reloader) run() {
	for range r.told {
		r.loads.Add(1) // @loads
	}
}

func (r *reloader) close() {
	signal.Stop(r.told)
	close(r.told)
}

// A gate notes once that it is told to close.
type gate struct {
	mu     sync.Mutex
	closed bool
}

func (g *gate) watch() (stop func()) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR2)
	go func() { // @watches
		<-told
		g.mu.Lock()
		g.closed = true // @notes
		g.mu.Unlock()
	}()
	return func() { signal.Stop(told) }
}

func (g *gate) isClosed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}
