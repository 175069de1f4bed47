package leakpass

import "testing"

func search(words []string, want string) int {
	found := make(chan int)
	for i, w := range words {
		go func() {
			if w[0] == want[0] {
				found <- i
			}
		}()
	}
	return <-found
}

func TestSearchFindsOne(t *testing.T) {
	if search([]string{"ant", "ape", "bee"}, "a") > 1 {
		t.Fatal("not found")
	}
}

func TestOther(t *testing.T) {}
