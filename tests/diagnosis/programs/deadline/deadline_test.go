// Package deadline runs out of time in several ways.
package deadline

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"
)

func slowAnswer(after time.Duration) <-chan int {
	answer := make(chan int, 1)
	go func() {
		time.Sleep(after)
		answer <- 1
	}()
	return answer
}

func TestWaitsForTheAnswer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	<-slowAnswer(400 * time.Millisecond) // @waits
	if err := ctx.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestWorksTooLong(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	for n := 0; ctx.Err() == nil; n++ {
	}
	t.Fatal(ctx.Err())
}

func TestAsserts(t *testing.T) {
	if got := <-slowAnswer(120 * time.Millisecond); got != 2 {
		t.Errorf("answered %d", got)
	}
}

func TestWantsTheDeadline(t *testing.T) {
	<-slowAnswer(60 * time.Millisecond)
	t.Error("got nil, want context deadline exceeded")
}

func TestStarves(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	for i := 0; i < 8; i++ {
		go func() {
			for ctx.Err() == nil {
			}
		}()
	}
	for ctx.Err() == nil {
	}
	t.Fatal(ctx.Err())
}

func TestWaitsForTheLock(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var mu sync.Mutex
	mu.Lock()
	go func() {
		time.Sleep(200 * time.Millisecond)
		mu.Unlock()
	}()
	mu.Lock() // @locks
	defer mu.Unlock()
	if err := ctx.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestSleepsTooLong(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	time.Sleep(200 * time.Millisecond) // @sleeps
	if err := ctx.Err(); err != nil {
		t.Fatal(err)
	}
}

// busy keeps a proc busy until a context is done.
func busy(ctx context.Context) {
	for ctx.Err() == nil {
	}
}

func TestStarvesAmongCrunchers(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	for i := 0; i < 6; i++ {
		go busy(ctx)
	}
	done := 0
	for ctx.Err() == nil {
		done++
		runtime.Gosched()
	}
	t.Fatalf("%d rounds: %v", done, ctx.Err())
}

func TestStarvesBehindALockedThread(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	for i := 0; i < 5; i++ {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			busy(ctx)
		}()
	}
	busy(ctx)
	t.Fatal(ctx.Err())
}
