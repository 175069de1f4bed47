// Package courier delivers webhooks: it queues deliveries, renders their bodies, sends them from
// a pool of workers, charges the tenant that owns them and keeps an archive of what was sent.
package courier

import "fmt"

// Delivery is one webhook on its way to one endpoint.
type Delivery struct {
	ID       string
	Tenant   string
	Endpoint string
	Attempt  int
	Fields   map[string]string
}

// NewDelivery returns the n-th delivery of a tenant.
func NewDelivery(tenant string, n int) *Delivery {
	return &Delivery{
		ID:       fmt.Sprintf("%s-%04d", tenant, n),
		Tenant:   tenant,
		Endpoint: fmt.Sprintf("https://hooks.%s.example/v1/events", tenant),
		Fields: map[string]string{
			"event":  "invoice.paid",
			"number": fmt.Sprint(n),
		},
	}
}
