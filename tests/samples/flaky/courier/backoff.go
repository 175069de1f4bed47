package courier

import "time"

// Backoff returns how long to wait before the next attempt: it doubles from 100 ms up to 10 s.
func Backoff(attempt int) time.Duration {
	const longest = 10 * time.Second
	if attempt > 7 {
		return longest
	}
	return min(longest, 100*time.Millisecond<<max(0, attempt-1))
}
