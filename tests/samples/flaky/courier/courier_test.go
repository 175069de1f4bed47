package courier

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"
)

// wire is a Sender that takes a little while and is refused by the tenant "hooli".
func wire(ctx context.Context, endpoint string, _ []byte) error {
	select {
	case <-time.After(5 * time.Millisecond):
	case <-ctx.Done():
		return ctx.Err()
	}
	if endpoint == NewDelivery("hooli", 0).Endpoint {
		return errors.New("410 Gone")
	}
	return nil
}

func logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, nil))
}

// feed sends n deliveries of a tenant and closes the channel.
func feed(tenant string, n int) <-chan *Delivery {
	deliveries := make(chan *Delivery)
	go func() {
		defer close(deliveries)
		for i := range n {
			deliveries <- NewDelivery(tenant, i)
		}
	}()
	return deliveries
}
