// Package partial_reads holds tests that read once and want all that their peer writes, and beside
// them tests that fail by something else.
package partial_reads

import (
	"fmt"
	"io"
	"net"
)

// greet writes its greeting in two parts, and waits for the first one to be read.
func greet(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "HELLO shop\n")
	fmt.Fprint(c, "READY\n") // @ready
}

func pair() (client, server net.Conn) { return net.Pipe() }

// copyTo writes the rows of a table to a pipe.
func copyTo(w io.WriteCloser) {
	defer w.Close()
	io.WriteString(w, "id;name\n")
	io.WriteString(w, "1;bolt\n") // @row
}

// stop writes one line alone.
func stop(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "BYE\n")
}
