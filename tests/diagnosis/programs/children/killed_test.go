package children

import (
	"context"
	"os/exec"
	"testing"
	"time"
)

func build(ctx context.Context) error {
	return exec.CommandContext(ctx, "sleep", "1").Run() // @builds
}

func TestBuildIsLate(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond) // @limit-build
	defer cancel()
	if err := build(ctx); err != nil {
		t.Fatalf("build: %v", err) // @build-fails
	}
}

// Its time is not over: it is cancelled.
func TestBuildIsCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	go func() {
		time.Sleep(20 * time.Millisecond)
		cancel()
	}()
	if err := build(ctx); err != nil {
		t.Fatalf("build: %v", err)
	}
}

// No context has to do with it.
func TestBuildIsKilled(t *testing.T) {
	command := exec.Command("sleep", "1")
	if err := command.Start(); err != nil {
		t.Skip(err)
	}
	command.Process.Kill()
	if err := command.Wait(); err != nil {
		t.Fatalf("build: %v", err)
	}
}
