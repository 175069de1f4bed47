// Package assert stands in for testify's package of this path: a few functions of the same names,
// whose failures are printed in the same form.
package assert

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"time"
)

// TestingT is what a failure is reported to.
type TestingT interface {
	Errorf(format string, args ...any)
}

// Fail reports a failure with the place that called the assertion.
func Fail(t TestingT, said string, msgAndArgs ...any) bool {
	place := "?"
	for depth := 1; ; depth++ {
		_, file, line, ok := runtime.Caller(depth)
		if !ok {
			break
		}
		if strings.HasSuffix(file, "_test.go") {
			place = fmt.Sprintf("%s:%d", file, line)
			break
		}
		if filepath.Base(file) == "testing.go" {
			break
		}
	}
	text := fmt.Sprintf("\tError Trace:\t%s\n\tError:      \t%s\n", place, said)
	if named, ok := t.(interface{ Name() string }); ok {
		text += fmt.Sprintf("\tTest:       \t%s\n", named.Name())
	}
	if len(msgAndArgs) > 0 {
		text += fmt.Sprintf("\tMessages:   \t%s\n", fmt.Sprint(msgAndArgs...))
	}
	t.Errorf("\n%s", text)
	return false
}

// Equal asserts that two values are equal.
func Equal(t TestingT, expected, actual any, msgAndArgs ...any) bool {
	if reflect.DeepEqual(expected, actual) {
		return true
	}
	said := fmt.Sprintf("Not equal: \n\t            \texpected: %#v\n\t            \tactual  : %#v", expected, actual)
	return Fail(t, said, msgAndArgs...)
}

// True asserts that a value is true.
func True(t TestingT, value bool, msgAndArgs ...any) bool {
	return value || Fail(t, "Should be true", msgAndArgs...)
}

// Eventually asserts that a condition comes to hold, asked for at each tick.
func Eventually(t TestingT, condition func() bool, most, tick time.Duration, msgAndArgs ...any) bool {
	over, ticks := time.After(most), time.NewTicker(tick)
	defer ticks.Stop()
	answers := make(chan bool, 1)
	for {
		select {
		case <-over:
			return Fail(t, "Condition never satisfied", msgAndArgs...)
		case <-ticks.C:
			go func() { answers <- condition() }()
		case holds := <-answers:
			if holds {
				return true
			}
		}
	}
}

// Less asserts that the first duration is less than the second.
func Less(t TestingT, first, second time.Duration, msgAndArgs ...any) bool {
	said := fmt.Sprintf("\"%v\" is not less than \"%v\"", first, second)
	return first < second || Fail(t, said, msgAndArgs...)
}

// Assertions are those of one test.
type Assertions struct{ t TestingT }

// New returns the assertions of a test.
func New(t TestingT) *Assertions { return &Assertions{t} }

// Equal asserts that two values are equal.
func (a *Assertions) Equal(expected, actual any, msgAndArgs ...any) bool {
	return Equal(a.t, expected, actual, msgAndArgs...)
}

// True asserts that a value is true.
func (a *Assertions) True(value bool, msgAndArgs ...any) bool {
	return True(a.t, value, msgAndArgs...)
}

// Fail reports a failure.
func (a *Assertions) Fail(said string, msgAndArgs ...any) bool { return Fail(a.t, said, msgAndArgs...) }
