module example.com/lock_cycle

go 1.22
