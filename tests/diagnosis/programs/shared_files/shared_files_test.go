package shared_files

import (
	"os"
	"path/filepath"
	"testing"
)

const note = "note.txt"

var noted, overwritten, saved, reset = make(chan bool), make(chan bool), make(chan bool), make(chan bool)

// All files lie in a folder of this run's own.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "shared_files")
	if err != nil {
		panic(err)
	}
	if err := os.Chdir(home); err != nil {
		panic(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

func TestReadsItsNote(t *testing.T) {
	t.Parallel()
	os.WriteFile(note, []byte("mine"), 0o600)
	close(noted)
	<-overwritten
	got, _ := os.ReadFile(note)
	if string(got) != "mine" {
		t.Errorf("the note is %q", got) // @note-fails
	}
}

func TestWritesAnother(t *testing.T) {
	t.Parallel()
	<-noted
	os.WriteFile(note, []byte("yours"), 0o600) // @note-writes
	close(overwritten)
}

func TestLoadsItsState(t *testing.T) {
	t.Parallel()
	Save(map[string]int{"a": 1})
	close(saved)
	<-reset
	_, err := Load()
	if err != nil {
		t.Fatalf("it saved its state: %v", err) // @state-fails
	}
}

func TestResets(t *testing.T) {
	t.Parallel()
	<-saved
	if err := Reset(); err != nil {
		t.Fatal(err)
	}
	close(reset)
}

func TestLeavesALock(t *testing.T) {
	os.WriteFile("lock", nil, 0o600) // @lock-writes
}

func TestFindsNoLock(t *testing.T) {
	_, err := os.Stat("lock")
	if err == nil {
		t.Error("there is a lock") // @lock-fails
	}
}

// What this one writes it removes.
func TestRemovesItsMark(t *testing.T) {
	defer os.Remove("mark")
	os.WriteFile("mark", nil, 0o600)
}

func TestFindsAMark(t *testing.T) {
	if _, err := os.Stat("mark"); err != nil {
		t.Error("there is no mark")
	}
}

// These two have a folder of their own each.
func TestWritesInItsFolder(t *testing.T) {
	os.WriteFile(filepath.Join(t.TempDir(), "own"), []byte("a"), 0o600)
}

func TestReadsInItsFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own")
	os.WriteFile(path, []byte("b"), 0o600)
	if got, _ := os.ReadFile(path); string(got) != "a" {
		t.Errorf("read %q", got)
	}
}

func TestWritesThePage(t *testing.T) {
	WriteTo("page", "a") // @page-writes
}

func TestFindsNoPage(t *testing.T) {
	if _, err := os.Stat("page"); err == nil {
		t.Error("there is a page") // @page-fails
	}
}
