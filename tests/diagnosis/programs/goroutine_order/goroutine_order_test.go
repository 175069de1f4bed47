package goroutine_order

import (
	"reflect"
	"testing"
)

var names = []string{"a", "b", "c"}

func TestAppends(t *testing.T) {
	if got := Appends(names); !reflect.DeepEqual(got, names) {
		t.Errorf("got %v, want %v", got, names) // @appends-fails
	}
}

func TestReceives(t *testing.T) {
	got := Receives(names)
	if !reflect.DeepEqual(got, names) {
		t.Errorf("got %v, want %v", got, names) // @receives-fails
	}
}

func TestPools(t *testing.T) {
	got := Pools(names)
	if !reflect.DeepEqual(got, names) {
		t.Fatalf("got %v, want %v", got, names) // @pools-fails
	}
}

// It is sorted, and what is wanted is not.
func TestSorts(t *testing.T) {
	if got := Sorts(names); got[0] != "c" {
		t.Errorf("got %v, want %v", got, []string{"c", "b", "a"})
	}
}

// Each has its own place, which is the wrong one.
func TestPlaces(t *testing.T) {
	if got := Places(names); !reflect.DeepEqual(got, names) {
		t.Errorf("got %v, want %v", got, names)
	}
}

// Elements differ, not their order alone.
func TestMisses(t *testing.T) {
	if got := Appends(names[1:]); !reflect.DeepEqual(got, names) {
		t.Errorf("got %v, want %v", got, names)
	}
}
