// Package loops_apart has the loops of loop_variables in a module of Go 1.22.
package loops_apart

import "testing"

func TestUpper(t *testing.T) {
	for _, tc := range []struct{ in, want string }{{"a", "b"}, {"b", "b"}} {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			if tc.in != tc.want {
				t.Errorf("%q is not %q", tc.in, tc.want)
			}
		})
	}
}

func TestRounds(t *testing.T) {
	for round := 0; round < 2; round++ {
		t.Run("round", func(t *testing.T) {
			t.Parallel()
			if round == 0 {
				t.Errorf("round %d", round)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"one", "two"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "one" {
				t.Errorf("name %s", name)
			}
		})
	}
}
