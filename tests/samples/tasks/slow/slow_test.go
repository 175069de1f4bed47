package slow

import (
	"crypto/sha256"
	"testing"
	"time"
)

func digest(n int) [32]byte {
	sum := sha256.Sum256([]byte("seed"))
	for i := 0; i < n; i++ {
		sum = sha256.Sum256(sum[:])
	}
	return sum
}

func TestDigestWithinDeadline(t *testing.T) {
	start := time.Now()
	digest(400_000)
	if took := time.Since(start); took > 20*time.Millisecond {
		t.Fatalf("digest took %v, want under 20ms", took)
	}
}
