package courier

import "sync"

// Stats counts deliveries by outcome. It is safe for use by several goroutines.
type Stats struct {
	mu     sync.Mutex
	counts map[string]int
}

// DefaultStats is what dispatchers count into unless they are given their own.
var DefaultStats = NewStats()

// NewStats returns counters that all stand at zero.
func NewStats() *Stats {
	return &Stats{counts: make(map[string]int)}
}

// Add counts one delivery with this outcome.
func (s *Stats) Add(outcome string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[outcome]++
}

// Count returns how many deliveries had this outcome.
func (s *Stats) Count(outcome string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[outcome]
}

// Reset puts all counters back to zero.
func (s *Stats) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.counts)
}
