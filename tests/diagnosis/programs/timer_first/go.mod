module example.com/timer_first

go 1.22
