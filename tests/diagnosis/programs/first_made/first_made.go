// Package first_made keeps what was made when it was first asked for.
package first_made

import (
	"os"
	"sync"
)

var limit = 3

var (
	region = sync.OnceValue(func() string { return os.Getenv("FIRST_MADE_REGION") })
	quota  = sync.OnceValue(readQuota)
	mode   = sync.OnceValue(func() string {
		if os.Getenv("FIRST_MADE_MODE") == "fast" {
			return "fast"
		}
		return "plain"
	})
)

func readQuota() int { return limit * 10 }

// Region returns the region.
func Region() string {
	return region() // @region-made
}

// Quota returns ten times the limit.
func Quota() int {
	return quota() // @quota-made
}

// Mailer sends in some mode.
type Mailer struct{ mode string }

// NewMailer makes one.
func NewMailer() *Mailer {
	return &Mailer{mode: mode()} // @mode-made
}

// Send returns what it sends.
func (m *Mailer) Send(to string) string { return m.mode + ":" + to }
