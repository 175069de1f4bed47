package first_made

import "testing"

func TestFirst(t *testing.T) {
	if Region() != "" || Quota() != 30 || NewMailer().Send("ann") != "plain:ann" {
		t.Error("it is not as it is by itself")
	}
}

func TestNorth(t *testing.T) {
	t.Setenv("FIRST_MADE_REGION", "north")
	if got := Region(); got != "north" {
		t.Errorf("region %q", got) // @north-fails
	}
}

func TestLimit(t *testing.T) {
	limit = 5
	t.Cleanup(func() { limit = 3 })
	if got := Quota(); got != 50 {
		t.Errorf("quota is %d, want 50", got) // @limit-fails
	}
}

func TestFast(t *testing.T) {
	t.Setenv("FIRST_MADE_MODE", "fast")
	if got := NewMailer().Send("bob"); got != "fast:bob" {
		t.Errorf("it sends %q", got) // @fast-fails
	}
}

// It changes nothing that the quota is made of: it would fail by itself, too.
func TestQuota(t *testing.T) {
	t.Setenv("FIRST_MADE_REGION", "south")
	if got := Quota(); got != 40 {
		t.Errorf("quota is %d, want 40", got)
	}
}

// It changes nothing.
func TestMode(t *testing.T) {
	if got := NewMailer().Send("cid"); got != "plain: cid" {
		t.Errorf("it sends %q", got)
	}
}
