// Package pairing holds tests that say on which goroutine they run.
package pairing

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// say logs the goroutine that the caller runs on, as the runtime numbers it.
func say(t testing.TB) {
	t.Helper()
	text := make([]byte, 64)
	text = text[:runtime.Stack(text, false)]
	t.Logf("runs on goroutine %s", bytes.Fields(text)[1])
}

func TestPlain(t *testing.T) { say(t) }

func TestSkipped(t *testing.T) {
	say(t)
	t.Skip("not today")
}

func TestNested(t *testing.T) {
	say(t)
	t.Run("outer", func(t *testing.T) {
		say(t)
		t.Run("middle", func(t *testing.T) {
			say(t)
			t.Run("inner", func(t *testing.T) { say(t) })
		})
		t.Run("sibling", func(t *testing.T) { say(t) })
	})
	t.Run("after", func(t *testing.T) { say(t) })
}

// Its subtests have slashes in their own names, one of them that of a test that has ended, and one
// that of a test that still waits.
func TestSlashes(t *testing.T) {
	say(t)
	t.Run("a", func(t *testing.T) { say(t) })
	t.Run("a/b", func(t *testing.T) { say(t) })
	t.Run("c/d/e", func(t *testing.T) {
		say(t)
		t.Run("f/g", func(t *testing.T) { say(t) })
	})
	t.Run("waiting", func(t *testing.T) {
		t.Parallel()
		say(t)
		t.Run("x", func(t *testing.T) { say(t) })
	})
	t.Run("waiting/x", func(t *testing.T) { say(t) })
	t.Run("last", func(t *testing.T) { say(t) })
}

func TestOddNames(t *testing.T) {
	say(t)
	for _, name := range []string{
		"", "", "with space", "tab\tname", "50%d", "日本語", "\x1b[31mred", "#00", "dots...", "-", "=== RUN",
		strings.Repeat("long", 50),
	} {
		t.Run(name, func(t *testing.T) { say(t) })
	}
}

func TestParallelChildren(t *testing.T) {
	say(t)
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			say(t)
			for j := range 3 {
				t.Run(fmt.Sprint("grand", j), func(t *testing.T) {
					if j != 1 {
						t.Parallel()
					}
					time.Sleep(time.Millisecond)
					say(t)
				})
			}
		})
	}
}

func TestParallelOne(t *testing.T) {
	t.Parallel()
	say(t)
	t.Run("sub", func(t *testing.T) { say(t) })
}

func TestParallelTwo(t *testing.T) {
	t.Parallel()
	say(t)
	t.Run("sub", func(t *testing.T) { say(t) })
}

// A goroutine of the test runs a subtest, which has one of its own.
func TestFromChild(t *testing.T) {
	say(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.Run("inner", func(t *testing.T) {
			say(t)
			t.Run("deep", func(t *testing.T) { say(t) })
		})
	}()
	<-done
}

// Many goroutines of the test run subtests at the same time.
func TestFromChildren(t *testing.T) {
	say(t)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			<-start
			for j := range 10 {
				t.Run(fmt.Sprintf("by%d_%d", i, j), func(t *testing.T) { say(t) })
			}
		}()
	}
	close(start)
	all.Wait()
}

func FuzzReverse(f *testing.F) {
	say(f)
	f.Add("one")
	f.Add("two")
	f.Fuzz(func(t *testing.T, text string) { say(t) })
}

func FuzzUnused(f *testing.F) { say(f) }

func ExamplePrints() {
	fmt.Println("printed")
	// Output: printed
}

func ExampleAlso() {
	fmt.Println("printed too")
	// Output: printed too
}
