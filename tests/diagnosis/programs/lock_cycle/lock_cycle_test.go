// Package lock_cycle holds tests that hang in circles of locks, and beside each one that is slow.
package lock_cycle

import (
	"sync"
	"testing"
	"time"
)

// account is locked by TransferTo, and its peer by deposit.
type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) deposit(amount int) {
	a.mu.Lock() // @deposit-wait
	defer a.mu.Unlock()
	a.balance += amount
}

func (a *account) TransferTo(peer *account, amount int, ready *sync.WaitGroup) {
	a.mu.Lock() // @transfer-hold
	defer a.mu.Unlock()
	ready.Done()
	ready.Wait()
	a.balance -= amount
	peer.deposit(amount) // @transfer-call
}

func TestTransfers(t *testing.T) {
	t.Parallel()
	checking, savings := &account{}, &account{}
	var ready, all sync.WaitGroup
	ready.Add(2)
	all.Add(2)
	go func() {
		defer all.Done()
		checking.TransferTo(savings, 1, &ready)
	}()
	go func() {
		defer all.Done()
		savings.TransferTo(checking, 1, &ready)
	}()
	all.Wait()
}

// purse is sound: both wait for their first lock, which a slow audit holds.
type purse struct {
	mu      sync.Mutex
	balance int
}

func (p *purse) put(amount int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.balance += amount
}

func (p *purse) moveTo(peer *purse, amount int) {
	p.mu.Lock()
	p.balance -= amount
	p.mu.Unlock()
	peer.put(amount)
}

func audit(all []*purse, ready chan struct{}) {
	for _, each := range all {
		each.mu.Lock()
		defer each.mu.Unlock()
	}
	close(ready)
	time.Sleep(time.Minute)
}

func TestSlowAudit(t *testing.T) {
	t.Parallel()
	one, two := &purse{}, &purse{}
	ready := make(chan struct{})
	go audit([]*purse{one, two}, ready)
	<-ready
	var all sync.WaitGroup
	all.Add(2)
	go func() {
		defer all.Done()
		one.moveTo(two, 1)
	}()
	go func() {
		defer all.Done()
		two.moveTo(one, 1)
	}()
	all.Wait()
}

// cache and store lock each other in opposite order, one of them by a read lock.
type cache struct {
	mu    sync.RWMutex
	store *store
	items map[string]string
}

type store struct {
	mu    sync.Mutex
	cache *cache
	rows  map[string]string
}

func (c *cache) Refresh(ready *sync.WaitGroup) {
	c.mu.Lock() // @refresh-hold
	defer c.mu.Unlock()
	ready.Done()
	ready.Wait()
	c.items["a"] = c.store.Load("a") // @refresh-call
}

func (s *store) Load(key string) string {
	s.mu.Lock() // @load-wait
	defer s.mu.Unlock()
	return s.rows[key]
}

func (s *store) Put(key, value string, ready *sync.WaitGroup) {
	s.mu.Lock() // @put-hold
	defer s.mu.Unlock()
	ready.Done()
	ready.Wait()
	if !s.cache.Has(key) { // @put-call
		s.rows[key] = value
	}
}

func (c *cache) Has(key string) bool {
	c.mu.RLock() // @has-wait
	defer c.mu.RUnlock()
	_, found := c.items[key]
	return found
}

func TestCacheAndStore(t *testing.T) {
	t.Parallel()
	c := &cache{items: map[string]string{}}
	s := &store{cache: c, rows: map[string]string{}}
	c.store = s
	var ready sync.WaitGroup
	ready.Add(2)
	go c.Refresh(&ready)
	s.Put("a", "b", &ready)
}

// lookup and table are sound: lookup unlocks before it asks the table, whose writer is slow.
type lookup struct {
	mu    sync.RWMutex
	table *table
	items map[string]string
}

type table struct {
	mu     sync.Mutex
	lookup *lookup
	rows   map[string]string
}

func (l *lookup) Refresh(started chan struct{}) {
	l.mu.Lock()
	close(started)
	l.mu.Unlock()
	value := l.table.Load("a")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items["a"] = value
}

func (s *table) Load(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows[key]
}

func (s *table) Put(key, value string, ready chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(ready)
	time.Sleep(time.Minute)
	if !s.lookup.Has(key) {
		s.rows[key] = value
	}
}

func (l *lookup) Has(key string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	_, found := l.items[key]
	return found
}

func TestSlowTable(t *testing.T) {
	t.Parallel()
	l := &lookup{items: map[string]string{}}
	s := &table{lookup: l, rows: map[string]string{}}
	l.table = s
	ready, started := make(chan struct{}), make(chan struct{})
	go s.Put("a", "b", ready)
	<-ready
	l.Refresh(started)
}

