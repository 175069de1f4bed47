// Package maps uses maps from several goroutines at the same time, each test in a run of its own,
// and beside them one under a lock.
package maps

import (
	"sync"
	"testing"
	"time"
)

type cache struct {
	mu   sync.Mutex
	rows map[int]int
}

//go:noinline
func (c *cache) get(key int) int {
	return c.rows[key] // @gets
}

//go:noinline
func (c *cache) put(key int) {
	c.rows[key] = key // @puts
}

func TestReadsBesideAWrite(t *testing.T) {
	c := &cache{rows: map[int]int{}}
	go func() {
		for n := 0; ; n++ {
			c.put(n % 64)
		}
	}()
	go func() {
		for n := 0; ; n++ {
			c.get(n % 64)
		}
	}()
	time.Sleep(10 * time.Second)
}

var routes = map[string]int{"a": 1, "b": 2}

func listen() int {
	total := 0
	for _, port := range routes { // @ranges
		total += port
	}
	return total
}

func TestRangesBesideAWrite(t *testing.T) {
	go func() {
		for {
			listen()
		}
	}()
	go func() {
		for n := 0; ; n++ {
			routes["c"] = n // @routes
		}
	}()
	time.Sleep(10 * time.Second)
}

func TestDeletesBesideAWrite(t *testing.T) {
	seen := map[int]bool{}
	go func() {
		for n := 0; ; n++ {
			seen[n%32] = true // @marks
		}
	}()
	go func() {
		for n := 0; ; n++ {
			delete(seen, n%32) // @deletes
		}
	}()
	time.Sleep(10 * time.Second)
}

// It writes and reads under a lock.
func TestReadsUnderALock(t *testing.T) {
	c := &cache{rows: map[int]int{}}
	var over sync.WaitGroup
	for range 2 {
		over.Add(1)
		go func() {
			defer over.Done()
			for n := 0; n < 1000; n++ {
				c.mu.Lock()
				c.put(n % 64)
				c.get(n % 64)
				c.mu.Unlock()
			}
		}()
	}
	over.Wait()
}
