package registered

import "testing"

func TestParse(t *testing.T)      { Parse() }
func TestParseAgain(t *testing.T) { Parse() }

func TestCount(t *testing.T)      { Count().Add(1) }
func TestCountAgain(t *testing.T) { Count().Add(1) }

func TestOpen(t *testing.T)      { Open() }
func TestOpenAgain(t *testing.T) { Open() }

// This one does it all itself.
func TestOpenTwice(t *testing.T) {
	Register("wire")
	Register("wire") // @twice
}

// It comes to the same line with another name.
func TestOpensAnother(t *testing.T) { Register("other") }
