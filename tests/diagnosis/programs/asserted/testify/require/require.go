// Package require stands in for testify's package of this path: its assertions end the test.
package require

import (
	"time"

	"github.com/stretchr/testify/assert"
)

// TestingT is what a failure is reported to.
type TestingT interface {
	assert.TestingT
	FailNow()
}

// Equal asserts that two values are equal.
func Equal(t TestingT, expected, actual any, msgAndArgs ...any) {
	if !assert.Equal(t, expected, actual, msgAndArgs...) {
		t.FailNow()
	}
}

// Less asserts that the first duration is less than the second.
func Less(t TestingT, first, second time.Duration, msgAndArgs ...any) {
	if !assert.Less(t, first, second, msgAndArgs...) {
		t.FailNow()
	}
}

// Assertions are those of one test, and end it.
type Assertions struct{ t TestingT }

// New returns the assertions of a test.
func New(t TestingT) *Assertions { return &Assertions{t} }

// Less asserts that the first duration is less than the second.
func (a *Assertions) Less(first, second time.Duration, msgAndArgs ...any) {
	Less(a.t, first, second, msgAndArgs...)
}

// Equal asserts that two values are equal.
func (a *Assertions) Equal(expected, actual any, msgAndArgs ...any) {
	Equal(a.t, expected, actual, msgAndArgs...)
}
