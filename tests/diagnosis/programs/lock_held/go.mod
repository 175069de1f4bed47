module example.com/lock_held

go 1.22
