// Package stuck holds tests that fail for a reason that only the schedule shows.
package stuck

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// Two goroutines take two locks in opposite order.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	var first, second sync.Mutex
	var both, all sync.WaitGroup
	both.Add(2)
	all.Add(2)
	take := func(one, other *sync.Mutex) {
		defer all.Done()
		one.Lock()
		both.Done()
		both.Wait()
		other.Lock() // deadlock-take
	}
	go take(&first, &second)
	go take(&second, &first)
	all.Wait() // deadlock-wait
}

// The signal comes before anybody waits for it.
func TestLostWakeup(t *testing.T) {
	t.Parallel()
	var guard sync.Mutex
	cond := sync.NewCond(&guard)
	cond.Signal()
	guard.Lock()
	cond.Wait() // lost-wait
	guard.Unlock()
}

// Fails while a helper is asleep and another test waits.
func TestBeside(t *testing.T) {
	done := make(chan struct{})
	go func() {
		time.Sleep(200 * time.Millisecond) // beside-sleep
		close(done)
	}()
	time.Sleep(5 * time.Millisecond)
	t.Error("too early")
	<-done
}

var sink []byte

func TestDuringCollections(t *testing.T) {
	time.Sleep(2 * time.Millisecond)
	for range 3 {
		sink = make([]byte, 1<<20)
		runtime.GC()
	}
	t.Error("took too long")
}

// One proc, and others keep it busy.
func TestStarved(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	stop := make(chan struct{})
	for range 3 {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
	}
	time.Sleep(time.Millisecond)
	runtime.Gosched()
	close(stop)
	t.Error("starved")
}

func TestAlone(t *testing.T) {
	t.Error("nothing happened around this")
}

// Waits in t.Parallel until the others that are not parallel have run.
func TestPaused(t *testing.T) {
	t.Parallel()
}

func TestWhileOneIsPaused(t *testing.T) {
	time.Sleep(time.Millisecond)
	t.Error("only a paused test is beside it")
}
