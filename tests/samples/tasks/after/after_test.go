package after

import (
	"testing"
	"time"
)

func fetch(d time.Duration) (int, bool) {
	result := make(chan int, 1)
	go func() {
		time.Sleep(d)
		result <- 42
	}()
	select {
	case v := <-result:
		return v, true
	case <-time.After(10 * time.Millisecond):
		return 0, false
	}
}

func TestFetchInTime(t *testing.T) {
	if v, ok := fetch(40 * time.Millisecond); !ok || v != 42 {
		t.Fatalf("fetch gave %d, %v; want 42, true", v, ok)
	}
}
