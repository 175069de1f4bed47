// Package fixed_port holds tests that listen on a port of their own choice, which is in use, and
// beside them tests whose port the system chose.
package fixed_port

import (
	"net"
	"net/http"
	"testing"
)

const address = "127.0.0.1:18517" // @constant

func hold(t *testing.T, at string) net.Listener {
	t.Helper()
	held, err := net.Listen("tcp", at)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { held.Close() })
	return held
}

func TestListens(t *testing.T) {
	hold(t, "127.0.0.1:"+"18516")
	listener, err := net.Listen("tcp", "127.0.0.1:18516") // @listens
	if err != nil {
		t.Fatal(err) // @listens-fails
	}
	listener.Close()
}

func TestListensByConstant(t *testing.T) {
	hold(t, "127.0.0.1:"+"18517")
	if _, err := net.Listen("tcp", address); err != nil {
		t.Fatalf("starting: %v", err) // @constant-fails
	}
}

func serve() error { return http.ListenAndServe("127.0.0.1:18518", nil) } // @serves

func TestServes(t *testing.T) {
	hold(t, "127.0.0.1:"+"18518")
	if err := serve(); err != nil {
		t.Error(err) // @serves-fails
	}
}

// The system chose the port, and the test asks for it twice.
func TestListensTwice(t *testing.T) {
	first := hold(t, "127.0.0.1:0")
	if _, err := net.Listen("tcp", first.Addr().String()); err != nil {
		t.Fatal(err)
	}
}

// It is not the port that is wrong.
func TestListensNowhere(t *testing.T) {
	if _, err := net.Listen("tcp", "192.0.2.1:38519"); err != nil {
		t.Fatal(err)
	}
}
