// Package bare_environment holds tests that need what the environment of the run does not have, and
// beside them tests that fail by what they want.
package bare_environment

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain runs the tests as some machines do: without a home folder.
func TestMain(m *testing.M) {
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"} {
		os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

func cacheFile(name string) (string, error) {
	folder, err := os.UserCacheDir()
	return filepath.Join(folder, name), err
}

func listen(folder string) (net.Listener, error) {
	return net.Listen("unix", filepath.Join(folder, "control.sock"))
}

func TestCaches(t *testing.T) {
	if _, err := cacheFile("prices.db"); err != nil {
		t.Fatalf("no cache: %v", err) // @caches
	}
}

func TestGoesHome(t *testing.T) {
	if _, err := os.UserHomeDir(); err != nil {
		t.Fatal(err) // @home
	}
}

func TestListens(t *testing.T) {
	folder := filepath.Join(os.TempDir(), strings.Repeat("a-long-name", 9))
	ln, err := listen(folder)
	if err != nil {
		t.Fatal(err) // @listens
	}
	ln.Close()
}

// It is what it asks for.
func TestGoesHomeless(t *testing.T) {
	t.Setenv("HOME", "")
	if _, err := os.UserHomeDir(); err != nil {
		t.Fatal(err)
	}
}

// The error is what it wants.
func TestWantsNoHome(t *testing.T) {
	want := "$HOME is not there"
	if _, err := os.UserHomeDir(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The path is short, and bad for another reason.
func TestListensNowhere(t *testing.T) {
	if _, err := listen("/no-such-folder"); err != nil {
		t.Log(err)
		t.Fatal("nobody listens")
	}
}
