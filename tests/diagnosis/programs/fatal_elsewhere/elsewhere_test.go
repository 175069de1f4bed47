// Package fatal_elsewhere holds tests that fail in a goroutine that is not their own, and wait on.
package fatal_elsewhere

import (
	"sync"
	"testing"
	"time"
)

func broken() bool { return true }

func TestFatalBeforeTheSend(t *testing.T) {
	t.Parallel()
	done := make(chan bool)
	go func() { // @starts-sender
		if broken() {
			t.Fatal("no connection") // @fatal-sender
		}
		done <- true
	}()
	<-done // @waits-sender
}

func TestFatalOfOneWorker(t *testing.T) {
	t.Parallel()
	var busy sync.WaitGroup
	for i := 0; i < 3; i++ {
		busy.Add(1)
		go func() { // @starts-worker
			if i == 1 && broken() {
				t.Fatalf("worker %d", i) // @fatal-worker
			}
			busy.Done()
		}()
	}
	busy.Wait() // @waits-worker
}

func TestFatalUnderDefer(t *testing.T) {
	t.Parallel()
	ready := make(chan int)
	go func() { // @starts-under
		defer func() {
			if broken() {
				t.Fatal("left it") // @fatal-under
			}
			ready <- 1
		}()
	}()
	<-ready // @waits-under
}

// It has the same wait, and says its error without an end of the goroutine.
func TestErrorBeforeTheWait(t *testing.T) {
	t.Parallel()
	never := make(chan bool)
	go func() {
		t.Error("no connection")
		time.Sleep(time.Hour)
		never <- true
	}()
	<-never
}

// It fails in the goroutine, which closes by defer: the test goes on and ends.
func TestFatalWithDefer(t *testing.T) {
	t.Parallel()
	done := make(chan bool)
	go func() {
		defer close(done)
		if broken() {
			t.Fatal("no connection")
		}
	}()
	<-done
}
