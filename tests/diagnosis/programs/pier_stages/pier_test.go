// Package pier_stages holds tests that hang in stages and hubs of a type which a sound test uses at
// the same time, with objects of its own.
package pier_stages

import (
	"errors"
	"sync"
	"testing"
	"time"
)

var errOdd = errors.New("odd")

// stage copies until one fails; its error is read behind all that it gives.
type stage struct {
	in, out chan int
	err     chan error
}

func newStage(room int) *stage {
	return &stage{make(chan int), make(chan int), make(chan error, room)}
}

func (s *stage) run(f func(int) error) {
	defer close(s.out)    // @stage-closes
	for n := range s.in { // @stage-range
		if err := f(n); err != nil {
			s.err <- err // @stage-err
			return
		}
		s.out <- n // @stage-out
	}
}

func (s *stage) collect() error {
	for range s.out { // @stage-collects
	}
	select {
	case err := <-s.err: // @stage-asks
		return err
	default:
		return nil
	}
}

func TestErrorIsReadBehindAll(t *testing.T) {
	t.Parallel()
	s := newStage(0)
	go s.run(func(int) error { return errOdd })
	s.in <- 1
	_ = s.collect()
}

func TestErrorHasRoom(t *testing.T) {
	t.Parallel()
	s := newStage(1)
	go s.run(func(int) error { time.Sleep(time.Minute); return errOdd })
	s.in <- 1
	_ = s.collect()
}

func TestInputStaysOpen(t *testing.T) {
	t.Parallel()
	s := newStage(1)
	go s.run(func(int) error { return nil })
	go func() { s.in <- 1 }() // @open-in
	_ = s.collect()
}

func TestInputIsClosedLate(t *testing.T) {
	t.Parallel()
	s := newStage(1)
	go s.run(func(int) error { return nil })
	go func() {
		s.in <- 1
		time.Sleep(time.Minute)
		close(s.in)
	}()
	_ = s.collect()
}

// hub hands a call to all that hear it, under its lock.
type hub struct {
	mu   sync.RWMutex
	subs map[*sub]bool
}

type sub struct {
	h     *hub
	calls chan int
}

func newHub() (*hub, *sub) {
	h := &hub{subs: map[*sub]bool{}}
	s := &sub{h, make(chan int)}
	h.subs[s] = true
	return h, s
}

func (s *sub) leave(after time.Duration) {
	<-s.calls // @sub-hears
	time.Sleep(after)
	s.h.mu.Lock() // @sub-lock
	defer s.h.mu.Unlock()
	delete(s.h.subs, s)
}

func (h *hub) call(n int) {
	h.mu.RLock() // @hub-rlock
	defer h.mu.RUnlock()
	for s := range h.subs {
		s.calls <- n // @hub-sends
	}
}

func TestSubscriberLeavesMeanwhile(t *testing.T) {
	t.Parallel()
	h, s := newHub()
	go s.leave(300 * time.Millisecond) // @sub-starts
	h.call(1)
	h.call(2)
}

func TestSubscriberLeavesLate(t *testing.T) {
	t.Parallel()
	h, s := newHub()
	go s.leave(time.Minute)
	h.call(1)
	h.mu.RLock()
	defer h.mu.RUnlock()
	time.Sleep(time.Minute)
}
