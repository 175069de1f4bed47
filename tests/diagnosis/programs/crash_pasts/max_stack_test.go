package crash_pasts

import "runtime/debug"

// A stack that overflows does so at a sixteenth of Go's own limit, a gigabyte, and as much sooner.
func init() { debug.SetMaxStack(64 << 20) }
