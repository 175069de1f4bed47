// Package goroutine_count holds tests that count goroutines, and beside them tests that fail by
// something else behind such a number.
package goroutine_count

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

func start() (stop func()) {
	quit := make(chan struct{})
	go func() { // @starts
		<-quit
		time.Sleep(10 * time.Millisecond)
	}()
	return func() { close(quit) }
}

func TestCountsTooSoon(t *testing.T) {
	before := runtime.NumGoroutine()
	start()()
	if after := runtime.NumGoroutine(); after != before {
		t.Errorf("%d goroutines, there were %d", after, before) // @soon-fails
	}
	time.Sleep(300 * time.Millisecond)
}

func linger() { time.Sleep(time.Minute) }

func settled(t *testing.T, most int) {
	t.Helper()
	if n := runtime.NumGoroutine(); n > most {
		t.Fatalf("%d goroutines", n)
	}
}

func TestCountsOneThatStays(t *testing.T) {
	before := runtime.NumGoroutine()
	go linger()        // @lingers
	settled(t, before) // @stays-fails
}

// All are waited for: it fails by what it got.
func TestCountsNobody(t *testing.T) {
	var group sync.WaitGroup
	group.Add(1)
	go group.Done()
	group.Wait()
	time.Sleep(20 * time.Millisecond)
	if runtime.NumGoroutine() < 1000 {
		t.Error("fewer than a thousand")
	}
}

// It counts, and fails by something else.
func TestCountsForItsLog(t *testing.T) {
	stop := start()
	defer stop()
	count := runtime.NumGoroutine()
	if rest := len("four") - 3; rest != 0 {
		t.Errorf("%d left, with %d goroutines", rest, count)
	}
}

// It wants them to be there, and one more.
func TestCountsThoseThatAreMeant(t *testing.T) {
	before := runtime.NumGoroutine()
	stop := start()
	defer stop()
	if after := runtime.NumGoroutine(); after != before+2 {
		t.Errorf("%d goroutines, want %d", after, before+2)
	}
}
