package services

import (
	"sync"
	"sync/atomic"
	"time"
)

// bakery looks for dough without the lock, so that a signal may come before the wait for it.
type bakery struct {
	mu      sync.Mutex
	ready   *sync.Cond
	dough   atomic.Int64
	closing atomic.Bool
}

func newBakery() *bakery {
	b := &bakery{}
	b.ready = sync.NewCond(&b.mu)
	return b
}

func (b *bakery) mix(count int64) {
	b.dough.Add(count)
	b.ready.Broadcast() // @bakery-mix
}

func (b *bakery) take() bool {
	for {
		if count := b.dough.Load(); count > 0 && b.dough.CompareAndSwap(count, count-1) {
			return true
		}
		if b.closing.Load() {
			return false
		}
		time.Sleep(40 * time.Millisecond)
		b.mu.Lock()
		b.ready.Wait() // @bakery-wait
		b.mu.Unlock()
	}
}

func (b *bakery) bake(out *sync.WaitGroup) {
	defer out.Done()
	for b.take() {
	}
}

func (b *bakery) close() {
	b.closing.Store(true)
	b.ready.Broadcast() // @bakery-broadcast
}
