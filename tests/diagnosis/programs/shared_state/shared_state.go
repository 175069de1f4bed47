// Package shared_state keeps what its tests share in variables.
package shared_state

// Limit is how much is allowed.
var Limit = 10

// SetLimit changes how much is allowed.
func SetLimit(n int) { Limit = n } // @sets-limit

// Allowed tells whether so much is allowed.
func Allowed(n int) bool { return n <= Limit }

var names = map[string]int{}

// Register adds a name.
func Register(name string) {
	names[name] = len(names) // @registers
}

// Known returns how many names there are.
func Known() int {
	known := len(names)
	return known
}

type settings struct{ mode string }

// Use changes the mode.
func (s *settings) Use(mode string) { s.mode = mode }

var current settings

var (
	level = 1
	rows  = []int{1, 2}
	size  = 1
	later = 1
	maybe = 1
)
