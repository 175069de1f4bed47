// Package float_sums adds floating-point numbers up, in goroutines and in turn.
package float_sums

import (
	"sync"
	"time"
)

// Sum adds the parts up, each in a goroutine of its own that takes a while.
func Sum(parts [][]float64, while func(int) time.Duration) float64 {
	var lock sync.Mutex
	var wg sync.WaitGroup
	var total float64
	for at, part := range parts {
		wg.Add(1)
		go func(at int, part []float64) {
			defer wg.Done()
			sum := 0.0
			for _, each := range part {
				sum += each
			}
			time.Sleep(while(at))
			lock.Lock()
			total += sum // @sum-adds
			lock.Unlock()
		}(at, part)
	}
	wg.Wait()
	return total
}

// Mean asks all for a number, and adds up what comes.
func Mean(asked []func() float64) float64 {
	out := make(chan float64)
	for _, ask := range asked {
		go func(ask func() float64) { out <- ask() }(ask)
	}
	var sum float64
	for range asked {
		sum += <-out // @mean-adds
	}
	return sum / float64(len(asked))
}

// Stats has a sum.
type Stats struct {
	lock sync.Mutex
	sum  float64
}

// Add adds to the sum.
func (s *Stats) Add(number float64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.sum += number // @stats-adds
}

// InTurn adds up what goroutines have made, in turn.
func InTurn(parts []float64) float64 {
	made := make([]float64, len(parts))
	var wg sync.WaitGroup
	for at := range parts {
		wg.Add(1)
		go func(at int) { defer wg.Done(); made[at] = parts[at] }(at)
	}
	wg.Wait()
	total := 0.0
	for _, each := range made {
		total += each
	}
	return total
}
