package sleeps

import (
	"sync"
	"testing"
	"time"
)

type job interface{ run() }

type counted struct {
	mu    sync.Mutex
	lasts time.Duration
	done  int
}

func (c *counted) run() {
	time.Sleep(c.lasts)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
}

func (c *counted) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done
}

type oneByOne struct {
	mu  sync.Mutex
	job job
}

func (o *oneByOne) run() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.job.run()
}

func TestRunsTwice(t *testing.T) {
	t.Run("inner", func(t *testing.T) {
		c := counted{lasts: 300 * time.Millisecond}
		one := &oneByOne{job: &c}
		go func() { // @twice-starts
			one.run()
			go one.run() // @twice-again
		}()
		time.Sleep(450 * time.Millisecond) // @twice-sleep
		if n := c.count(); n != 2 {
			t.Errorf("ran %d times", n) // @twice-fails
		}
	})
}

// Both have run, and three are wanted.
func TestRunsTwiceAtMost(t *testing.T) {
	c := counted{}
	one := &oneByOne{job: &c}
	var ran sync.WaitGroup
	ran.Add(1)
	go func() {
		defer ran.Done()
		one.run()
		one.run()
	}()
	ran.Wait()
	time.Sleep(moment)
	if n := c.count(); n != 3 {
		t.Errorf("ran %d times", n)
	}
}
