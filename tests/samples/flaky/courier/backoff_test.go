package courier

import (
	"fmt"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attempt int
		want    time.Duration
	}{
		{1, 100 * time.Millisecond},
		{3, 400 * time.Millisecond},
		{7, 6400 * time.Millisecond},
		{50, 10 * time.Second},
	} {
		t.Run(fmt.Sprintf("attempt=%d", c.attempt), func(t *testing.T) {
			t.Parallel()
			if got := Backoff(c.attempt); got != c.want {
				t.Errorf("Backoff(%d) = %v, want %v", c.attempt, got, c.want)
			}
		})
	}
}
