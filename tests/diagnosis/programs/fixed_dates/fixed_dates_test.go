package fixed_dates

import (
	"testing"
	"time"
)

// Overdue since the first day of 2026: it is told of runs in that year alone.
func TestOverdue(t *testing.T) {
	i := Invoice{Due: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
	if i.Overdue() {
		t.Error("it is overdue") // @overdue-fails
	}
}

func TestValid(t *testing.T) {
	until, _ := time.Parse("2006-01-02", "2026-01-01")
	if !time.Now().Before(until) { // @valid
		t.Error("not valid any more") // @valid-fails
	}
}

func TestAge(t *testing.T) {
	born := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	if years := Age(born, time.Now()); years != 3 {
		t.Errorf("%d years old, want 3", years) // @age-fails
	}
}

func TestClock(t *testing.T) {
	if got := Clock(At(1)); got != "99:00" {
		t.Errorf("Clock = %s, want 99:00", got) // @clock-fails
	}
}

func TestNoSunday(t *testing.T) {
	for days := 0; days < 7; days++ {
		if day := time.Now().AddDate(0, 0, days).Weekday(); day == time.Sunday { // @weekday
			t.Fatalf("there is nothing on %v", day) // @sunday-fails
		}
	}
}

func TestMidnight(t *testing.T) {
	zone := time.FixedZone("EST", -5*3600)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, zone)
	want := time.Date(2026, 3, 1, 0, 0, 0, 0, zone)
	if got := Midnight(at); !got.Equal(want) {
		t.Errorf("Midnight = %v, want %v", got, want) // @midnight-fails
	}
}

// The ages are of two fixed days.
func TestAgeThen(t *testing.T) {
	born := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	if years := Age(born, born.AddDate(4, 0, 0)); years != 3 {
		t.Errorf("%d years old, want 3", years)
	}
}

// It is of UTC, whatever the machine's zone.
func TestClockInUTC(t *testing.T) {
	if got := Clock(At(1).UTC()); got != "01:00" {
		t.Errorf("Clock = %s, want 01:00", got)
	}
}

// A day of UTC is truncated rightly; another one is wanted.
func TestMidnightInUTC(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if got, want := Midnight(at), at.AddDate(0, 0, 1); !got.Equal(want) {
		t.Errorf("Midnight = %v, want %v", got, want)
	}
}

// It was overdue long before the run.
func TestLongOverdue(t *testing.T) {
	i := Invoice{Due: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)}
	if i.Overdue() {
		t.Error("it is overdue")
	}
}
