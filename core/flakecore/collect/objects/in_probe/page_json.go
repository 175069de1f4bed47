// JSON, written piece by piece: a comma goes before whatever follows something.

package testdeps

import (
	"strconv"
	"unicode/utf8"
)

type flaketuiJSON []byte

func (out *flaketuiJSON) comma() {
	if n := len(*out); n > 0 && (*out)[n-1] != '{' && (*out)[n-1] != '[' && (*out)[n-1] != ':' {
		*out = append(*out, ',')
	}
}

func (out *flaketuiJSON) raw(text string) { *out = append(*out, text...) }

func (out *flaketuiJSON) open(bracket byte) {
	out.comma()
	*out = append(*out, bracket)
}

func (out *flaketuiJSON) close(bracket byte) { *out = append(*out, bracket) }

func (out *flaketuiJSON) key(name string) {
	out.value(name)
	*out = append(*out, ':')
}

func (out *flaketuiJSON) list(name string, elements []byte) {
	out.key(name)
	out.open('[')
	*out = append(*out, elements...)
	out.close(']')
}

func (out *flaketuiJSON) text(name, value string) {
	out.key(name)
	out.value(value)
}

func (out *flaketuiJSON) number(name string, value uint64) {
	out.key(name)
	out.integer(value)
}

func (out *flaketuiJSON) truth(name string, value bool) {
	out.key(name)
	*out = strconv.AppendBool(*out, value)
}

func (out *flaketuiJSON) address(name string, value uint64) {
	out.text(name, "0x"+strconv.FormatUint(value, 16))
}

func (out *flaketuiJSON) integer(value uint64) {
	out.comma()
	*out = strconv.AppendUint(*out, value, 10)
}

// value writes a text as JSON; bytes that are no UTF-8 become U+FFFD.
func (out *flaketuiJSON) value(text string) {
	out.comma()
	*out = append(*out, '"')
	for _, letter := range text {
		switch {
		case letter == '"' || letter == '\\':
			*out = append(*out, '\\', byte(letter))
		case letter < ' ':
			*out = append(*out, '\\', 'u', '0', '0', "0123456789abcdef"[letter>>4], "0123456789abcdef"[letter&15])
		default:
			*out = utf8.AppendRune(*out, letter)
		}
	}
	*out = append(*out, '"')
}
