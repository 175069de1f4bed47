// Package self_lock holds tests that wait for a lock of their own, and beside each one that is slow.
package self_lock

import (
	"sync"
	"testing"
	"time"
)

// ledger locks in Drop and again in Find.
type ledger struct {
	mu   sync.Mutex
	rows map[string]int
}

func (l *ledger) Find(key string) int {
	l.mu.Lock() // @find-wait
	defer l.mu.Unlock()
	return l.rows[key]
}

func (l *ledger) Drop(key string) {
	l.mu.Lock() // @drop-hold
	defer l.mu.Unlock()
	if l.Find(key) > 0 { // @drop-call
		delete(l.rows, key)
	}
}

func TestLockInLock(t *testing.T) {
	t.Parallel()
	(&ledger{rows: map[string]int{}}).Drop("a")
}

// journal unlocks before it calls Find; another goroutine holds the lock and is slow.
type journal struct {
	mu   sync.Mutex
	rows map[string]int
}

func (j *journal) Find(key string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.rows[key]
}

func (j *journal) Drop(key string, dropped chan struct{}) {
	j.mu.Lock()
	delete(j.rows, key)
	j.mu.Unlock()
	dropped <- struct{}{}
	<-dropped
	j.Find(key)
}

func (j *journal) compact(dropped chan struct{}) {
	<-dropped
	j.mu.Lock()
	defer j.mu.Unlock()
	dropped <- struct{}{}
	time.Sleep(time.Minute)
}

func TestUnlocksFirst(t *testing.T) {
	t.Parallel()
	j := &journal{rows: map[string]int{}}
	dropped := make(chan struct{})
	go j.compact(dropped)
	j.Drop("a", dropped)
}

// registry reads under its own write lock, by a callback.
type registry struct {
	mu    sync.RWMutex
	names []string
}

func (r *registry) each(visit func(string)) {
	r.mu.Lock() // @each-hold
	defer r.mu.Unlock()
	for _, name := range r.names {
		visit(name) // @each-call
	}
}

func (r *registry) size() int {
	r.mu.RLock() // @size-wait
	defer r.mu.RUnlock()
	return len(r.names)
}

func TestReadWithinWrite(t *testing.T) {
	t.Parallel()
	r := &registry{names: []string{"a"}}
	r.each(func(name string) {
		_ = r.size()
	})
}

// catalog copies its names before it visits them; a slow writer holds the lock.
type catalog struct {
	mu    sync.RWMutex
	names []string
}

func (c *catalog) each(visit func(string)) {
	c.mu.Lock()
	names := append([]string(nil), c.names...)
	c.mu.Unlock()
	for _, name := range names {
		visit(name)
	}
}

func (c *catalog) size() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.names)
}

func (c *catalog) rebuild(started chan struct{}) {
	c.mu.Lock()
	close(started)
	time.Sleep(time.Minute)
	c.mu.Unlock()
}

func TestReadAfterWrite(t *testing.T) {
	t.Parallel()
	c := &catalog{names: []string{"a"}}
	c.each(func(name string) {
		started := make(chan struct{})
		go c.rebuild(started)
		<-started
		_ = c.size()
	})
}

// settings reads within a read, and a writer has come in between.
type settings struct {
	mu     sync.RWMutex
	values map[string]string
}

func (s *settings) Get(key string) string {
	s.mu.RLock() // @get-wait
	defer s.mu.RUnlock()
	return s.values[key]
}

func (s *settings) GetAll(keys []string, between func()) []string {
	s.mu.RLock() // @all-hold
	defer s.mu.RUnlock()
	between()
	found := make([]string, 0, len(keys))
	for _, key := range keys {
		found = append(found, s.Get(key)) // @all-call
	}
	return found
}

func (s *settings) Set(key, value string) {
	s.mu.Lock() // @set-wait
	defer s.mu.Unlock()
	s.values[key] = value
}

func TestReadBehindAWriter(t *testing.T) {
	t.Parallel()
	s := &settings{values: map[string]string{}}
	s.GetAll([]string{"a"}, func() {
		go s.Set("a", "b")
		time.Sleep(50 * time.Millisecond)
	})
}

// options reads within a read too, but no writer waits: what is slow is the callback.
type options struct {
	mu     sync.RWMutex
	values map[string]string
}

func (o *options) Get(key string) string {
	o.mu.RLock()
	defer o.mu.RUnlock()
	time.Sleep(time.Minute)
	return o.values[key]
}

func (o *options) GetAll(keys []string) []string {
	o.mu.RLock()
	defer o.mu.RUnlock()
	found := make([]string, 0, len(keys))
	for _, key := range keys {
		found = append(found, o.Get(key))
	}
	return found
}

func TestReadWithinRead(t *testing.T) {
	t.Parallel()
	o := &options{values: map[string]string{}}
	o.GetAll([]string{"a"})
}

// queue embeds its lock, and takes it by a helper.
type queue struct {
	sync.Mutex
	items []int
}

func (q *queue) enter() {
	q.Lock() // @enter-wait
}

func (q *queue) leave() {
	q.Unlock()
}

func (q *queue) push(item int) {
	q.enter() // @push-hold
	defer q.leave()
	q.items = append(q.items, item)
	if len(q.items) > 1 {
		q.trim() // @push-call
	}
}

func (q *queue) trim() {
	q.enter() // @trim-call
	defer q.leave()
	q.items = q.items[1:]
}

func TestHelperLocks(t *testing.T) {
	t.Parallel()
	q := &queue{}
	q.push(1)
	q.push(2)
}

// stack lets go by its helper before it trims; its slow reader holds the lock.
type stack struct {
	sync.Mutex
	items []int
}

func (s *stack) enter() {
	s.Lock()
}

func (s *stack) leave() {
	s.Unlock()
}

func (s *stack) push(item int, then chan struct{}) {
	s.enter()
	s.items = append(s.items, item)
	s.leave()
	close(then)
	time.Sleep(50 * time.Millisecond)
	s.trim()
}

func (s *stack) trim() {
	s.enter()
	defer s.leave()
	s.items = s.items[1:]
}

func (s *stack) read(then chan struct{}) {
	<-then
	s.enter()
	defer s.leave()
	time.Sleep(time.Minute)
}

func TestHelperUnlocks(t *testing.T) {
	t.Parallel()
	s, then := &stack{}, make(chan struct{})
	go s.read(then)
	s.push(1, then)
}

// config is made once, by a function that asks for it.
var (
	configOnce sync.Once
	config     map[string]string
)

func loadConfig() map[string]string {
	configOnce.Do(func() { // @once-wait
		config = readConfig() // @once-call
	})
	return config
}

func readConfig() map[string]string {
	return map[string]string{"home": loadConfig()["root"]} // @read-call
}

func TestOnceInOnce(t *testing.T) {
	t.Parallel()
	loadConfig()
}

// Two onces, one within the other; the inner one is slow.
var outerOnce, innerOnce sync.Once

func outer() {
	outerOnce.Do(inner)
}

func inner() {
	innerOnce.Do(func() {
		time.Sleep(time.Minute)
	})
}

func TestOnceInAnother(t *testing.T) {
	t.Parallel()
	go outer()
	time.Sleep(20 * time.Millisecond)
	inner()
}
