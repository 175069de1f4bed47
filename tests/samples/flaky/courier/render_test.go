package courier

import (
	"testing"
	"time"
)

func TestRenderStaysWithinBudget(t *testing.T) {
	t.Parallel()
	const (
		batch  = 10
		budget = 5 * time.Millisecond
	)
	for n := range 1000 { // fills the encoder's caches
		if _, err := Render(NewDelivery("acme", n)); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	for n := 0; time.Since(began) < 500*time.Millisecond; n += batch {
		start := time.Now()
		for i := range batch {
			if _, err := Render(NewDelivery("acme", n+i)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took > budget {
			t.Fatalf("rendering %d deliveries took %v, the budget is %v", batch, took, budget)
		}
	}
}
