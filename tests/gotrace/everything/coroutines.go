//go:build go1.23

package main

import "iter"

func init() {
	coroutines = func(int) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for i := 0; yield(i); i++ {
			}
		})
		for i := 0; i < 5; i++ {
			next()
		}
		stop()
		next, stop = iter.Pull(func(yield func(int) bool) { yield(1) })
		next()
		next()
		stop()
	}
}
