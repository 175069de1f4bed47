package made_once

import (
	"os"
	"testing"
)

func TestHasNoRegion(t *testing.T) {
	if got := Region(); got != "" {
		t.Errorf("region %q", got)
	}
}

func TestHasARegion(t *testing.T) {
	t.Setenv("MADE_ONCE_REGION", "north")
	if got := Region(); got != "north" {
		t.Errorf("region %q", got) // @region-fails
	}
}

func TestMainHost(t *testing.T) {
	if Default().Host != "main" {
		t.Error("no main host")
	}
}

func TestOtherHost(t *testing.T) {
	host = "other"
	t.Cleanup(func() { host = "main" })
	if got := Default().Host; got != "other" {
		t.Errorf("host %q", got) // @host-fails
	}
}

func TestSmall(t *testing.T) {
	if Limit(2) != 2 {
		t.Error("not 2")
	}
}

func TestLarge(t *testing.T) {
	if got := Limit(20); got != 20 {
		t.Errorf("limit %d", got) // @limit-fails
	}
}

// It sets what it looks at anew.
func TestSetsTheLimit(t *testing.T) {
	limit = 7
	if limit != 8 {
		t.Errorf("limit %d", limit)
	}
}

func TestFastMode(t *testing.T) {
	os.Setenv("MADE_ONCE_MODE", "fast") // @sets-mode
	if Mode() != "fast" {
		t.Error("not fast")
	}
}

func TestPlainMode(t *testing.T) {
	if got := Mode(); got != "plain" {
		t.Errorf("mode %q", got) // @mode-fails
	}
}

// Nothing changes what it asks for, but for a test that puts it back.
func TestSize(t *testing.T) {
	if got := Size(); got != 4 {
		t.Errorf("size %d", got)
	}
}
