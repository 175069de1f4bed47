package courier

import (
	"context"
	"testing"
)

func TestDispatcherDelivers(t *testing.T) {
	t.Parallel()
	stats := NewStats()
	p := &Dispatcher{Workers: 4, Send: wire, Stats: stats, Log: logger()}
	if err := p.Run(context.Background(), feed("acme", 24)); err != nil {
		t.Fatal(err)
	}
	t.Logf("delivered %d", stats.Count("delivered"))
	if got := stats.Count("delivered"); got != 24 {
		t.Errorf("delivered %d, want 24", got)
	}
}

func TestDispatcherReportsRefusals(t *testing.T) {
	t.Parallel()
	stats := NewStats()
	p := &Dispatcher{Workers: 2, Send: wire, Stats: stats, Log: logger()}
	err := p.Run(context.Background(), feed("hooli", 3))
	if err == nil || stats.Count("failed") != 3 {
		t.Errorf("Run = %v with %d failed, want an error and 3", err, stats.Count("failed"))
	}
}
