// Package children holds tests whose child processes are killed: by the limit of their context, and
// by themselves.
package children

import (
	"context"
	"os/exec"
	"testing"
	"time"
)

func TestToolIsSlow(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond) // @limit
	defer cancel()
	if err := exec.CommandContext(ctx, "sleep", "60").Run(); err != nil { // @runs
		t.Fatalf("tool: %v", err) // @run-fails
	}
}

func TestToolIsSlowToTell(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Millisecond) // @limit-tell
	defer cancel()
	tool := exec.CommandContext(ctx, "sleep", "60") // @tells
	_, err := tool.Output()
	if err != nil {
		t.Error(err) // @tell-fails
	}
}

func limited(t *testing.T) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond) // @limit-helper
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, "sleep", "60").Run() // @helps
}

func TestToolOfAHelper(t *testing.T) {
	if err := limited(t); err != nil {
		t.Errorf("helper: %v", err) // @helper-fails
	}
}

// The child ends itself long before the limit.
func TestToolEndsItself(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := exec.CommandContext(ctx, "sh", "-c", "kill -9 $$").Run(); err != nil {
		t.Fatal(err)
	}
}

// It has no limit.
func TestToolWithoutALimit(t *testing.T) {
	if err := exec.Command("sh", "-c", "kill -9 $$").Run(); err != nil {
		t.Fatal(err)
	}
}
