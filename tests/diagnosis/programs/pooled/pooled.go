// Package pooled holds tests that want a pool to give back what was put into it, and beside them
// tests that fail by something else.
package pooled

import "sync"

type buffer struct{ text []byte }

var buffers = sync.Pool{New: func() any { return &buffer{} }}

func get() *buffer { return buffers.Get().(*buffer) } // @gets

func put(b *buffer) {
	b.text = b.text[:0]
	buffers.Put(b)
}

type parser struct {
	depth int
	spare *sync.Pool
}

func (p *parser) child() *parser {
	c := p.spare.Get().(*parser) // @child
	c.depth = p.depth + 1
	return c
}

func newParser() *parser {
	return &parser{spare: &sync.Pool{New: func() any { return &parser{} }}}
}
