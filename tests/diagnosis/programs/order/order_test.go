// Package order holds tests that fail where another one ran before them.
package order

import (
	"os"
	"testing"
)

var cache = map[string]int{}

func TestWarms(t *testing.T) { cache["a"] = 1 } // @warms

func TestCold(t *testing.T) {
	if len(cache) != 0 {
		t.Errorf("%d entries", len(cache)) // @cold-fails
	}
}

// variable returns a name that the source does not tell.
func variable() string { return "FLAKETUI_" + "ORDER" }

func TestEnters(t *testing.T) { os.Setenv(variable(), "entered") }

func TestOutside(t *testing.T) {
	if mode := os.Getenv(variable()); mode != "" {
		t.Errorf("mode is %q", mode)
	}
}

// It fails whatever ran before.
func TestAlways(t *testing.T) { t.Error("always") }
