package broken

import "testing"

func TestNeverBuilt(t *testing.T) {
	var number int = "text"
}
