package lockorder

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var accounts, journal, gate sync.Mutex

// whileWaitedFor holds a lock until another goroutine waits for it.
func whileWaitedFor(mu *sync.Mutex, wait func()) {
	mu.Lock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		wait()
	}()
	stacks := make([]byte, 1<<16)
	for !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "[sync.Mutex.Lock") {
		time.Sleep(time.Millisecond)
	}
	mu.Unlock()
	<-done
}

func pay() {
	accounts.Lock()
	defer accounts.Unlock()
	note()
}

func note() {
	journal.Lock()
	journal.Unlock()
}

func replay() {
	journal.Lock()
	accounts.Lock()
	accounts.Unlock()
	journal.Unlock()
}

func refund() {
	journal.Lock()
	journal.Unlock()
	accounts.Lock()
	accounts.Unlock()
}

func payGated() {
	gate.Lock()
	pay()
	gate.Unlock()
}

func replayGated() {
	gate.Lock()
	replay()
	gate.Unlock()
}

func TestBothOrders(t *testing.T) {
	whileWaitedFor(&journal, pay)
	whileWaitedFor(&accounts, replay)
}

func TestOneOrder(t *testing.T) {
	whileWaitedFor(&journal, pay)
	whileWaitedFor(&accounts, refund)
}

func TestGated(t *testing.T) {
	whileWaitedFor(&journal, payGated)
	whileWaitedFor(&accounts, replayGated)
}
