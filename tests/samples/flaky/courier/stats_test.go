package courier

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func TestStatsCountDeliveries(t *testing.T) {
	t.Parallel()
	DefaultStats.Reset()
	p := &Dispatcher{Workers: 3, Send: wire, Stats: DefaultStats, Log: logger()}
	if err := p.Run(context.Background(), feed("globex", 15)); err != nil {
		t.Fatal(err)
	}
	if got := DefaultStats.Count("delivered"); got != 15 {
		t.Errorf("delivered %d, want 15", got)
	}
}

func TestStatsResetToZero(t *testing.T) {
	t.Parallel()
	fmt.Println("stats: waiting for the last scrape")
	time.Sleep(20 * time.Millisecond)
	DefaultStats.Reset()
	if got := DefaultStats.Count("delivered"); got != 0 {
		t.Errorf("delivered %d after Reset, want 0", got)
	}
}
