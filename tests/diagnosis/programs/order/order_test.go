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

func TestEnters(t *testing.T) { os.Setenv("FLAKETUI_ORDER", "entered") }

func TestOutside(t *testing.T) {
	if mode := os.Getenv("FLAKETUI_ORDER"); mode != "" {
		t.Errorf("mode is %q", mode)
	}
}

// It fails whatever ran before.
func TestAlways(t *testing.T) { t.Error("always") }
