//go:build go1.25

package wall_time

import (
	"testing"
	"testing/synctest"
	"time"
)

// The clock of a bubble is no wall clock.
func TestTakesTooLongInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		work()
		if took := time.Since(start); took > limit {
			t.Errorf("took %v, want at most %v", took, limit)
		}
	})
}
