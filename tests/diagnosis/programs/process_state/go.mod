module example.com/process_state

go 1.22
