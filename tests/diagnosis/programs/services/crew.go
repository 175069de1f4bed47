package services

import "sync"

// crew runs tasks, at most as many at once as it has places.
type crew struct {
	places chan struct{}
	group  sync.WaitGroup
}

func (c *crew) start(task func()) {
	c.places <- struct{}{} // @crew-take
	c.group.Add(1)
	go func() {
		defer func() {
			<-c.places
			c.group.Done()
		}()
		task() // @crew-task
	}()
}

// sum starts a task for each shard, which starts one for each of its parts.
func sum(shards [][]int, at int) int {
	c := &crew{places: make(chan struct{}, at)}
	sums := make(chan int, 100)
	for _, shard := range shards {
		c.start(func() {
			for _, part := range shard {
				c.start(func() { sums <- part })
			}
		})
	}
	c.group.Wait()
	close(sums)
	total := 0
	for each := range sums {
		total += each
	}
	return total
}
