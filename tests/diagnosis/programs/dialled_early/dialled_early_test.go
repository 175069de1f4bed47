// Package dialled_early holds a test that dials before its server listens, and beside it tests
// whose server has stopped, or that have none.
package dialled_early

import (
	"net"
	"testing"
	"time"
)

func serve(address string, done chan<- bool) {
	time.Sleep(300 * time.Millisecond)          // @warms-up
	listener, err := net.Listen("tcp", address) // @listens
	if err == nil {
		listener.Close()
	}
	done <- true
}

func TestDialsEarly(t *testing.T) {
	done := make(chan bool, 1)
	go serve("127.0.0.1:18741", done)
	time.Sleep(20 * time.Millisecond)
	if _, err := net.Dial("tcp", "127.0.0.1:18741"); err != nil {
		t.Errorf("dial: %v", err) // @early-fails
	}
	<-done
}

// Its server has come and gone.
func TestDialsLate(t *testing.T) {
	done := make(chan bool, 1)
	go serve("127.0.0.1:18742", done)
	<-done
	if _, err := net.Dial("tcp", "127.0.0.1:18742"); err != nil {
		t.Errorf("dial: %v", err)
	}
}

// Nobody is on the way to listen.
func TestDialsNobody(t *testing.T) {
	done := make(chan bool, 1)
	go func() {
		time.Sleep(30 * time.Millisecond)
		done <- true
	}()
	if _, err := net.Dial("tcp", "127.0.0.1:18743"); err != nil {
		t.Errorf("dial: %v", err)
	}
	<-done
}
