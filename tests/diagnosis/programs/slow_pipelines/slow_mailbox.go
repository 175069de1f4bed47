package slow_pipelines

import "sync"

// mailbox is a queue with a limit: put waits for room, take for mail.
type mailbox struct {
	mu     sync.Mutex
	room   *sync.Cond
	mail   *sync.Cond
	items  []string
	limit  int
	idle   int
	closed bool
}

func newMailbox(limit int) *mailbox {
	m := &mailbox{limit: limit}
	m.room, m.mail = sync.NewCond(&m.mu), sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) put(s string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.items) == m.limit {
		m.idle++
		m.room.Wait()
		m.idle--
	}
	m.items = append(m.items, s)
	m.mail.Signal()
}

func (m *mailbox) take() (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.items) == 0 {
		if m.closed {
			return "", false
		}
		m.idle++
		m.mail.Wait()
		m.idle--
	}
	s := m.items[0]
	m.items = m.items[1:]
	m.mail.Signal()
	return s, true
}

func (m *mailbox) closeForAll() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.mail.Broadcast()
}

func (m *mailbox) isIdle(n int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.idle == n
}
