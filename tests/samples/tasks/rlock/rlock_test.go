package rlock

import (
	"sync"
	"testing"
	"time"
)

type cache struct {
	mu   sync.RWMutex
	data map[string]int
}

func (c *cache) Get(k string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	time.Sleep(10 * time.Millisecond)
	return c.size() + c.data[k]
}

func (c *cache) size() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.data)
}

func (c *cache) Set(k string, v int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.data[k] = v
}

func TestGetWhileSet(t *testing.T) {
	c := &cache{data: map[string]int{}}
	go func() {
		time.Sleep(5 * time.Millisecond)
		c.Set("a", 1)
	}()
	c.Get("a")
}
