// Package measured_lists holds tests that measure time again and again, and look at one of them.
package measured_lists

import (
	"slices"
	"testing"
	"time"
)

func rest() { time.Sleep(2 * time.Millisecond) }

func percentile(times []time.Duration, share float64) time.Duration {
	sorted := slices.Clone(times)
	slices.Sort(sorted)
	return times[int(float64(len(times)-1)*share)]
}

func longest(times []time.Duration) (most time.Duration) {
	most = times[0]
	for _, each := range times {
		if each > most {
			most = each
		}
	}
	return most
}

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for again := 0; again < 5; again++ {
		began := time.Now()
		rest()
		times = append(times, time.Since(began)) // @percentile-measures
	}
	if p90 := percentile(times, 0.9); p90 > time.Millisecond {
		t.Errorf("p90 is %v", p90) // @percentile-fails
	}
}

func TestLongest(t *testing.T) {
	times := make([]time.Duration, 0, 5)
	for again := 0; again < 5; again++ {
		began := time.Now()
		rest()
		took := time.Since(began) // @longest-measures
		times = append(times, took)
	}
	if longest(times) > time.Millisecond {
		t.Error("the longest takes too long") // @longest-fails
	}
}

func TestFirst(t *testing.T) {
	var times []time.Duration
	for again := 0; again < 5; again++ {
		began := time.Now()
		rest()
		times = append(times, time.Now().Sub(began)) // @first-measures
	}
	if times[0] > time.Millisecond {
		t.Errorf("the first took %v", times[0]) // @first-fails
	}
}

// It counts the times.
func TestCount(t *testing.T) {
	var times []time.Duration
	for again := 0; again < 5; again++ {
		began := time.Now()
		rest()
		times = append(times, time.Since(began))
	}
	if len(times) > 4 {
		t.Errorf("%d times", len(times))
	}
}

// The times are those of a plan.
func TestPlan(t *testing.T) {
	plan := []time.Duration{time.Millisecond, 3 * time.Millisecond}
	if most := longest(plan); most > 2*time.Millisecond {
		t.Errorf("the longest takes %v", most)
	}
}
