package float_sums

import (
	"sync"
	"testing"
	"time"
)

// Added from the last on, their sum has another last digit.
var numbers = []float64{0.1, 0.2, 0.3}

func parts() (found [][]float64) {
	for _, each := range numbers {
		found = append(found, []float64{each})
	}
	return found
}

func upwards(at int) time.Duration { return time.Duration(at) * 40 * time.Millisecond }

func downwards(at int) time.Duration { return 80*time.Millisecond - upwards(at) }

func TestSum(t *testing.T) {
	want := Sum(parts(), upwards)
	if got := Sum(parts(), downwards); got != want {
		t.Errorf("got %v, want %v", got, want) // @sum-fails
	}
}

func asked(while func(int) time.Duration) (found []func() float64) {
	for at, each := range numbers {
		at, each := at, each
		found = append(found, func() float64 { time.Sleep(while(at)); return each })
	}
	return found
}

func TestMean(t *testing.T) {
	one, other := Mean(asked(upwards)), Mean(asked(downwards))
	if one != other {
		t.Errorf("the mean was %.17g, then %.17g", one, other) // @mean-fails
	}
}

func TestStats(t *testing.T) {
	added := func(while func(int) time.Duration) float64 {
		var s Stats
		var wg sync.WaitGroup
		for at, each := range numbers {
			at, each := at, each
			wg.Add(1)
			go func() {
				defer wg.Done()
				time.Sleep(while(at))
				s.Add(each)
			}()
		}
		wg.Wait()
		return s.sum
	}
	first := added(upwards)
	if again := added(downwards); again != first {
		t.Errorf("got %v, want %v", again, first) // @stats-fails
	}
}

// A single goroutine adds up what has no exact sum.
func TestSumOfOne(t *testing.T) {
	if got := Sum([][]float64{{0.1, 0.2}}, upwards); got != 0.3 {
		t.Errorf("got %v, want 0.3", got)
	}
}

// They are added in turn.
func TestInTurn(t *testing.T) {
	if got := InTurn([]float64{0.1, 0.2}); got != 0.3 {
		t.Errorf("got %v, want 0.3", got)
	}
}

// The sums are far apart.
func TestSumOfMore(t *testing.T) {
	want := Sum(parts()[1:], upwards)
	if got := Sum(parts(), downwards); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Two terms have one sum, whichever comes first; it is no exact one.
func TestSumOfTwo(t *testing.T) {
	if got := Sum([][]float64{{0.1}, {0.2}}, upwards); got != 0.3 {
		t.Errorf("got %v, want 0.3", got)
	}
}
