// Package check holds assertions that fail in the line of their caller.
package check

import "testing"

// Equal fails the test unless both values are equal.
func Equal(t testing.TB, want, got int, what string) {
	t.Helper()
	if want != got {
		t.Errorf("%s: got %d, want %d", what, got, want)
	}
}
