package unawaited

import (
	"os"
	"runtime"
	"syscall"
	"testing"

	"example.com/unawaited/internal/check"
)

// alone lets goroutines that a test starts run when it waits, and not before.
func alone(t *testing.T) {
	old := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

func (r *recorder) wants(t *testing.T, n int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.calls) != n {
		t.Errorf("expected %d calls, there were %d", n, len(r.calls))
	}
}

func TestPublishes(t *testing.T) {
	alone(t)
	to := &recorder{}
	h := &hub{sinks: []sink{to, to, to}}
	h.publish("sold")
	to.wants(t, 3) // @publishes-fails
}

func TestCounts(t *testing.T) {
	alone(t)
	var c tally
	c.start(make([]string, 10), make([]string, 20))
	if n := c.lines.Load(); n != 30 {
		t.Fatalf("%d lines, want 30", n) // @counts-fails
	}
}

func TestReloads(t *testing.T) {
	alone(t)
	r := newReloader()
	defer r.close()
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	check.Equal(t, 1, int(r.loads.Load()), "loads") // @reloads-fails
}

// It waits for all, and wants one too many.
func TestPublishesAndWaits(t *testing.T) {
	to := &recorder{}
	h := &hub{sinks: []sink{to, to, to}}
	h.publish("sold")
	h.open.Wait()
	to.wants(t, 4)
}

// What it starts is another's, and still to run.
func TestCountsItself(t *testing.T) {
	alone(t)
	var c, other tally
	other.start(make([]string, 10))
	c.count(make([]string, 20))
	if n := len("twenty"); n != 20 {
		t.Fatalf("%d lines, want 20", n)
	}
}

// Nobody tells it to.
func TestReloadsByItself(t *testing.T) {
	alone(t)
	r := newReloader()
	defer r.close()
	check.Equal(t, 1, int(r.loads.Load()), "loads")
}

func TestGateCloses(t *testing.T) {
	alone(t)
	var g gate
	defer g.watch()()
	p, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	if !g.isClosed() {
		t.Error("it is open") // @closes-fails
	}
}

// Nobody tells it to.
func TestGateClosesByItself(t *testing.T) {
	alone(t)
	var g gate
	defer g.watch()()
	if !g.isClosed() {
		t.Error("it is open")
	}
}
