package first_errors

import (
	"context"
	"errors"
	"testing"
)

func TestDiskIsFull(t *testing.T) {
	if err := Copy(); !errors.Is(err, ErrDisk) {
		t.Errorf("Copy() = %v", err) // @disk-fails
	}
}

func TestDiskIsNamed(t *testing.T) {
	err := Copy()
	if err.Error() != "disk is full" {
		t.Fatalf("Copy() = %q", err) // @named-fails
	}
}

func TestHostIsDown(t *testing.T) {
	err := Check(context.Background(), "a", "b", "c")
	if err.Error() != "host d is down" {
		t.Fatalf("Check() = %q", err) // @host-fails
	}
}

// One function has one error.
func TestAlone(t *testing.T) {
	if err := Alone(); !errors.Is(err, ErrDisk) {
		t.Errorf("Alone() = %v", err)
	}
}

// It asks whether there is an error at all.
func TestSucceeds(t *testing.T) {
	if err := Copy(); err != nil {
		t.Errorf("Copy() = %v", err)
	}
}

// There is none.
func TestNoHosts(t *testing.T) {
	if err := Check(context.Background()); !errors.Is(err, ErrLogin) {
		t.Errorf("Check() = %v", err)
	}
}
