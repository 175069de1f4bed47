// Package quota has locks that are held, and keep nobody out.
package quota

import (
	"sync"
	"testing"
)

type limits struct{ mu sync.Mutex }

type usage struct {
	limits
	last *string
}

// take locks a copy: its receiver is a value.
func (u usage) take(who string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	*u.last = who // @takes
}

func TestTakesOfACopy(t *testing.T) {
	u := usage{last: new(string)}
	both(func() { u.take("a") })
}

// note locks a copy, too: it is given one.
func note(mu sync.Mutex, at *int) {
	mu.Lock()
	*at = 1 // @notes
	mu.Unlock()
}

func TestNotesUnderACopy(t *testing.T) {
	var mu sync.Mutex
	n := 0
	both(func() { note(mu, &n) })
}

type table struct {
	mu   sync.RWMutex
	hits int
}

func (t *table) hit() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	t.hits = 1 // @hits
}

func TestCountsWhileItReads(t *testing.T) {
	var shared table
	both(shared.hit)
}

// give locks what all share.
func (u *usage) give(who string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	*u.last = who
}

func TestGives(t *testing.T) {
	u := usage{last: new(string)}
	both(func() { u.give("a") })
}

// both runs something on two goroutines at once.
func both(run func()) {
	var begin, done sync.WaitGroup
	begin.Add(2)
	for i := 0; i < 2; i++ {
		done.Add(1)
		go func() { // @runs
			defer done.Done()
			begin.Done()
			begin.Wait()
			run()
		}()
	}
	done.Wait()
}
