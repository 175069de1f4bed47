package map_order

import (
	"reflect"
	"strings"
	"testing"
)

var goods = map[string]int{
	"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10, "k": 11, "l": 12,
}

// A range may come upon the order that is wanted, but not so many times.
const often = 40

func TestNames(t *testing.T) {
	want := strings.Split("abcdefghijkl", "")
	for again := 0; again < often; again++ {
		got := (&Stock{goods}).Names()
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want) // @names-fails
		}
	}
}

func TestLine(t *testing.T) {
	want := "a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=10 k=11 l=12"
	for again := 0; again < often; again++ {
		if got := Line(goods); got != want {
			t.Fatalf("Line() = %q, want %q", got, want) // @line-fails
		}
	}
}

func TestRangesItself(t *testing.T) {
	want := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	for again := 0; again < often; again++ {
		var got []int
		for _, count := range goods { // @itself-ranges
			got = append(got, count)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v\nwant %v", got, want) // @itself-fails
		}
	}
}

// The map's names are sorted; the test wants them the other way.
func TestSortedNames(t *testing.T) {
	got := (&Stock{goods}).SortedNames()
	want := strings.Split("lkjihgfedcba", "")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// No map is ranged over.
func TestReversed(t *testing.T) {
	got := Reversed([]string{"a", "b", "c"})
	want := []string{"a", "b", "c"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A name is missing: it is not the order alone.
func TestNamesWithOneMore(t *testing.T) {
	got := (&Stock{goods}).Names()
	want := strings.Split("abcdefghijklm", "")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Its range over a map adds up, which has no order; the lists differ by the reversal.
func TestTotal(t *testing.T) {
	total := (&Stock{goods}).Total()
	got, want := Reversed([]string{"a", "b"}), []string{"a", "b"}
	if total != 78 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
