package port

import (
	"net"
	"net/http"
	"testing"
)

func serve(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:18437")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	go http.Serve(l, http.NotFoundHandler())
}

func TestFirstServer(t *testing.T)  { serve(t) }
func TestSecondServer(t *testing.T) { serve(t) }