// hub has three locks, of which three goroutines take two each, round about.
type hub struct {
	users, rooms, posts sync.Mutex
}

func (h *hub) join(ready *sync.WaitGroup) {
	h.users.Lock() // @join-hold
	defer h.users.Unlock()
	ready.Done()
	ready.Wait()
	h.rooms.Lock() // @join-wait
	h.rooms.Unlock()
}

func (h *hub) open(ready *sync.WaitGroup) {
	h.rooms.Lock() // @open-hold
	defer h.rooms.Unlock()
	ready.Done()
	ready.Wait()
	h.posts.Lock() // @open-wait
	h.posts.Unlock()
}

func (h *hub) post(ready *sync.WaitGroup) {
	h.posts.Lock() // @post-hold
	defer h.posts.Unlock()
	ready.Done()
	ready.Wait()
	h.users.Lock() // @post-wait
	h.users.Unlock()
}

func TestThreeRound(t *testing.T) {
	t.Parallel()
	h := &hub{}
	var ready, all sync.WaitGroup
	ready.Add(3)
	for _, each := range []func(*sync.WaitGroup){h.join, h.open, h.post} {
		all.Add(1)
		go func() {
			defer all.Done()
			each(&ready)
		}()
	}
	all.Wait()
}

// plaza has the same three locks; its last method takes them in order, and one is slow.
type plaza struct {
	users, rooms, posts sync.Mutex
}

func (p *plaza) join() {
	p.users.Lock()
	defer p.users.Unlock()
	p.rooms.Lock()
	p.rooms.Unlock()
}

func (p *plaza) open() {
	p.rooms.Lock()
	defer p.rooms.Unlock()
	p.posts.Lock()
	p.posts.Unlock()
}

func (p *plaza) post(ready chan struct{}) {
	p.posts.Lock()
	defer p.posts.Unlock()
	close(ready)
	time.Sleep(time.Minute)
}

func TestThreeInOrder(t *testing.T) {
	t.Parallel()
	p := &plaza{}
	ready := make(chan struct{})
	go p.post(ready)
	<-ready
	go p.open()
	time.Sleep(10 * time.Millisecond)
	p.join()
}

// node embeds its lock.
type node struct {
	sync.Mutex
	peers []*node
}

func (n *node) link(peer *node, ready *sync.WaitGroup) {
	n.Lock() // @link-hold
	defer n.Unlock()
	ready.Done()
	ready.Wait()
	peer.Lock() // @link-wait
	defer peer.Unlock()
	n.peers = append(n.peers, peer)
	peer.peers = append(peer.peers, n)
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	left, right := &node{}, &node{}
	var ready, all sync.WaitGroup
	ready.Add(2)
	all.Add(2)
	link := func(one, other *node) {
		defer all.Done()
		one.link(other, &ready)
	}
	go link(left, right)
	go link(right, left)
	all.Wait()
}

// vertex is like node, but lets go of its own lock where it is clean; a third one is slow.
type vertex struct {
	sync.Mutex
	dirty bool
	peers []*vertex
}

func (v *vertex) link(peer *vertex) {
	v.Lock()
	clean := !v.dirty
	if clean {
		v.Unlock()
	}
	peer.Lock()
	defer peer.Unlock()
	peer.peers = append(peer.peers, v)
	if !clean {
		v.Unlock()
	}
}

func TestEmbeddedSlow(t *testing.T) {
	t.Parallel()
	left, right, centre := &vertex{}, &vertex{}, &vertex{}
	centre.Lock()
	go func() {
		time.Sleep(time.Minute)
		centre.Unlock()
	}()
	var all sync.WaitGroup
	all.Add(2)
	link := func(one, other *vertex) {
		defer all.Done()
		one.link(other)
	}
	go link(left, centre)
	go link(right, centre)
	all.Wait()
}

// shards are found in a map; locals are their names.
type shard struct {
	mu   sync.Mutex
	keys map[string]int
}

type table2 struct {
	shards map[string]*shard
}

func (t *table2) move(key, from, to string, ready *sync.WaitGroup) {
	source := t.shards[from]
	source.mu.Lock() // @move-hold
	defer source.mu.Unlock()
	ready.Done()
	ready.Wait()
	target := t.shards[to]
	target.mu.Lock() // @move-wait
	defer target.mu.Unlock()
	target.keys[key] = source.keys[key]
}

func TestShardsInAMap(t *testing.T) {
	t.Parallel()
	all := &table2{shards: map[string]*shard{"a": {}, "b": {}}}
	var ready sync.WaitGroup
	ready.Add(2)
	done := make(chan struct{})
	go func() {
		defer close(done)
		all.move("k", "a", "b", &ready)
	}()
	all.move("k", "b", "a", &ready)
	<-done
}
