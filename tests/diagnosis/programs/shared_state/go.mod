module example.com/shared_state

go 1.22
