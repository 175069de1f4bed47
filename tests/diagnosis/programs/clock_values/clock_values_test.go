// Package clock_values holds tests that compare what the clock or the zone of the machine makes of a
// value, and beside them tests that fail by what they want.
package clock_values

import (
	"fmt"
	"testing"
	"time"
)

var moment = time.Date(2026, 3, 1, 0, 30, 0, 0, time.FixedZone("there", 9*3600+1800))

func day(at time.Time) string { return at.Local().Format("2006-01-02 15:04") } // @local

func dayInUTC(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") }

func copyright() string {
	return fmt.Sprintf("(c) %d", time.Now().Year()) // @year
}

func TestWritesTheDay(t *testing.T) {
	if got := day(moment); got != "2026-03-01 00:30" {
		t.Errorf("day = %s", got) // @day-fails
	}
}

func TestWritesTheYear(t *testing.T) {
	if got := copyright(); got != "(c) 2024" {
		t.Errorf("got %s", got) // @year-fails
	}
}

func TestIsNotSunday(t *testing.T) {
	now := time.Now()
	if now.Year() != 2025 { // @asks-year
		t.Error("another year") // @another-fails
	}
}

// It fails whatever the zone.
func TestWritesTheDayInUTC(t *testing.T) {
	if got := dayInUTC(moment); got != "2026-03-01 00:30" {
		t.Errorf("day = %s", got)
	}
}

// Both sides come from the clock.
func TestWritesThisYear(t *testing.T) {
	want := fmt.Sprintf("(c) %d", time.Now().Year()+1)
	if got := copyright(); got != want {
		t.Errorf("got %s", got)
	}
}

// It asks whether there is anything.
func TestWritesNothing(t *testing.T) {
	if got := copyright(); got != "" {
		t.Errorf("got %s", got)
	}
}
