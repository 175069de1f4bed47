package wordless

import "testing"

func check(t *testing.T, ok bool) {
	t.Helper()
	if !ok {
		t.FailNow()
	}
}

func equal(t *testing.T, got, want int) {
	t.Helper()
	check(t, got == want)
}

func explain(t *testing.T, ok bool) {
	t.Helper()
	if !ok {
		t.Fatal("it is not so")
	}
}
