module example.com/raced_locks

go 1.22
