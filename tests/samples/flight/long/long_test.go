package long

import (
	"fmt"
	"io"
	"runtime/trace"
	"sync"
	"testing"
	"time"
)

func parts(t *testing.T, count int) {
	for i := range count {
		t.Run(fmt.Sprint("part", i), func(t *testing.T) {
			var wg sync.WaitGroup
			for range 3 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					time.Sleep(10 * time.Millisecond)
					fmt.Println("worker of", t.Name())
				}()
			}
			wg.Wait()
			t.Log("all of", t.Name())
		})
	}
}

func TestBefore(t *testing.T) { parts(t, 5) }

func TestFirst(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	go func() { time.Sleep(30 * time.Millisecond); mu.Unlock() }()
	mu.Lock()
	t.Error("the first failure")
}

func TestBetween(t *testing.T) { parts(t, 20) }

func TestSecond(t *testing.T) {
	// A second reader of the trace begins with a generation of its own.
	if err := trace.Start(io.Discard); err != nil {
		t.Fatal(err)
	}
	trace.Stop()
	parts(t, 60)
	t.Run("sub", func(t *testing.T) {
		done := make(chan int)
		go func() { time.Sleep(30 * time.Millisecond); done <- 1 }()
		if got := <-done; got != 2 {
			t.Fatalf("the second failure: %d", got)
		}
	})
}

func TestAfter(t *testing.T) { parts(t, 3) }
