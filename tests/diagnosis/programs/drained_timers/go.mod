module example.com/drained_timers

go 1.22
