module example.com/wait_cycle

go 1.22
