package order

import "testing"

var limit = 10

func TestSmallLimit(t *testing.T) {
	limit = 3
	if limit != 3 {
		t.Fatal(limit)
	}
}

func TestDefaultLimit(t *testing.T) {
	if limit != 10 {
		t.Fatalf("limit is %d, want 10", limit)
	}
}
