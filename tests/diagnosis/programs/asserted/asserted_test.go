// Package asserted holds tests that fail by assertions of a library, for reasons that stand in the
// values that are asserted, and beside them tests that fail by what they want.
package asserted

import (
	"math/rand"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func work() { time.Sleep(5 * time.Millisecond) } // @works

func TestIsQuick(t *testing.T) {
	begin := time.Now()
	work()
	took := time.Since(begin)                 // @took
	require.Less(t, took, 2*time.Millisecond) // @less
}

func TestIsQuickByTrue(t *testing.T) {
	begin := time.Now()
	work()
	assert.True(t, time.Since(begin) < time.Millisecond, "too slow") // @true
}

func TestDraws(t *testing.T) {
	drawn := rand.Intn(1 << 30) // @draws
	require.Equal(t, -1, drawn) // @drawn
}

func TestSleepsForAGoroutine(t *testing.T) {
	var done atomic.Int64
	go func() { // @starts
		time.Sleep(50 * time.Millisecond)
		done.Store(1)
	}()
	time.Sleep(5 * time.Millisecond) // @sleeps
	check := assert.New(t)
	check.Equal(int64(1), done.Load()) // @asked
}

// What it wants is wrong.
func TestWantsMore(t *testing.T) {
	rows := []int{1, 2}
	work()
	assert.Equal(t, 3, len(rows))
}

// It is as slow as it says.
func TestIsSlow(t *testing.T) {
	limit := 2 * time.Millisecond
	require.Less(t, 3*time.Millisecond, limit)
}

func TestComesLate(t *testing.T) {
	var loaded atomic.Bool
	go func() {
		time.Sleep(600 * time.Millisecond) // @eventually-works
		loaded.Store(true)
	}()
	assert.Eventually(t, loaded.Load, 20*time.Millisecond, 2*time.Millisecond) // @eventually-fails
}
