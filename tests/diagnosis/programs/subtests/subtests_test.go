// Package subtests has subtests that fail the test that they are part of, and some that fail.
package subtests

import "testing"

func check(t *testing.T, got, want int) {
	t.Helper()
	if got != want {
		t.Fatalf("got %d, want %d", got, want)
	}
}

func TestGivesItsOwn(t *testing.T) {
	for _, name := range []string{"a", "bc", "d"} {
		t.Run(name, func(*testing.T) {
			check(t, len(name), 1) // @own
		})
	}
}

func TestNamesTwo(t *testing.T) {
	t.Run("outer", func(outer *testing.T) {
		outer.Run("inner", func(t *testing.T) {
			outer.Fatal("none") // @outer
		})
	})
}

func TestKeepsOne(t *testing.T) {
	fail := func() {
		t.FailNow()
	}
	t.Run("silent", func(*testing.T) {
		t.Error("not there") // @not-there
		fail()
	})
}

// Its subtest fails by itself.
func TestGivesTheSubtests(t *testing.T) {
	t.Run("bc", func(t *testing.T) {
		check(t, 2, 1)
	})
}
