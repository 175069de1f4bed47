package tick_counts

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestBeats(t *testing.T) {
	h := newHeart(4*time.Millisecond, func() {})
	go h.run()
	defer close(h.quit)
	time.Sleep(22 * time.Millisecond) // @beats-sleeps
	if got := h.count(); got != 1000 {
		t.Errorf("%d beats", got) // @beats-fails
	}
}

func TestPolls(t *testing.T) {
	p := &poller{stop: make(chan struct{})}
	go p.loop(2 * time.Millisecond)
	defer close(p.stop)
	time.Sleep(9 * time.Millisecond) // @polls-sleeps
	if n := p.seen(); n < 1000 {
		t.Fatalf("polled %d times", n) // @polls-fails
	}
}

func TestRefreshes(t *testing.T) {
	var refreshed atomic.Int32
	ticker := time.NewTicker(3 * time.Millisecond)
	defer ticker.Stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-ticker.C:
				refreshed.Add(1) // @refreshes
			case <-done:
				return
			}
		}
	}()
	time.Sleep(10 * time.Millisecond) // @refreshes-sleeps
	if refreshed.Load() != 1000 {
		t.Errorf("refreshed %d times", refreshed.Load()) // @refreshes-fails
	}
}

// It waits for the beats themselves.
func TestBeatsAwaited(t *testing.T) {
	beats := make(chan struct{}, 9)
	h := newHeart(time.Millisecond, func() { beats <- struct{}{} })
	go h.run()
	defer close(h.quit)
	<-beats
	<-beats
	if h.every != 2*time.Millisecond {
		t.Errorf("every %v", h.every)
	}
}

// No tick changes what it counts.
func TestLine(t *testing.T) {
	l := &line{in: make(chan string)}
	go l.run()
	l.in <- "a"
	l.in <- "b"
	close(l.in)
	time.Sleep(20 * time.Millisecond)
	if n := l.count.Load(); n != 3 {
		t.Errorf("%d lines", n)
	}
}

// It sleeps, and compares what was never to beat.
func TestNoHeart(t *testing.T) {
	h := newHeart(time.Hour, func() {})
	time.Sleep(time.Millisecond)
	if h.every != time.Minute {
		t.Errorf("every %v", h.every)
	}
}

// What sleeps is what is called at each tick, and not the test.
func TestDuring(t *testing.T) {
	calls := during(20*time.Millisecond, 2*time.Millisecond, func() { time.Sleep(3 * time.Millisecond) })
	if calls != 1000 {
		t.Errorf("%d calls", calls) // @calls-fails
	}
}

// It ends after so many ticks, however late they are.
func TestTimes(t *testing.T) {
	calls := times(3, time.Millisecond, func() { time.Sleep(2 * time.Millisecond) })
	if calls != 4 {
		t.Errorf("%d calls", calls)
	}
}
