// Package fixed_dates asks the clock for days.
package fixed_dates

import (
	"fmt"
	"time"
)

// Invoice is due.
type Invoice struct{ Due time.Time }

// Overdue returns whether it is past its day.
func (i Invoice) Overdue() bool { return time.Now().After(i.Due) } // @overdue

// Age returns how many years old somebody is.
func Age(born, now time.Time) int {
	return now.Year() - born.Year() // @ages
}

// Clock writes the time of day of a moment.
func Clock(at time.Time) string {
	return fmt.Sprintf("%02d:%02d", at.Hour(), at.Minute()) // @writes
}

// At returns the moment that is some seconds after 1970.
func At(seconds int64) time.Time { return time.Unix(seconds, 0) }

// Midnight returns when the day of a moment began.
func Midnight(at time.Time) time.Time {
	return at.Truncate(24 * time.Hour) // @truncates
}
