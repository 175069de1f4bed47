// Package handlers holds tests whose servers panic while they are asked.
package handlers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

type user struct{ name string }

func find(string) *user { return nil }

func answer(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, find(r.URL.Path).name) // @answers
}

func lists(w http.ResponseWriter, r *http.Request) {
	names := []string{"a"}
	fmt.Fprint(w, names[len(r.URL.Path)]) // @lists
}

func gives(t *testing.T, handler http.HandlerFunc) error {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	_, err := http.Get(server.URL + "/ab")
	return err
}

func TestAsksForAUser(t *testing.T) {
	if err := gives(t, answer); err != nil {
		t.Fatalf("asking: %v", err) // @asks
	}
}

func TestAsksForAList(t *testing.T) {
	if err := gives(t, lists); err != nil {
		t.Error(err) // @asks-list
	}
}

// The handler panics as it should, and what is counted is wrong.
func TestCounts(t *testing.T) {
	count := 0
	gives(t, func(http.ResponseWriter, *http.Request) {
		count++
		panic("on purpose")
	})
	if count != 7 {
		t.Errorf("count = %d", count)
	}
}

// Nothing panics: the connection is closed by the server itself.
func TestIsSentAway(t *testing.T) {
	err := gives(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			connection.Close()
		}
	})
	if err != nil {
		t.Error(err)
	}
}
