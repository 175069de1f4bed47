package failing

import (
	"sync"
	"testing"
)

func TestAddsUp(t *testing.T) {
	if got := 2 + 2; got != 5 {
		t.Errorf("2 + 2 = %d, want 5", got)
	}
}

// TestCounts has a data race, which only the race detector sees.
func TestCounts(t *testing.T) {
	var counters sync.WaitGroup
	count := 0
	for i := 0; i < 2; i++ {
		counters.Add(1)
		go func() {
			defer counters.Done()
			count++
		}()
	}
	counters.Wait()
	t.Log("counted", count)
}
