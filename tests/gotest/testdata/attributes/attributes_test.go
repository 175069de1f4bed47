// Package attributes has tests that tell about themselves.
package attributes

import "testing"

func TestTells(t *testing.T) {
	t.Attr("owner", "storage team")
	t.Attr("ticket", "FLAKE-7")
	t.Attr("empty", "")
	t.ArtifactDir()
	t.Run("inside", func(t *testing.T) { t.Attr("owner", "nobody") })
}
