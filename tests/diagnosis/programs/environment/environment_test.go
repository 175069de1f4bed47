// Package environment holds tests that do not get what they need of the machine, tests whose
// process is ended from outside, and beside them tests that merely speak of such things.
package environment

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestNoFolder(t *testing.T) {
	err := os.WriteFile(filepath.Join(t.TempDir(), "absent", "a"), nil, 0o600)
	if err != nil {
		t.Fatal(err) // @no-folder
	}
}

func TestNobodyListens(t *testing.T) {
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	address := held.Addr().String()
	held.Close()
	if _, err := net.Dial("tcp", address); err != nil {
		t.Errorf("asking: %v", err) // @refused
	}
}

func TestNoProgram(t *testing.T) {
	if err := exec.Command("./absent-program").Run(); err != nil {
		panic(err) // @no-program
	}
}

func TestNotInPath(t *testing.T) {
	if err := exec.Command("absent-program-of-none").Run(); err != nil {
		t.Fatal(err) // @not-in-path
	}
}

func TestNoZone(t *testing.T) {
	if _, err := time.LoadLocation("Mars/Base"); err != nil {
		t.Fatalf("setting the clock: %v", err) // @no-zone
	}
}

// The error is what it asks for.
func TestWantsNoFile(t *testing.T) {
	_, err := os.Open("present")
	t.Errorf("err = %v, want nil", err)
}

// It speaks of an error that it did not meet.
func TestSpeaksOfIt(t *testing.T) {
	err := errors.New("open a: no such file or directory")
	t.Error(fmt.Sprintf("ignored %q and failed by the sum", err))
}

func end(t *testing.T, by syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), by); err != nil {
		t.Skip(err)
	}
	time.Sleep(time.Second)
}

func TestKilled(t *testing.T) { end(t, syscall.SIGKILL) }

func TestTerminated(t *testing.T) { end(t, syscall.SIGTERM) }

func TestHungUp(t *testing.T) { end(t, syscall.SIGHUP) }

// It catches the signal, and fails by itself.
func TestCatches(t *testing.T) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGTERM)
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Skip(err)
	}
	t.Errorf("caught signal: %v", <-caught)
}

// A child of it is killed, not the test.
func TestChildIsKilled(t *testing.T) {
	err := exec.Command("sh", "-c", "kill -9 $$").Run()
	t.Errorf("the child: %v", err)
}

// It exits by itself.
func TestExits(t *testing.T) { os.Exit(3) }
