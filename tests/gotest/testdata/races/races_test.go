// Package races holds data races that the race detector always sees.
package races

import (
	"sync"
	"testing"
	"time"
)

var shared int

func bump() { shared++ }

func TestTwoGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			bump()
		}()
	}
	wg.Wait()
}

func TestWithTheTestItself(t *testing.T) {
	x := 0
	go func() { x = 1 }()
	time.Sleep(200 * time.Millisecond)
	t.Log(x)
}
