module example.com/left_running

go 1.22
