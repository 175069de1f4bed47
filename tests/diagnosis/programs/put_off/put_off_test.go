package put_off

import (
	"sync/atomic"
	"testing"
	"time"
)

// most is how often a test tries at most.
const most = 2000

func work() {
	for end := time.Now().Add(25 * time.Millisecond); time.Now().Before(end); {
		_ = end
	}
}

func TestSaved(t *testing.T) {
	var saved atomic.Int32
	d := New(1000*time.Microsecond, func() { saved.Add(1) }) // @saved-given
	for again := 0; again < most && saved.Load() < 2; again++ {
		d.Touch()
		time.Sleep(999 * time.Microsecond) // @saved-sleeps
	}
	if n := saved.Load(); n > 1 {
		t.Errorf("saved %d times", n) // @saved-fails
	}
}

func TestBarked(t *testing.T) {
	w := &Watchdog{Patience: 1000 * time.Microsecond} // @barked-given
	w.Watch()
	for again := 0; again < most && !w.Barked(); again++ {
		w.Feed()
		time.Sleep(999 * time.Microsecond) // @barked-sleeps
	}
	if w.Barked() {
		t.Error("it barked") // @barked-fails
	}
}

func TestOver(t *testing.T) {
	l := Take(1000 * time.Microsecond) // @over-given
	for again := 0; again < most && !l.Over(); again++ {
		l.Renew()
		time.Sleep(999 * time.Microsecond) // @over-sleeps
	}
	if l.Over() {
		t.Error("it is over") // @over-fails
	}
}

func TestStaysOpen(t *testing.T) {
	b := &Breaker{Pause: 10 * time.Millisecond} // @open-given
	b.Open()
	work()
	if got := b.State(); got != "open" {
		t.Errorf("it is %s", got) // @open-fails
	}
}

// It sleeps for as long as it takes.
func TestSavedTwice(t *testing.T) {
	var saved atomic.Int32
	d := New(5*time.Millisecond, func() { saved.Add(1) })
	d.Touch()
	time.Sleep(50 * time.Millisecond)
	if n := saved.Load(); n != 2 {
		t.Errorf("saved %d times", n)
	}
}

// Its sleeps were short enough.
func TestNeverSaved(t *testing.T) {
	var saved atomic.Int32
	d := New(time.Hour, func() { saved.Add(1) })
	d.Touch()
	time.Sleep(time.Millisecond)
	if n := saved.Load(); n != 1 {
		t.Errorf("saved %d times", n)
	}
}

// What it checks has nothing to do with the timer.
func TestCalls(t *testing.T) {
	calls := 0
	d := New(1000*time.Microsecond, func() {})
	d.Touch()
	calls++
	time.Sleep(999 * time.Microsecond)
	if calls != 2 {
		t.Errorf("called %d times", calls)
	}
}

// The breaker is open for longer than the test takes.
func TestIsClosed(t *testing.T) {
	b := &Breaker{Pause: time.Hour}
	b.Open()
	work()
	if got := b.State(); got != "closed" {
		t.Errorf("it is %s", got)
	}
}
