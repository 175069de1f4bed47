// Package races_beside holds subtests that fail together for one race of two of them.
package races_beside

import "testing"

// Both have counted before they meet, and the third looks on until the race is reported.
func TestMeet(t *testing.T) {
	count, met, over := 0, make(chan bool), make(chan bool)
	t.Run("one", func(t *testing.T) {
		t.Parallel()
		count++ // @one-counts
		met <- true
	})
	t.Run("two", func(t *testing.T) {
		t.Parallel()
		count++ // @two-counts
		<-met
		close(over)
	})
	t.Run("looker", func(t *testing.T) {
		t.Parallel()
		<-over
	})
}

// It begins when the race is long over.
func TestLater(t *testing.T) {
	t.Error("wrong sum")
}
