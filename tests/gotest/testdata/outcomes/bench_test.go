package outcomes

import "testing"

func BenchmarkSilent(b *testing.B) {
	for i := 0; i < b.N; i++ {
	}
}
