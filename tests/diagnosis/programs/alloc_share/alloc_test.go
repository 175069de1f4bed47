// Package allocshare allocates in one line, in three that share alike, and hardly at all.
package allocshare

import (
	"fmt"
	"strings"
	"testing"
)

var (
	sink    []byte
	text    string
	numbers []int
)

// TestOneLine makes a buffer anew each time.
func TestOneLine(t *testing.T) {
	for range [1000]int{} {
		sink = make([]byte, 64<<10)
	}
}

// TestLibrary has the standard library allocate for one of its lines.
func TestLibrary(t *testing.T) {
	for range [1000]int{} {
		text = strings.Repeat("x", 64<<10)
	}
}

// TestThreeLines allocates as much in one line as in another.
func TestThreeLines(t *testing.T) {
	for range [1000]int{} {
		sink = make([]byte, 32<<10)
		text = strings.Repeat("x", 32<<10)
		numbers = make([]int, 4<<10)
	}
}

// TestLittle allocates in one line, but four megabytes in all.
func TestLittle(t *testing.T) {
	for range [64]int{} {
		sink = make([]byte, 64<<10)
	}
}

// TestSubtests has package testing allocate most: for each of many subtests, and what they log.
func TestSubtests(t *testing.T) {
	for i := range [20000]int{} {
		if i%2 == 0 {
			sink = make([]byte, 32)
		}
		t.Run("", func(t *testing.T) {})
	}
}

// TestFails fails for a reason that has nothing to do with what it allocates.
func TestFails(t *testing.T) {
	for range [1000]int{} {
		sink = make([]byte, 64<<10)
	}
	t.Error(fmt.Sprint("boo ", len(sink)))
}
