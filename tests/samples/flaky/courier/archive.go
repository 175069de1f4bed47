package courier

import "sync"

// Archive keeps the latest deliveries of each tenant, so that they can be sent again.
type Archive struct {
	mu    sync.Mutex
	depth int
	rings map[string]*ring
}

type ring struct {
	slots []*Delivery
	next  int
}

// NewArchive returns an empty archive that keeps depth deliveries of each tenant.
func NewArchive(depth int) *Archive {
	return &Archive{depth: depth, rings: make(map[string]*ring)}
}

// Keep adds deliveries of a tenant, each in the place of the oldest once the archive is full.
func (a *Archive) Keep(tenant string, deliveries ...*Delivery) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.rings[tenant]
	if r == nil {
		r = &ring{slots: make([]*Delivery, a.depth)}
		a.rings[tenant] = r
	}
	for _, d := range deliveries {
		r.slots[r.next%a.depth] = d
		r.next++
	}
}

// Len returns how many deliveries of a tenant are kept.
func (a *Archive) Len(tenant string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.rings[tenant]; r != nil {
		return min(r.next, a.depth)
	}
	return 0
}

// Forget drops all deliveries of a tenant.
func (a *Archive) Forget(tenant string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.rings, tenant)
}
