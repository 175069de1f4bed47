// Package left_in_pools keeps spare objects, some of which nobody resets.
package left_in_pools

import (
	"bytes"
	"strings"
)

// Greet greets somebody.
func Greet(name string, isDraft bool) string {
	b := buffers.Get().(*bytes.Buffer) // @greet-takes
	defer buffers.Put(b)
	b.WriteString("Hello " + name)
	if isDraft {
		return b.String()
	}
	text := b.String()
	b.Reset()
	return text
}

// Join joins words.
func Join(words ...string) string {
	list := lists.Get().(*[]string) // @join-takes
	defer lists.Put(list)
	*list = append(*list, words...)
	return strings.Join(*list, " ")
}

type page struct{ text string }

// Show shows a title.
func Show(title string) string {
	p := pages.Get().(*page) // @show-takes
	p.text += title
	text := p.text
	pages.Put(p)
	return text
}

// Clean greets somebody in a buffer that is reset as soon as it is taken.
func Clean(name string) string {
	b := clean.Get().(*bytes.Buffer)
	b.Reset()
	defer clean.Put(b)
	b.WriteString("Dear " + name)
	return b.String()
}
