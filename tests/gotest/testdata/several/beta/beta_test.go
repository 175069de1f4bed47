package beta

import "testing"

func TestPasses(t *testing.T) { t.Log("well") }

func TestSkips(t *testing.T) { t.Skip("not today") }
