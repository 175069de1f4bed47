// Package made_once makes things when they are first asked for.
package made_once

import (
	"os"
	"sync"
)

var (
	once   sync.Once
	region string

	clientOnce sync.Once
	client     *Client
	host       = "main"

	limitOnce sync.Once
	limit     int
)

// Client has a host.
type Client struct{ Host string }

// Region returns the region of the environment.
func Region() string {
	once.Do(func() {
		region = os.Getenv("MADE_ONCE_REGION") // @region
	})
	return region
}

// Default returns the client of all.
func Default() *Client {
	clientOnce.Do(func() { client = &Client{Host: host} }) // @client
	return client
}

// Limit returns the limit.
func Limit(wanted int) int {
	limitOnce.Do(func() { limit = wanted }) // @limit
	return limit
}

// Mode returns a mode by the environment.
func Mode() string {
	if os.Getenv("MADE_ONCE_MODE") == "fast" {
		return "fast"
	}
	return "plain"
}

// Size returns what no environment changes.
func Size() int {
	if host == "" {
		return 0
	}
	return 3
}
