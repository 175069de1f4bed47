package left_in_pools

import (
	"bytes"
	"sync"
)

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	lists   = sync.Pool{New: func() any { return new([]string) }}
	pages   = sync.Pool{New: func() any { return new(page) }}
	clean   = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)
