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
