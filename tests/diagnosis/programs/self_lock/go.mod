module example.com/self_lock

go 1.22
