// Package loop_variables has loops whose parallel subtests share a variable: its go.mod is of 1.21.
package loop_variables

import (
	"strconv"
	"strings"
	"testing"
)

func TestUpper(t *testing.T) {
	for _, tc := range []struct{ in, want string }{ // @upper-loop
		{"a", "A"},
		{"b", "B"},
		{"c", "c"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			if got := strings.ToUpper(tc.in); got != tc.want { // @upper-reads
				t.Errorf("ToUpper(%q) = %q", tc.in, got) // @upper-fails
			}
		})
	}
}

func TestRounds(t *testing.T) {
	for round := 0; round < 2; round++ { // @rounds-loop
		t.Run(strconv.Itoa(round), func(t *testing.T) {
			t.Parallel()
			if round > 1 { // @rounds-reads
				t.Fatalf("round %d", round) // @rounds-fails
			}
		})
	}
}

func check(t *testing.T, name string) {
	t.Helper()
	if name == "two" {
		t.Errorf("%s is no name", name)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"one", "two"} { // @names-loop
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, name) // @names-fails
		})
	}
}

// Each subtest has its own.
func TestOwn(t *testing.T) {
	for _, word := range []string{"x", "y"} {
		word := word
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			if word == "x" {
				t.Errorf("word %q", word)
			}
		})
	}
}

// One runs after the other, within its round.
func TestOneByOne(t *testing.T) {
	for _, word := range []string{"x", "y"} {
		t.Run(word, func(t *testing.T) {
			if word == "x" {
				t.Errorf("word %q", word)
			}
		})
	}
}

// What fails is none of the loop's.
func TestAnother(t *testing.T) {
	size := len(t.Name())
	for _, word := range []string{"x", "y"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			t.Log(word)
			if size != 3 {
				t.Errorf("size %d", size)
			}
		})
	}
}
