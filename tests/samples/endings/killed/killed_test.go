package killed

import (
	"os"
	"testing"
	"time"
)

func TestIsKilled(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Kill(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
}
