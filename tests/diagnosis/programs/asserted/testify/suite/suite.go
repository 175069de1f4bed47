// Package suite stands in for testify's package of this path: tests that are methods of a struct.
package suite

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Suite is embedded by suites.
type Suite struct {
	*assert.Assertions
	require *require.Assertions
	t       *testing.T
}

// T returns the running test.
func (s *Suite) T() *testing.T { return s.t }

// SetT sets the running test.
func (s *Suite) SetT(t *testing.T) {
	s.t, s.Assertions, s.require = t, assert.New(t), require.New(t)
}

// Require returns assertions that end the test.
func (s *Suite) Require() *require.Assertions { return s.require }

// Assert returns assertions that do not.
func (s *Suite) Assert() *assert.Assertions { return s.Assertions }

// TestingSuite is what Run runs.
type TestingSuite interface {
	T() *testing.T
	SetT(t *testing.T)
}

// Run runs the methods of a suite that are tests.
func Run(t *testing.T, suite TestingSuite) {
	kind := reflect.TypeOf(suite)
	for i := 0; i < kind.NumMethod(); i++ {
		method := kind.Method(i)
		if !strings.HasPrefix(method.Name, "Test") {
			continue
		}
		t.Run(method.Name, func(t *testing.T) {
			suite.SetT(t)
			method.Func.Call([]reflect.Value{reflect.ValueOf(suite)})
		})
	}
}
