package tied_sorts

import (
	"reflect"
	"testing"
	"time"
)

// A range may come upon the order that is wanted, but not so many times.
const often = 60

var board = &Board{map[int]Player{1: {"ann", 7}, 2: {"bob", 7}, 3: {"cid", 9}, 4: {"dan", 7}}}

func TestRanking(t *testing.T) {
	want := []Player{{"cid", 9}, {"ann", 7}, {"bob", 7}, {"dan", 7}}
	for again := 0; again < often; again++ {
		if got := board.Ranking(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want) // @ranking-fails
		}
	}
}

func TestLowest(t *testing.T) {
	want := []Player{{"ann", 7}, {"bob", 7}, {"dan", 7}, {"cid", 9}}
	for again := 0; again < often; again++ {
		if got := board.Lowest(); !reflect.DeepEqual(got, want) {
			t.Fatalf("Lowest() = %+v\nwant %+v", got, want) // @lowest-fails
		}
	}
}

func TestGathered(t *testing.T) {
	late := func() Player { time.Sleep(20 * time.Millisecond); return Player{"ann", 1} }
	got := Gathered([]func() Player{late, func() Player { return Player{"bob", 1} }})
	if want := []Player{{"ann", 1}, {"bob", 1}}; !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want) // @gathered-fails
	}
}

// Whether counts are equal does not show: it is told as a circumstance.
func TestByCount(t *testing.T) {
	want := []string{"a", "b", "c", "d"}
	for again := 0; again < often; again++ {
		if got := ByCount(map[string]int{"a": 2, "b": 1, "c": 1, "d": 1}); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// The scores are in a wrong order.
func TestRankingUpwards(t *testing.T) {
	few := &Board{map[int]Player{1: {"ann", 7}, 2: {"bob", 9}}}
	got, want := few.Ranking(), []Player{{"ann", 7}, {"bob", 9}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Names decide where the scores are equal.
func TestExact(t *testing.T) {
	got, want := board.Exact(), []Player{{"cid", 9}, {"dan", 7}, {"bob", 7}, {"ann", 7}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
