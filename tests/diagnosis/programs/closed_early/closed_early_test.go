package closed_early

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestGets(t *testing.T) {
	s := open()
	defer s.Close() // @closes
	for _, key := range []string{"a", "b"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel() // @gets
			if _, err := s.get(key); err != nil {
				t.Fatal(err) // @gets-fails
			}
		})
	}
}

func TestAsks(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel() // @cancels
	t.Run("one", func(t *testing.T) {
		t.Parallel() // @asks
		err := ask(ctx, "one")
		if err != nil {
			t.Errorf("asked: %v", err) // @asks-fails
		}
	})
}

func TestReads(t *testing.T) {
	dir, err := os.MkdirTemp("", "reads")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { // @removes
		os.RemoveAll(dir)
	}()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("a", func(t *testing.T) {
		t.Parallel() // @reads
		if _, err := readFrom(dir, "a.txt"); err != nil {
			t.Errorf("read: %v", err) // @reads-fails
		}
	})
}

// What it looks for was never there.
func TestGetsNothing(t *testing.T) {
	s := open()
	t.Cleanup(s.Close)
	t.Run("c", func(t *testing.T) {
		t.Parallel()
		if _, err := s.get("c"); err != nil {
			t.Fatal(err)
		}
	})
}

// It is closed by the subtest itself, which does not let go of the test.
func TestClosesItself(t *testing.T) {
	s := open()
	defer s.Close()
	t.Run("a", func(t *testing.T) {
		s.Close()
		if _, err := s.get("a"); err != nil {
			t.Fatal(err)
		}
	})
}

// The group around its subtests waits for them.
func TestAsksInAGroup(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	t.Run("group", func(t *testing.T) {
		t.Run("none", func(t *testing.T) {
			t.Parallel()
			if err := ask(ctx, ""); err != nil {
				t.Fatal(err)
			}
		})
	})
}
