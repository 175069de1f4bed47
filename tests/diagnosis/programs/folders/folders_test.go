package folders

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

type spool struct{ dir string }

func (s *spool) write(name string) {
	os.WriteFile(filepath.Join(s.dir, name), nil, 0o600) // @writes
}

func (s *spool) run(begun chan<- bool) {
	for i := 0; i < 200; i++ {
		s.write(fmt.Sprint("late", i))
		if i == 0 {
			close(begun)
		}
		time.Sleep(20 * time.Microsecond)
	}
}

// The folder holds so many files that some more appear while they are removed.
func TestSpools(t *testing.T) {
	for i := 0; i < 5; i++ {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s, begun := &spool{dir: t.TempDir()}, make(chan bool)
			for j := 0; j < 700; j++ {
				s.write(fmt.Sprint(j))
			}
			go s.run(begun) // @starts
			<-begun
		})
	}
}

// Its writers have ended when it returns.
func TestWaits(t *testing.T) {
	s := &spool{dir: t.TempDir()}
	done := make(chan bool)
	go func() {
		os.WriteFile(filepath.Join(s.dir, "one"), nil, 0o600)
		close(done)
	}()
	<-done
}

// Nobody works in it, and it cannot be removed for another reason.
func TestSays(t *testing.T) {
	t.Error("TempDir RemoveAll cleanup: unlinkat /tmp/x: permission denied")
}
