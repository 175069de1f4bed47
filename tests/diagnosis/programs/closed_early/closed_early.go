// Package closed_early holds tests that close what their parallel subtests still need, and beside
// them tests that fail by something else.
package closed_early

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
)

var errClosed = errors.New("store is closed")

type store struct {
	mu     sync.Mutex
	rows   map[string]string
	closed bool
}

func open() *store { return &store{rows: map[string]string{"a": "1", "b": "2"}} }

func (s *store) get(key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errClosed
	}
	if _, ok := s.rows[key]; !ok {
		return "", errors.New("no row " + key)
	}
	return s.rows[key], nil
}

func (s *store) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
}

func ask(ctx context.Context, key string) error {
	if key == "" {
		return errors.New("no key: closed")
	}
	return ctx.Err()
}

func readFrom(dir, name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) }
