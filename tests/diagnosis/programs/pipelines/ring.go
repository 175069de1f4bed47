package pipelines

import "sync"

// ring is a bounded queue of anything, of which only one side is signalled.
type ring[T any] struct {
	mu       sync.Mutex
	notFull  *sync.Cond
	notEmpty *sync.Cond
	held     []T
	waits    bool
}

func newRing[T any]() *ring[T] {
	r := &ring[T]{}
	r.notFull, r.notEmpty = sync.NewCond(&r.mu), sync.NewCond(&r.mu)
	return r
}

func (r *ring[T]) push(v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.held) == 1 {
		r.waits = true
		r.notFull.Wait() // @ring-is-full
	}
	r.held = append(r.held, v)
	r.notEmpty.Signal()
}

func (r *ring[T]) pop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = r.held[1:]
	r.notEmpty.Signal()
}

func (r *ring[T]) isWaitedFor() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waits
}
