// Package repeated holds tests that are run several times in one process.
package repeated

import (
	"os"
	"strings"
	"testing"
)

var (
	calls  int
	seen   = map[string]bool{}
	opened bool
	always int
	second int
	fixed  int
	limit  int
	tags   []string
)

func TestCallsOnce(t *testing.T) {
	calls++ // @counts
	if calls != 1 {
		t.Errorf("called %d times", calls) // @counts-fails
	}
}

func add(name string) bool {
	known := seen[name]
	seen[name] = true // @adds
	return !known
}

func TestAddsAName(t *testing.T) {
	if !add("a") {
		t.Error("a is there already") // @adds-fails
	}
}

func TestOpens(t *testing.T) {
	if opened {
		t.Fatal("it is open") // @opens-fails
	}
	defer closeIt()
	opened = true // @opens
}

func closeIt() {}

// Its first run fails, too.
func TestFailsAlways(t *testing.T) {
	always++
	if always > 0 {
		t.Errorf("called %d times", always)
	}
}

// It fails in its second run alone.
func TestFailsOnce(t *testing.T) {
	second++ // @seconds
	if second == 2 {
		t.Errorf("called %d times", second) // @second-fails
	}
}

// What it changes it puts back, and it fails in each run.
func TestPutsBack(t *testing.T) {
	fixed++
	defer func() { fixed-- }()
	if fixed != 2 {
		t.Errorf("fixed is %d", fixed)
	}
}

// What it keeps is not in the source: a variable of the environment with a name of its own.
func TestSetsUpOnce(t *testing.T) {
	name := strings.ToUpper("flaketui_") + "repeated"
	if os.Getenv(name) == "" {
		t.Log("init done after 3 rounds")
	}
	t.Log("serving request 1")
	was := os.Getenv(name)
	os.Setenv(name, "set up")
	if was != "" {
		t.Errorf("it was %s before", was)
	}
}

func remember(tag string) int {
	tags = append(tags, tag) // @remembers
	return len(tags)
}

func TestRemembers(t *testing.T) {
	if n := remember("a"); n != 1 {
		t.Errorf("%d are remembered", n) // @remembers-fails
	}
}

// Each run sets what it checks; it fails by what it keeps under a name of its own.
func TestSetsFirst(t *testing.T) {
	limit = 3
	name := strings.ToUpper("flaketui_") + "limited"
	was := os.Getenv(name)
	os.Setenv(name, "limited")
	if was != "" && limit == 3 {
		t.Errorf("limit is %d", limit)
	}
}
