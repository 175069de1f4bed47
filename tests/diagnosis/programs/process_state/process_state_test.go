package process_state

import (
	"os"
	"testing"
)

func TestSetsAddress(t *testing.T) {
	os.Setenv("STATE_ADDRESS", "example.com:99") // @sets-address
	if got := Load().Address; got != "example.com:99" {
		t.Error(got)
	}
}

func TestAddressByDefault(t *testing.T) {
	if got := Load().Address; got != "localhost:80" {
		t.Errorf("address is %q", got) // @address-fails
	}
}

// Package testing puts it back.
func TestSetsRegion(t *testing.T) {
	t.Setenv("STATE_REGION", "south")
	if got := Load().Region; got != "south" {
		t.Error(got)
	}
}

func TestRegionByDefault(t *testing.T) {
	if got := Load().Region; got != "west" {
		t.Errorf("region is %q", got)
	}
}

func TestFindsItsFile(t *testing.T) {
	if _, err := os.Stat("process_state.go"); err != nil {
		t.Error(err)
	}
}

// It misses a file while the working directory is what it was.
func TestMissesAFile(t *testing.T) {
	if _, err := os.Stat("nothing.go"); err != nil {
		t.Error(err)
	}
}

func TestGoesElsewhere(t *testing.T) {
	if err := os.Chdir(os.TempDir()); err != nil { // @goes-elsewhere
		t.Fatal(err)
	}
}

func TestReadsItsFile(t *testing.T) {
	if _, err := os.ReadFile("process_state.go"); err != nil {
		t.Fatalf("read: %v", err) // @reads-fails
	}
}

// Its path is whole: no other directory has to do with it.
func TestMissesByPath(t *testing.T) {
	if _, err := os.Stat("/nowhere/nothing.go"); err != nil {
		t.Error(err)
	}
}
