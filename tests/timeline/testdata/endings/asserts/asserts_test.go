// Package asserts holds tests that fail in every way a test can say so itself.
package asserts

import (
	"errors"
	"runtime"
	"testing"
	"time"
)

func TestSeveralErrors(t *testing.T) {
	time.Sleep(2 * time.Millisecond)
	t.Log("before")
	t.Errorf("first of %d", 2) // several-first
	time.Sleep(5 * time.Millisecond)
	t.Error("second")
}

func TestFatal(t *testing.T) {
	t.Fatalf("two\nlines of %s", "text") // fatal
}

func equal(t *testing.T, want, got int) {
	t.Helper()
	if want != got {
		t.Fatalf("want %d, got %d", want, got)
	}
}

func TestInHelper(t *testing.T) {
	equal(t, 1, 1)
	equal(t, 1, 2) // helper-caller
}

type checker interface{ Errorf(string, ...any) }

// check fails as testify does: by a text of several lines, from below, without t.Helper.
func check(t checker, err error) {
	if err != nil {
		t.Errorf("\n\tError Trace:\t%s\n\tError:      \t%v", "checks.go:7", err) // check-errorf
	}
}

func TestLikeTestify(t *testing.T) {
	check(t, errors.New("no route"))
}

func TestParentOnly(t *testing.T) {
	t.Run("fails", func(t *testing.T) {
		t.Error("the subtest says so") // sub-error
	})
	t.Run("passes", func(t *testing.T) {})
}

func TestParentToo(t *testing.T) {
	t.Run("fails", func(t *testing.T) { t.Error("the subtest") })
	t.Error("and its parent") // parent-error
}

func TestWithoutMessage(t *testing.T) {
	t.Fail()
}

func TestLogsAndFails(t *testing.T) {
	t.Log("the last thing it said")
	t.FailNow()
}

func TestErrorByGoroutine(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.Error("from a goroutine of it") // goroutine-error
	}()
	<-done
}

func TestParallelFirst(t *testing.T) {
	t.Parallel()
	for range 20 {
		runtime.Gosched()
		println("noise")
	}
	t.Error("first in parallel") // parallel-first
}

func TestParallelSecond(t *testing.T) {
	t.Parallel()
	for range 20 {
		runtime.Gosched()
		println("noise")
	}
	t.Error("second in parallel") // parallel-second
}

func TestSkips(t *testing.T) { t.Skip("not here") }

func ExampleWrong() {
	println("to stderr")
	// Output: something
}
