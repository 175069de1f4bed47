// Package left_behind holds tests that leave something behind in the process, tests that fail by
// it, and beside them tests that put back what they change.
package left_behind

import (
	"net"
	"os"
	"testing"
)

func listen() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:18531") } // @port

func TestSetsMode(t *testing.T) {
	os.Setenv("STATE_MODE", "fast") // @sets-mode
}

func TestSetsColour(t *testing.T) {
	os.Setenv("STATE_COLOUR", "red")
	defer os.Unsetenv("STATE_COLOUR")
}

func TestSetsPlace(t *testing.T) { t.Setenv("STATE_PLACE", "here") }

func TestHasNoMode(t *testing.T) {
	mode := os.Getenv("STATE_MODE")
	if mode != "" {
		t.Errorf("mode = %q", mode) // @asks-mode
	}
}

// What is asked for was put back: it is wanted by mistake.
func TestWantsColour(t *testing.T) {
	if got := os.Getenv("STATE_COLOUR"); got != "red" {
		t.Errorf("colour = %q", got)
	}
}

func TestWantsPlace(t *testing.T) {
	if got, _ := os.LookupEnv("STATE_PLACE"); got != "here" {
		t.Errorf("place = %q", got)
	}
}

func TestKeepsListening(t *testing.T) {
	if _, err := listen(); err != nil {
		t.Skip(err)
	}
}

func TestListensToo(t *testing.T) {
	if _, err := listen(); err != nil {
		t.Fatal(err) // @listens-too
	}
}

func TestGoesAway(t *testing.T) {
	os.Chdir(os.TempDir()) // @goes-away
}

func TestReadsNear(t *testing.T) {
	if _, err := os.Stat("left_behind_test.go"); err != nil {
		t.Fatal(err) // @reads-near
	}
}
