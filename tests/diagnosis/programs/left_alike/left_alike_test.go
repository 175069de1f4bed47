package leftalike

import "testing"

func TestSubtestsAsk(t *testing.T) {
	for _, name := range []string{"near", "far", "home"} {
		t.Run(name, func(t *testing.T) { Ask() })
	}
}

func TestAsksOnce(t *testing.T) { Ask() }

func TestAsksTwice(t *testing.T) {
	Ask()
	Ask()
}

func TestAsksThem(t *testing.T) {
	t.Run("near", func(t *testing.T) { Ask() })
}

func TestAsksWithRoom(t *testing.T) {
	for _, name := range []string{"near", "far", "home"} {
		t.Run(name, func(t *testing.T) { AskWithRoom() })
	}
}
