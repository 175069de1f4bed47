// Package race_owners holds parallel subtests that start alike goroutines, of which one's race.
package race_owners

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

type counter struct {
	mu sync.Mutex
	n  int
}

// All workers begin in WaitGroup.Go, which is inlined, so that reports lack who called it.
// Those of loud race while quiet is the one that was named last. Those of quiet take the lock,
// and either stay until the race is over or have ended before.
func sideBySide(t *testing.T, quiet, loud int, stay bool, count func(*counter)) {
	named, over := make(chan bool), make(chan bool)
	for _, each := range []struct {
		name    string
		workers int
	}{{"quiet", quiet}, {"loud", loud}} {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			isQuiet := each.name == "quiet"
			if !isQuiet {
				<-named
			}
			var sum counter
			var workers sync.WaitGroup
			before := runtime.NumGoroutine()
			begun := make(chan bool, each.workers)
			for range each.workers {
				workers.Go(func() {
					begun <- true
					if !isQuiet {
						count(&sum)
						return
					}
					sum.mu.Lock()
					sum.n++
					sum.mu.Unlock()
					if stay {
						<-over
					}
				})
			}
			for range each.workers {
				<-begun
			}
			if !isQuiet {
				workers.Wait()
				t.Error("wrong sum")
				close(over)
				return
			}
			if !stay {
				workers.Wait()
				for try := 0; try < 1000 && runtime.NumGoroutine() > before; try++ {
					time.Sleep(time.Millisecond)
				}
			}
			t.Log("named last")
			close(named)
			<-over
			workers.Wait()
		})
	}
}

// Only loud has workers enough.
func TestMore(t *testing.T) {
	sideBySide(t, 1, 3, true, func(sum *counter) {
		sum.n++ // @more
	})
}

// Either may have raced.
func TestEven(t *testing.T) {
	sideBySide(t, 2, 2, true, func(sum *counter) {
		sum.n++ // @even
	})
}

// Those of quiet have ended.
func TestEnded(t *testing.T) {
	sideBySide(t, 2, 2, false, func(sum *counter) {
		sum.n++ // @ended
	})
}

// It has nobody beside it.
func TestAlone(t *testing.T) {
	t.Run("only", func(t *testing.T) {
		var sum counter
		var workers sync.WaitGroup
		for range 2 {
			workers.Add(1)
			go func() {
				defer workers.Done()
				sum.n++ // @alone
			}()
		}
		workers.Wait()
	})
}

// The same with a lock is sound.
func TestSound(t *testing.T) {
	for _, name := range []string{"one", "two"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sum counter
			var workers sync.WaitGroup
			for range 2 {
				workers.Add(1)
				go func() {
					defer workers.Done()
					sum.mu.Lock()
					sum.n++
					sum.mu.Unlock()
				}()
			}
			workers.Wait()
		})
	}
}
