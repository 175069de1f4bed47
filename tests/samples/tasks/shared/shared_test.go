package shared

import (
	"testing"
	"time"
)

func TestTotals(t *testing.T) {
	total := 0
	for _, n := range []int{1, 2, 3} {
		t.Run("add", func(t *testing.T) {
			t.Parallel()
			seen := total
			time.Sleep(2 * time.Millisecond)
			total = seen + n
			if total != seen+n {
				t.Errorf("total %d", total)
			}
		})
	}
}
