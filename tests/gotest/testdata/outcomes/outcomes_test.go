// Package outcomes ends in every way that a test can end without a crash.
package outcomes

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPasses(t *testing.T) {
	t.Log("one line")
	fmt.Println("\x1b[31mred\x1b[0m\tand a tab")
	fmt.Println(strings.Repeat("long ", 2000) + "end")
	fmt.Print("no newline at the end")
}

func TestFails(t *testing.T) {
	t.Errorf("got %d, want %d\nsecond line\n\tthird: 3", 1, 2)
	t.Log("a log line: not an error")
	t.Fatal("gave up")
}

func TestSkips(t *testing.T) {
	t.Skip("not today")
}

func TestSubtests(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Run("bad one", func(t *testing.T) { t.Error("sub failed") })
	t.Run("nested", func(t *testing.T) {
		t.Run("deep", func(t *testing.T) { t.Log("from the depth") })
	})
}

func TestParallelFirst(t *testing.T) {
	t.Parallel()
	time.Sleep(20 * time.Millisecond)
	t.Log("first")
}

func TestParallelSecond(t *testing.T) {
	t.Parallel()
	time.Sleep(10 * time.Millisecond)
	t.Log("second")
}
