// Package busy_loops holds loops without a way out, loops that only ask, and loops that come to an
// end or may do.
package busy_loops

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// A loop whose text has no way out.
func TestLoops(t *testing.T) {
	t.Parallel()
	for at := 0; ; at++ { // @loop
		sink.Add(int64(at % 7))
	}
}

var sink atomic.Int64

type ring struct{ next *ring }

// walk goes round and round.
func (r *ring) walk() {
	for { // @walk
		if r.next != nil {
			r = r.next
		}
	}
}

func TestGoesRound(t *testing.T) {
	t.Parallel()
	first := &ring{}
	first.next = &ring{next: first}
	first.walk()
}

func refill(level *int64) {
	for true { // @refill
		for *level < 10 {
			*level++
		}
		*level = 0
	}
}

func TestRefills(t *testing.T) {
	t.Parallel()
	var level int64
	refill(&level)
}

type server struct{ ready atomic.Bool }

func (s *server) start() { s.ready.Store(true) } // @start-sets

// wait asks whether the server is ready, which nobody makes it.
func (s *server) wait() {
	for !s.ready.Load() { // @spin
	}
}

func TestSpinsForTheServer(t *testing.T) {
	t.Parallel()
	s := &server{}
	if testing.Short() {
		s.start()
	}
	s.wait()
}

func TestSpinsForACount(t *testing.T) {
	t.Parallel()
	var done int32
	for atomic.LoadInt32(&done) == 0 { // @count
		runtime.Gosched()
	}
}

func TestSpinsForAFlag(t *testing.T) {
	t.Parallel()
	var stopped atomic.Bool
	over := make(chan bool)
	go func() {
		defer close(over)
		for { // @flag
			if stopped.Load() {
				return
			}
			runtime.Gosched()
		}
	}()
	<-over
	stopped.Store(true) // @flag-sets
}

// Its rows are many, and each takes its time.
func TestGoesThroughRows(t *testing.T) {
	t.Parallel()
	rows := make([]int64, 1<<20)
	for range 1 << 30 {
		total(rows)
	}
}

//go:noinline
func total(rows []int64) {
	for at := range rows {
		sink.Add(rows[at])
	}
}

func countDown(from int64) {
	for at := from; at > 0; at-- {
		sink.Add(at & 3)
	}
}

func TestCountsDown(t *testing.T) {
	t.Parallel()
	countDown(1 << 40)
}

// Its loop has a way out, however long it takes.
func TestLooksForARoot(t *testing.T) {
	t.Parallel()
	for at := int64(1); ; at++ {
		if at*at < 0 && at > 1<<50 {
			break
		}
		sink.Add(1)
	}
}

// It works while it asks.
func TestAsksAndWorks(t *testing.T) {
	t.Parallel()
	s := &server{}
	for !s.ready.Load() {
		if sink.Add(1) == 1<<60 {
			s.start()
		}
	}
}

func TestLeavesByALabel(t *testing.T) {
	t.Parallel()
outer:
	for {
		for at := int64(0); ; at++ {
			if sink.Add(1) < at {
				break outer
			}
		}
	}
}
