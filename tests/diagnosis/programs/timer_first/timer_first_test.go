// Package timer_first holds tests whose timer comes before what it races with, and beside them
// tests that fail in the other case.
package timer_first

import (
	"context"
	"testing"
	"time"
)

func answer(after time.Duration) <-chan int {
	out := make(chan int)
	go func() { // @answer-starts
		time.Sleep(after)
		out <- 3 // @answer-sends
	}()
	return out
}

func TestAnswerIsLate(t *testing.T) {
	out := answer(40 * time.Millisecond)
	select {
	case <-out: // @answer-receives
	case <-time.After(10 * time.Millisecond):
		t.Error("no answer") // @answer-fails
	}
	time.Sleep(100 * time.Millisecond)
}

func kept(after time.Duration, done chan<- bool) {
	time.Sleep(after) // @kept-sleeps
	done <- true
}

func TestTimerIsFirst(t *testing.T) {
	done := make(chan bool, 1)
	go kept(60*time.Millisecond, done) // @kept-starts
	timer := time.NewTimer(10 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		t.Fatal("not kept") // @kept-fails
	case <-done: // @kept-receives
	}
}

func TestDeadlineIsFirst(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	done := make(chan bool)
	go func() { // @closes-starts
		time.Sleep(60 * time.Millisecond) // @closes-sleeps
		close(done)
	}()
	select { // @closes-select
	case <-done: // @closes-receives
	case <-ctx.Done():
		t.Errorf("not done: %v", ctx.Err()) // @closes-fails
	}
}

// The answer comes first, and is wrong.
func TestAnswerIsWrong(t *testing.T) {
	select {
	case got := <-answer(0):
		if got != 4 {
			t.Errorf("got %d, want 4", got)
		}
	case <-time.After(time.Second):
		t.Error("no answer")
	}
}

// What wins is a channel of the program's own.
func TestAnswersWhileItStops(t *testing.T) {
	stop := make(chan bool)
	close(stop)
	select {
	case <-answer(20 * time.Millisecond):
	case <-stop:
		t.Error("stopped")
	}
}

// Both are timers: neither is what was waited for.
func TestTwoTimers(t *testing.T) {
	select {
	case <-time.After(time.Second):
	case <-time.After(time.Millisecond):
		t.Error("too early")
	}
}

// It fails behind the select, whichever case was taken.
func TestFailsBehind(t *testing.T) {
	got := 0
	select {
	case got = <-answer(40 * time.Millisecond):
	case <-time.After(10 * time.Millisecond):
	}
	if got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}
