// Package partners holds a test that hangs because another's goroutine does, and one that takes
// notes in its trace.
package partners

import (
	"context"
	"os"
	"runtime/trace"
	"sync"
	"testing"
	"time"
)

var (
	jobs = make(chan int)
	lock sync.Mutex
)

func serve() {
	for range jobs {
		lock.Lock() // partner-waits
		lock.Unlock()
	}
}

func TestMain(m *testing.M) {
	go serve()
	time.Sleep(10 * time.Millisecond)
	os.Exit(m.Run())
}

func TestNoted(t *testing.T) {
	ctx, task := trace.NewTask(context.Background(), "order")
	trace.Log(ctx, "cart", "begun")
	trace.WithRegion(ctx, "price", func() {
		time.Sleep(2 * time.Millisecond)
		trace.WithRegion(ctx, "tax", func() { time.Sleep(2 * time.Millisecond) })
	})
	task.End()
	trace.StartRegion(ctx, "left open")
	time.Sleep(time.Millisecond)
}

// The server takes a job and waits for the lock; nobody takes the next job.
func TestServed(t *testing.T) {
	jobs <- 1
	time.Sleep(5 * time.Millisecond)
	lock.Lock()
	jobs <- 2
	jobs <- 3 // own-waits
}
