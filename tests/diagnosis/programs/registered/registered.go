// Package registered registers names, each of which may be registered but once in a process.
package registered

import (
	"expvar"
	"flag"
	"fmt"
)

// Parse returns the options.
func Parse() *bool {
	return flag.Bool("registered-verbose", false, "say more") // @flag
}

// Count returns a counter.
func Count() *expvar.Int {
	return expvar.NewInt("registered-hits") // @expvar
}

var drivers = map[string]bool{}

// Register keeps a driver.
func Register(name string) {
	if drivers[name] {
		panic(fmt.Sprintf("registered: driver %s is already registered", name)) // @driver
	}
	drivers[name] = true
}

// Open opens the driver of files.
func Open() { Register("files") } // @opens
