package courier

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// Sender puts a rendered body on the wire.
type Sender func(ctx context.Context, endpoint string, body []byte) error

// Dispatcher renders deliveries and sends them from a fixed number of workers.
type Dispatcher struct {
	Workers int
	Send    Sender
	Stats   *Stats
	Log     *slog.Logger
}

// Run sends everything that comes in until deliveries is closed or ctx ends.
func (p *Dispatcher) Run(ctx context.Context, deliveries <-chan *Delivery) error {
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		failed  []error
	)
	for worker := range p.Workers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for d := range deliveries {
				if err := p.deliver(ctx, worker, d); err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			}
		}()
	}
	workers.Wait()
	return errors.Join(failed...)
}

func (p *Dispatcher) deliver(ctx context.Context, worker int, d *Delivery) error {
	body, err := Render(d)
	if err != nil {
		return err
	}
	if err := p.Send(ctx, d.Endpoint, body); err != nil {
		p.Stats.Add("failed")
		p.Log.Warn("delivery failed", "worker", worker, "id", d.ID, "err", err)
		return err
	}
	p.Stats.Add("delivered")
	p.Log.Info("delivered", "worker", worker, "id", d.ID, "bytes", len(body))
	return nil
}
