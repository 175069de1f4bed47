// Package first_errors runs functions that fail side by side.
package first_errors

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// Errors that its functions return.
var (
	ErrDisk  = errors.New("disk is full")
	ErrLogin = errors.New("not logged in")
)

// Copy copies to two places; the first to fail here is the second.
func Copy() error {
	var g errgroup.Group
	failed := make(chan bool)
	g.Go(func() error { <-failed; return ErrDisk }) // @copy-one
	g.Go(func() error { return failing(failed) })   // @copy-two
	return g.Wait()                                 // @copy-waits
}

func failing(failed chan bool) error {
	defer close(failed)
	return ErrLogin
}

// Check asks all hosts.
func Check(ctx context.Context, hosts ...string) error {
	g, _ := errgroup.WithContext(ctx)
	for _, host := range hosts {
		g.Go(func() error { return fmt.Errorf("host %s is down", host) }) // @check-starts
	}
	if err := g.Wait(); err != nil { // @check-waits
		return err
	}
	return nil
}

// Alone runs one function.
func Alone() error {
	var g errgroup.Group
	g.Go(func() error { return ErrLogin })
	return g.Wait()
}
