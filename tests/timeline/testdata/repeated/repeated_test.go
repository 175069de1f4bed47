// Tests to be run with -count: one fails from its second repetition on, for what the first left.
package repeated

import (
	"fmt"
	"sync"
	"testing"
)

var (
	once    sync.Once
	runs    int
	retries int
)

func TestCache(t *testing.T) {
	once.Do(func() { fmt.Println("init done") })
	runs++
	if runs == 3 {
		fmt.Println("state reset after", runs, "runs")
	}
	if runs > 1 {
		fmt.Println("stale entry")
		t.Fatalf("run %d finds what the first left", runs)
	}
}

func TestRetries(t *testing.T) {
	retries++
	for n := 0; n < retries; n++ {
		fmt.Println("retry")
	}
}

func TestSteady(t *testing.T) { fmt.Println("steady", runs) }
