// Package fitters has workers that some goroutine waits for on behalf of others.
package fitters

import (
	"sync"
	"time"
)

// Crew works on parts that come by a channel.
type Crew struct {
	parts chan int
	mu    sync.Mutex
	sum   int
}

// Start has n workers begin, each of which is done when no more parts come.
func Start(n int, all *sync.WaitGroup) *Crew {
	crew := &Crew{parts: make(chan int)}
	for i := 0; i < n; i++ {
		all.Add(1)
		go crew.work(all)
	}
	return crew
}

func (c *Crew) work(all *sync.WaitGroup) {
	defer all.Done()
	for part := range c.parts {
		c.fit(part)
	}
}

func (c *Crew) fit(part int) {
	if part%7 == 6 {
		time.Sleep(1200 * time.Millisecond) // @crew-sleeps
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum += part
}
