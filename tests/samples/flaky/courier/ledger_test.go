package courier

import (
	"sync"
	"testing"
)

func TestLedgerTransfersBothWays(t *testing.T) {
	t.Parallel()
	acme, globex := NewAccount("acme", 20_000), NewAccount("globex", 20_000)
	var clerks sync.WaitGroup
	move := func(from, to *Account) {
		defer clerks.Done()
		for range 20_000 {
			if err := Transfer(from, to, 1); err != nil {
				t.Log(err)
			}
		}
	}
	clerks.Add(2)
	go move(acme, globex)
	go move(globex, acme)
	clerks.Wait()
	if got := acme.Credits() + globex.Credits(); got != 40_000 {
		t.Errorf("%d credits in all, want 40,000", got)
	}
}
