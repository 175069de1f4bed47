package lockrings

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var orders, stock, billing, gate sync.Mutex

var index, entries sync.RWMutex

// whileWaitedFor holds a lock until another goroutine waits for it.
func whileWaitedFor(mu sync.Locker, wait func()) {
	mu.Lock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		wait()
	}()
	untilALockIsWaitedFor()
	mu.Unlock()
	<-done
}

func untilALockIsWaitedFor() {
	stacks := make([]byte, 1<<16)
	for {
		told := string(stacks[:runtime.Stack(stacks, true)])
		if strings.Contains(told, "[sync.Mutex.Lock") || strings.Contains(told, "[sync.RWMutex.") {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func order() {
	orders.Lock()
	defer orders.Unlock()
	stock.Lock() // @stock
	stock.Unlock()
}

func deliver() {
	stock.Lock()
	defer stock.Unlock()
	bill()
}

func bill() {
	billing.Lock() // @billing
	billing.Unlock()
}

func refund() {
	billing.Lock()
	orders.Lock() // @orders
	orders.Unlock()
	billing.Unlock()
}

// refundFirst takes them in the order of the others.
func refundFirst() {
	orders.Lock()
	billing.Lock()
	billing.Unlock()
	orders.Unlock()
}

func gated(within func()) func() {
	return func() {
		gate.Lock()
		within()
		gate.Unlock()
	}
}

func TestRingOfThree(t *testing.T) {
	whileWaitedFor(&stock, order)
	whileWaitedFor(&billing, deliver)
	whileWaitedFor(&orders, refund)
}

func TestOneOrderOfThree(t *testing.T) {
	whileWaitedFor(&stock, order)
	whileWaitedFor(&billing, deliver)
	whileWaitedFor(&billing, refundFirst)
}

func orderGated() {
	gate.Lock()
	order()
	gate.Unlock()
}

func refundGated() {
	gate.Lock()
	refund()
	gate.Unlock()
}

func TestGatedRing(t *testing.T) {
	whileWaitedFor(&stock, orderGated)
	whileWaitedFor(&billing, deliver)
	whileWaitedFor(&orders, refundGated)
}

// TestOneGoroutine goes round with one goroutine, which cannot be in two places.
func TestOneGoroutine(t *testing.T) {
	work, done := make(chan func()), make(chan struct{})
	go func() {
		for each := range work {
			each()
			done <- struct{}{}
		}
	}()
	for _, step := range []struct {
		held sync.Locker
		wait func()
	}{{&stock, order}, {&billing, deliver}, {&orders, refund}} {
		step.held.Lock()
		work <- step.wait
		untilALockIsWaitedFor()
		step.held.Unlock()
		<-done
	}
	close(work)
}

type Server struct {
	mu    sync.Mutex
	conns []*Conn
}

type Conn struct {
	mu     sync.Mutex
	server *Server
}

func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.conns {
		each.drop()
	}
}

func (c *Conn) drop() {
	c.mu.Lock() // @conn
	c.mu.Unlock()
}

func (c *Conn) Fail() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server.forget(c)
}

func (s *Server) forget(c *Conn) {
	s.mu.Lock() // @server
	s.mu.Unlock()
}

// FailFirst lets go of its own lock before it takes the server's.
func (c *Conn) FailFirst() {
	c.mu.Lock()
	server := c.server
	c.mu.Unlock()
	server.forget(c)
}

func pair() (*Server, *Conn) {
	server := &Server{}
	conn := &Conn{server: server}
	server.conns = append(server.conns, conn)
	return server, conn
}

func TestFieldsInBothOrders(t *testing.T) {
	server, conn := pair()
	whileWaitedFor(&conn.mu, server.Close)
	whileWaitedFor(&server.mu, conn.Fail)
}

func TestFieldsInOneOrder(t *testing.T) {
	server, conn := pair()
	whileWaitedFor(&conn.mu, server.Close)
	whileWaitedFor(&server.mu, conn.FailFirst)
}

func write() {
	index.RLock()
	entries.Lock() // @entries
	entries.Unlock()
	index.RUnlock()
}

func rebuild() {
	entries.RLock()
	index.Lock() // @index
	index.Unlock()
	entries.RUnlock()
}

func read() {
	index.RLock()
	entries.RLock()
	entries.RUnlock()
	index.RUnlock()
}

func scan() {
	entries.RLock()
	index.RLock()
	index.RUnlock()
	entries.RUnlock()
}

func TestReadersAndWriters(t *testing.T) {
	whileWaitedFor(&entries, write)
	whileWaitedFor(&index, rebuild)
}

func TestReadersAlone(t *testing.T) {
	whileWaitedFor(&entries, read)
	whileWaitedFor(&index, scan)
}

// TestRingThenHangs never comes to be in all places of the ring, and hangs for another reason.
func TestRingThenHangs(t *testing.T) {
	whileWaitedFor(&stock, order)
	whileWaitedFor(&billing, deliver)
	whileWaitedFor(&orders, refund)
	<-make(chan int)
}
