package map_results

import "testing"

var tags = map[string]string{
	"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6", "g": "7", "h": "8", "i": "9",
}

// A map has one order, from anywhere on; of these not all have one sum, whatever the order is.
var prices = map[string]float64{
	"a": 0.31, "b": 0.07, "c": 1.13, "d": 0.0291, "e": 0.517, "f": 0.8333, "g": 12345.678,
	"h": -12345.678, "i": 0.00071, "j": 0.41717, "k": 0.219, "l": 1.7003, "m": 0.1237, "n": 1.64972,
}

// An order may come twice, but not so many times.
const often = 200

func TestDigestIsStable(t *testing.T) {
	for again := 0; again < often; again++ {
		if one, two := Digest(tags), Digest(tags); one != two {
			t.Fatalf("%d and then %d", one%1000, two%1000+2000) // @digest-fails
		}
	}
}

func TestSumsPrices(t *testing.T) {
	want := Sum(prices)
	for again := 0; again < often; again++ {
		if got := Sum(prices); got != want {
			t.Fatalf("Sum() = %.17g, want %.17g", got, want) // @sum-fails
		}
	}
}

func TestMeanOfPrices(t *testing.T) {
	want := 0.5
	for again := 0; again < often; again++ {
		if got := (&Cart{prices}).Mean(); got != want {
			t.Fatalf("Mean() = %.17g, want %.17g", got, want) // @mean-fails
		}
	}
}

// The sum is another one altogether.
func TestSumsAnother(t *testing.T) {
	if got := Sum(prices); got != 7.25 {
		t.Errorf("Sum() = %v, want 7.25", got)
	}
}

// No map is ranged over.
func TestSumsAList(t *testing.T) {
	if got := SumOf([]float64{0.1, 0.2, 0.3}); got != 0.6 {
		t.Errorf("SumOf() = %v, want 0.6", got)
	}
}

// Two functions, of which one sorts.
func TestComparesTwo(t *testing.T) {
	if one, two := SortedNames(tags), Names(map[string]string{"a": ""}); one != two {
		t.Errorf("%d and %d letters", len(one), len(two))
	}
}

// The same call twice, and what fails is sorted.
func TestSortedTwice(t *testing.T) {
	if one, two := SortedNames(tags), SortedNames(tags); one != two+"x" {
		t.Errorf("%d and %d letters", len(one), len(two))
	}
}

func TestColumns(t *testing.T) {
	for again := 0; again < often; again++ {
		if got := Row(tags).Columns(); got != "(a, b, c, d, e, f, g, h, i)" {
			t.Fatalf("got %q, want %q", got, "(a, b, c, d, e, f, g, h, i)") // @columns-fails
		}
	}
}
