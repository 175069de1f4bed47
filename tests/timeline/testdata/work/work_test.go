// Package work holds tests whose goroutines wait for one another in known ways.
package work

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	fmt.Println("before the trace")
	time.Sleep(30 * time.Millisecond)
	os.Exit(m.Run())
}

func self() int {
	text := make([]byte, 64)
	text = text[:runtime.Stack(text, false)]
	number, _ := strconv.Atoi(string(bytes.Fields(text)[1]))
	return number
}

const pause = 3 * time.Millisecond

// waits runs one goroutine that waits and, once it does, another that ends its wait.
func waits(t *testing.T, kind string, wait, end func()) {
	var waiter, waker int
	ready, done := make(chan struct{}), make(chan struct{}, 2)
	go func() {
		waiter = self()
		close(ready)
		wait()
		done <- struct{}{}
	}()
	<-ready
	time.Sleep(pause)
	go func() {
		waker = self()
		end()
		done <- struct{}{}
	}()
	<-done
	<-done
	t.Logf("wake %s waiter=%d waker=%d", kind, waiter, waker)
}

func TestWakes(t *testing.T) {
	ch := make(chan int)
	waits(t, "chan receive", func() { <-ch }, func() { ch <- 1 })
	waits(t, "chan send", func() { ch <- 1 }, func() { <-ch })
	closed := make(chan int)
	waits(t, "chan receive", func() { <-closed }, func() { close(closed) })
	other := make(chan int)
	waits(t, "select", func() {
		select {
		case <-ch:
		case <-other:
		}
	}, func() { other <- 1 })

	var lock sync.Mutex
	lock.Lock()
	waits(t, "mutex", func() { lock.Lock() }, func() { lock.Unlock() })
	var shared sync.RWMutex
	shared.Lock()
	waits(t, "mutex", func() { shared.RLock() }, func() { shared.Unlock() })
	var group sync.WaitGroup
	group.Add(1)
	waits(t, "wait group", func() { group.Wait() }, func() { group.Done() })
	var guard sync.Mutex
	cond := sync.NewCond(&guard)
	waits(t, "cond", func() {
		guard.Lock()
		cond.Wait()
		guard.Unlock()
	}, func() {
		guard.Lock()
		guard.Unlock()
		cond.Signal()
	})
	ctx, cancel := context.WithCancel(context.Background())
	waits(t, "chan receive", func() { <-ctx.Done() }, cancel)
	waits(t, "sleep", func() { time.Sleep(2 * pause) }, func() {})
}

func child(done chan<- int, depth int) {
	if depth > 0 {
		inner := make(chan int)
		go child(inner, depth-1)
		<-inner
	}
	done <- self()
}

// A child, its child and theirs, of which one outlives the test.
func TestFamily(t *testing.T) {
	done := make(chan int)
	go child(done, 2)
	<-done
	go func() {
		<-make(chan int)
	}()
	time.Sleep(pause)
}

var sink [][]byte

// TestCollects makes three collections of a heap that it measures, and says what it measured.
func TestCollects(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sink = nil
	for range 64 {
		sink = append(sink, make([]byte, 1<<20))
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("cycles=%d heap=%d", after.NumGC-before.NumGC, after.HeapAlloc)
	runtime.KeepAlive(sink)
	sink = nil
	time.Sleep(pause)
}

// Many short waits, so that the columns of a screen hold more than one state.
func TestBusy(t *testing.T) {
	var all sync.WaitGroup
	balls := make(chan int, 2)
	for range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 200 {
				balls <- i
				<-balls
				if i%50 == 0 {
					time.Sleep(50 * time.Microsecond)
				}
			}
		}()
	}
	all.Wait()
}
