package loop_goroutines

import (
	"sync"
	"testing"
	"time"
)

var parts = []part{{"bolt"}, {"nut"}, {"washer"}}

func name(p part) string { return p.name }

func TestPrices(t *testing.T) {
	if got := prices(parts, name); got != "bolt nut washer" {
		t.Fatalf("prices of %s", got) // @prices-fails
	}
}

func TestSquares(t *testing.T) {
	if sum := squares(4); sum != 14 {
		t.Errorf("sum %d", sum) // @squares-fails
	}
}

func TestVisits(t *testing.T) {
	var mu sync.Mutex
	visited := map[string]int{}
	var group sync.WaitGroup
	for _, each := range parts { // @visits
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			visited[each.name]++ // @visited
		}()
	}
	group.Wait()
	if len(visited) != 3 {
		t.Fatalf("visited %v", visited) // @visits-fails
	}
}

func TestPricesAnew(t *testing.T) {
	if got := pricesAnew(parts, name); got != "bolt nut" {
		t.Fatalf("prices of %s", got)
	}
}

func TestPricesHanded(t *testing.T) {
	if got := pricesHanded(parts, name); got != "bolt nut" {
		t.Fatalf("prices of %s", got)
	}
}

func TestPricesInTurn(t *testing.T) {
	if got := pricesInTurn(parts, name); got != "bolt nut" {
		t.Fatalf("prices of %s", got)
	}
}

// There is one round.
func TestPriceOfOne(t *testing.T) {
	if got := prices([]part{{"bolt"}}, name); got != "nut" {
		t.Fatalf("prices of %s", got)
	}
}
