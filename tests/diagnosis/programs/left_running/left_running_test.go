package left_running

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// It is woken by its timer once, and ends.
func TestWaitsForATimer(t *testing.T) {
	quit := make(chan struct{})
	go func() {
		select {
		case <-time.After(time.Minute):
		case <-quit:
		}
	}()
}

func TestKeepsAWatchdog(t *testing.T) { newWatchdog().awaitTick() }

func TestStopsItsWatchdog(t *testing.T) {
	w := newWatchdog()
	w.awaitTick()
	close(w.quit)
}

func TestSharesAWatchdog(t *testing.T) { shared().awaitTick() }

func serve(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(make([]byte, 1<<16))
	})}
	go server.Serve(listener)
	return "http://" + listener.Addr().String()
}

func TestKeepsABody(t *testing.T) {
	if err := newProber().ask(serve(t), nil); err != nil {
		t.Fatal(err)
	}
}

func TestClosesABody(t *testing.T) {
	p := newProber()
	if err := p.ask(serve(t), func(r *http.Response) { io.Copy(io.Discard, r.Body); r.Body.Close() }); err != nil {
		t.Fatal(err)
	}
	p.client.CloseIdleConnections()
}
