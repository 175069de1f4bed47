// Package race has counters that are shared with and without a lock.
package race

import "sync"

// Stats counts.
type Stats struct {
	mu    sync.Mutex
	count int
}

// Add counts without the lock.
func (s *Stats) Add(n int) {
	s.count += n // @adds
}

// Total reads under the lock.
func (s *Stats) Total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count // @reads
}

// AddLocked counts under the lock.
func (s *Stats) AddLocked(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count += n
}

// Start begins to count in the background.
func (s *Stats) Start(n int, done *sync.WaitGroup) {
	done.Add(1)
	go func() { // @starts
		defer done.Done()
		s.Add(n)
	}()
}

// Bank keeps a sum under a lock that its methods take for others.
type Bank struct {
	mu  sync.RWMutex
	sum int
}

// Pay adds under the lock.
func (b *Bank) Pay(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(n) // @pays
}

//go:noinline
func (b *Bank) add(n int) {
	b.sum += n // @bank-adds
}

// Peek reads without the lock.
func (b *Bank) Peek() int {
	return b.sum // @peeks
}

// Sum reads under the lock.
func (b *Bank) Sum() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.sum
}
