// Package finalizerraces leaves the end of what it opens to the collector.
package finalizerraces

import (
	"bufio"
	"bytes"
	"runtime"
)

var closed int

type handle struct{ room [64]byte }

// Open returns a handle that is closed when nobody has it any more.
func Open() *handle {
	h := new(handle)
	runtime.SetFinalizer(h, func(*handle) {
		closed++ // @closes
	})
	return h
}

// Logged returns a writer that is flushed when nobody has it any more.
func Logged(to *bytes.Buffer) *bufio.Writer {
	w := bufio.NewWriter(to)
	runtime.SetFinalizer(w, (*bufio.Writer).Flush)
	return w
}

// Printed returns how much there is.
func Printed(to *bytes.Buffer) int {
	return to.Len() // @reads-log
}
