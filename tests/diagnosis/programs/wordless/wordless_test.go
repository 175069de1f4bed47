package wordless

import (
	"math/rand"
	"testing"
	"time"
)

func TestServes(t *testing.T) {
	explain(t, Serve() > 0)
}

func TestServedNothing(t *testing.T) {
	check(t, served == 0) // @served-fails
}

func TestIsQuick(t *testing.T) {
	began := time.Now()
	Rest()
	if time.Since(began) > 10*time.Millisecond {
		t.FailNow() // @quick-fails
	}
}

func TestHalves(t *testing.T) {
	n := 2*rand.Intn(1000) + 1
	equal(t, Half(n)*2, n) // @halves-fails
}

// Which of both failed is not known.
func TestAsksTwice(t *testing.T) {
	check(t, Half(4) == 2)
	check(t, served == 0)
}

// It fails by nothing but its own arithmetic.
func TestHalvesWrongly(t *testing.T) {
	explain(t, Half(4) == 2)
	check(t, Half(5) == 3) // @wrongly-fails
}
