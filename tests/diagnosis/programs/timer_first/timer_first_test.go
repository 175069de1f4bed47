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

func fetched(after, limit time.Duration) (int, bool) {
	result := make(chan int, 1)
	go func() {
		time.Sleep(after) // @fetch-sleeps
		result <- 42
	}()
	select {
	case v := <-result: // @fetch-receives
		return v, true
	case <-time.After(limit): // @fetch-timer
		return 0, false
	}
}

func TestFetchIsLate(t *testing.T) {
	if v, ok := fetched(60*time.Millisecond, 10*time.Millisecond); !ok || v != 42 {
		t.Fatalf("got %d, %v", v, ok) // @fetch-fails
	}
}

// The result comes first, and is wrong.
func TestFetchIsWrong(t *testing.T) {
	if v, _ := fetched(10*time.Millisecond, time.Second); v != 41 {
		t.Fatalf("got %d", v)
	}
}

// It is late, which this test does not ask for.
func TestFetchIsLateAsMeant(t *testing.T) {
	v, ok := fetched(60*time.Millisecond, 10*time.Millisecond)
	if ok || v != 0 {
		t.Fatalf("got %d, %v", v, ok)
	}
	if time.Local.String() != "Nowhere" {
		t.Error("nowhere it is not")
	}
}

type store struct{ jobs chan job }

type job struct {
	key   string
	reply chan string
}

func (s *store) loop() {
	for j := range s.jobs {
		time.Sleep(60 * time.Millisecond) // @disk-sleeps
		j.reply <- j.key
	}
}

func (s *store) get(ctx context.Context, key string) (string, error) {
	j := job{key, make(chan string, 1)}
	s.jobs <- j
	select {
	case v := <-j.reply: // @get-receives
		return v, nil
	case <-ctx.Done(): // @get-over
		return "", ctx.Err()
	}
}

func newStore() *store {
	s := &store{jobs: make(chan job, 1)}
	go s.loop()
	return s
}

func TestGetIsLate(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond) // @get-timer
	defer cancel()
	if _, err := newStore().get(ctx, "a"); err != nil {
		t.Fatalf("get: %v", err) // @get-fails
	}
}

// Its context is cancelled by the test itself, which no timer has to do with.
func TestGetIsCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	go func() {
		time.Sleep(10 * time.Millisecond)
		cancel()
	}()
	if _, err := newStore().get(ctx, "a"); err != nil {
		t.Fatalf("get: %v", err)
	}
}
