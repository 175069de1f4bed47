package refused

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func settings(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "settings")
	if err := Save(path, "size=1"); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadIsRefused(t *testing.T) {
	path := settings(t)
	if err := os.Chmod(path, 0o000); err != nil { // @hides
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Fatal("no error") // @hides-fails
	}
}

func TestSaveIsRefused(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "kept")
	if err := os.Mkdir(folder, 0555); err != nil { // @closes
		t.Fatal(err)
	}
	err := Save(filepath.Join(folder, "settings"), "size=2")
	if !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err) // @closes-fails
	}
}

func TestOverwriteIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings")
	os.WriteFile(path, []byte("size=1"), 0o444) // @read-only
	if err := Save(path, "size=3"); !os.IsPermission(err) {
		t.Errorf("got %v", err) // @read-only-fails
	}
}

func TestAsksWhoRunsIt(t *testing.T) {
	path := settings(t)
	os.Chmod(path, 0o000)
	if _, err := Load(path); err == nil {
		t.Fatalf("no error as %d", os.Geteuid())
	}
}

func TestNoSuchSettings(t *testing.T) {
	path := settings(t)
	os.Chmod(path, 0o644)
	if _, err := Load(path); err == nil {
		t.Fatal("no error")
	}
}

func TestSizeIsTwo(t *testing.T) {
	path := settings(t)
	os.Chmod(path, 0o000)
	if text, _ := Load(path); text != "size=2" {
		t.Fatalf("got %s", text)
	}
}
