package courier

import (
	"fmt"
	"sync"
)

// Account holds the delivery credits of one tenant.
type Account struct {
	mu      sync.Mutex
	tenant  string
	credits int
	journal []string
}

// NewAccount returns a tenant's account with credits to spend.
func NewAccount(tenant string, credits int) *Account {
	return &Account{tenant: tenant, credits: credits}
}

// Credits returns what is left to spend.
func (a *Account) Credits() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.credits
}

// Transfer moves credits from one account to another in one step, so that nobody sees them in
// both or in neither.
func Transfer(from, to *Account, credits int) error {
	from.mu.Lock()
	defer from.mu.Unlock()
	if from.credits < credits {
		return fmt.Errorf("%s has %d credits, not %d", from.tenant, from.credits, credits)
	}
	from.journal = append(from.journal, fmt.Sprintf("-%d to %s", credits, to.tenant))

	to.mu.Lock()
	defer to.mu.Unlock()
	from.credits -= credits
	to.credits += credits
	to.journal = append(to.journal, fmt.Sprintf("+%d from %s", credits, from.tenant))
	return nil
}
